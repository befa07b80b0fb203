import { serviceError } from "./errors.ts"
import { type ErrorDescription, Failure, itemFailure } from "./failures.ts"
import type { Requests } from "./requests.ts"

/** One operation of a bulk request. */
export interface BulkLine {
  readonly op: "index" | "delete"
  /** The alias that it goes through. */
  readonly target: string
  /** The id in JSON. */
  readonly idText: string
  /** Of an `index`: the document in JSON. */
  readonly source?: string | undefined
  /** It is done only where the document has no higher one. */
  readonly version?: bigint | undefined
}

export interface LineAnswer {
  readonly failure?: Failure | undefined
  /** Grows with each write to the index. */
  readonly sequence: number
  /** Of a `delete`. */
  readonly wasThere: boolean
  /** Of an `index`: no document had the id. */
  readonly isNew: boolean
}

export interface BulkRequestOptions {
  readonly waits?: boolean | undefined
  readonly isRepeatable?: boolean | undefined
  readonly until?: number | undefined
}

/** What is read of an answer, which is a third of it. */
const ANSWERED = "items.*.status,items.*.result,items.*._seq_no,items.*.error"

interface BulkAnswer {
  readonly items: readonly Readonly<Record<string, ItemAnswer>>[]
}

interface ItemAnswer {
  readonly status: number
  readonly result?: string
  readonly _seq_no?: number
  readonly error?: ErrorDescription
}

/** Sends operations in one request, or in several where they are too large for one. Answers are in their order. */
export async function sendBulk(
  requests: Requests,
  lines: readonly BulkLine[],
  options: BulkRequestOptions = {},
): Promise<LineAnswer[]> {
  if (lines.length === 0) return []
  const { isRepeatable = true, until, waits = false } = options
  const answer = await requests.call<BulkAnswer | undefined>(
    {
      method: "POST",
      path: "/_bulk",
      query: { require_alias: true, filter_path: ANSWERED, ...(waits && { refresh: "wait_for" }) },
      lines: lines.map(lineText).join(""),
    },
    { kind: "write", isRepeatable, until, recover: (failure) => (failure.status === 413 ? undefined : failure) },
  )
  if (answer !== undefined) return readAnswers(answer, lines.length)
  if (lines.length === 1)
    return [{ failure: new Failure("answer", { status: 413 }), sequence: 0, wasThere: false, isNew: false }]
  const half = Math.ceil(lines.length / 2)
  const first = await sendBulk(requests, lines.slice(0, half), options)
  return [...first, ...(await sendBulk(requests, lines.slice(half), options))]
}

function lineText({ idText, op, source, target, version }: BulkLine): string {
  const versioned = version === undefined ? "" : `,"version":${version},"version_type":"external_gte"`
  const action = `{"${op}":{"_index":"${target}","_id":${idText}${versioned}}}\n`
  return source === undefined ? action : `${action}${source}\n`
}

function readAnswers({ items }: BulkAnswer, asked: number): LineAnswer[] {
  if (!Array.isArray(items) || items.length !== asked) throw serviceError(new Failure("foreign"), "write")
  return items.map((item) => {
    const { _seq_no = 0, error, result, status } = (item["index"] ?? item["delete"]) as ItemAnswer
    return {
      failure: error === undefined ? undefined : itemFailure(status, error),
      sequence: _seq_no,
      wasThere: result === "deleted",
      isNew: result === "created",
    }
  })
}

import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { BulkOperation } from "../../../contracts/search/search.ts"
import { addedFields, type Field, type Fields, typeRefused } from "../../../core/search/for-adapters.ts"
import { type BulkLine, type LineAnswer, sendBulk } from "./bulk-request.ts"
import { documentText, readDocument } from "./document-text.ts"
import { isRefusedForNow, outcomeUnknown, serviceError } from "./errors.ts"
import type { Failure } from "./failures.ts"
import type { Indexes, IndexState } from "./indexes.ts"
import { ownAlias } from "./names.ts"
import { refreshIndexes } from "./refresh.ts"
import type { Requests } from "./requests.ts"
import { liveVersion } from "./versions.ts"

export interface WriteOutcome {
  readonly error?: ServiceError | undefined
  /** Of a `remove`. */
  readonly wasThere: boolean
}

export interface WriteOptions {
  /** Whether searches see it all when the call resolves. */
  readonly waits?: boolean | undefined
  /** Whether doing it twice is harmless. Default true. */
  readonly isRepeatable?: boolean | undefined
}

/** An operation whose document was copied, as text. */
export interface WriteOperation {
  readonly object: string
  /** In JSON. */
  readonly idText: string
  /** Absent of a `remove`. */
  readonly text: string | undefined
  /** The fields that the document is known to fit. */
  readonly fits: Fields | undefined
}

/** `known`: the fields of the index, where they are known. */
export function writeOperation(operation: BulkOperation, known?: Fields | undefined): WriteOperation {
  const { object } = operation
  const idText = JSON.stringify(operation.id)
  if (operation.op === "remove") return { object, idText, text: undefined, fits: undefined }
  const fits = known !== undefined && isFit(operation.doc, known) ? known : undefined
  return { object, idText, text: documentText(object, idText, operation.doc), fits }
}

function isFit(doc: Readonly<Record<string, unknown>>, fields: Fields): boolean {
  try {
    return addedFields(doc, fields).length === 0
  } catch {
    return false
  }
}

/** An operation that is ready to be sent. */
interface Prepared {
  readonly at: number
  readonly operation: WriteOperation
  readonly state: IndexState
  readonly line: BulkLine
}

const PREPARATIONS = 3
const DONE: WriteOutcome = { wasThere: false }
const REMOVED: WriteOutcome = { wasThere: true }

/** Writes of documents. While an index is built anew, they go to the index that serves and to the one that will. */
export class Writer {
  readonly #requests: Requests
  readonly #indexes: Indexes

  constructor(requests: Requests, indexes: Indexes) {
    this.#requests = requests
    this.#indexes = indexes
  }

  /**
   * Does each by itself; those of one document in their order. Outcomes are in the order of the operations.
   *
   * @throws ServiceError where the server could not be asked.
   */
  async write(operations: readonly WriteOperation[], options: WriteOptions = {}): Promise<WriteOutcome[]> {
    const outcomes: WriteOutcome[] = []
    const until = this.#requests.deadline()
    const both = new Set<string>()
    let open = operations.map((_, at) => at)
    for (let attempt = 0; open.length > 0; attempt++) {
      const prepared = await this.#prepare(operations, open, outcomes)
      const answers = await this.#send(prepared, { ...options, until }, both)
      const tries = this.#requests.isOver(until) ? "none" : attempt >= this.#requests.retries ? "waits" : "all"
      open = this.#settle(prepared, answers, outcomes, tries)
      if (open.length > 0) await this.#requests.sleep(this.#requests.pauseAfter(attempt))
    }
    if (options.waits === true) for (const object of both) await this.refresh(object, until)
    return outcomes
  }

  /** Searches see all that was written, also in an index that is being built. */
  refresh(object: string, until?: number): Promise<void> {
    const { names } = this.#indexes
    return refreshIndexes(this.#requests, `${names.alias(object)},${names.next(object)}`, until)
  }

  /** Fills in the outcomes of what is not sent. */
  async #prepare(
    operations: readonly WriteOperation[],
    open: readonly number[],
    outcomes: WriteOutcome[],
  ): Promise<Prepared[]> {
    const byObject = new Map<string, number[]>()
    for (const at of open) {
      const { object } = operations[at] as WriteOperation
      const group = byObject.get(object)
      if (group === undefined) byObject.set(object, [at])
      else group.push(at)
    }
    const prepared: Prepared[] = []
    for (const [object, group] of byObject) {
      prepared.push(...(await this.#prepareObject(object, operations, group, outcomes)))
    }
    return prepared
  }

  async #prepareObject(
    object: string,
    operations: readonly WriteOperation[],
    group: readonly number[],
    outcomes: WriteOutcome[],
  ): Promise<Prepared[]> {
    const onlyRemoves = group.every((at) => operations[at]?.text === undefined)
    for (let attempt = 0; attempt < PREPARATIONS; attempt++) {
      const fresh = attempt > 0
      const state = onlyRemoves ? await this.#indexes.state(object, fresh) : await this.#indexes.ensured(object, fresh)
      if (state === undefined) {
        for (const at of group) outcomes[at] = DONE
        return []
      }
      const errors = new Map<number, ServiceError>()
      const fields = fieldsToAdd(state, operations, group, errors)
      // What is known may be old: it is looked at again before anything is refused.
      if (errors.size > 0 && !fresh) continue
      if (fields.length > 0 && !(await this.#indexes.addFields(state, fields))) continue
      for (const [at, error] of errors) outcomes[at] = { error, wasThere: false }
      const sent = group.filter((at) => !errors.has(at))
      return sent.map((at) => this.#prepared(at, operations[at] as WriteOperation, state))
    }
    const error = typeRefused("A value", "one that the index can take", "another")
    for (const at of group) outcomes[at] = { error, wasThere: false }
    return []
  }

  #prepared(at: number, operation: WriteOperation, state: IndexState): Prepared {
    const { idText, object, text } = operation
    const target = state.next === undefined ? this.#indexes.names.alias(object) : ownAlias(state.index)
    return { at, operation, state, line: { op: text === undefined ? "delete" : "index", target, idText, source: text } }
  }

  async #send(
    prepared: readonly Prepared[],
    options: WriteOptions & { readonly until: number },
    both: Set<string>,
  ): Promise<LineAnswer[]> {
    const isBuilding = prepared.some(({ state }) => state.next !== undefined)
    // Of two indexes, both are seen at once only after both are written.
    const request = { ...options, waits: options.waits === true && !isBuilding }
    const answers = await sendBulk(
      this.#requests,
      prepared.map(({ line }) => line),
      request,
    )
    if (!isBuilding) return answers
    for (const { operation } of prepared) both.add(operation.object)
    return await this.#sendToNext(prepared, answers, options.until)
  }

  /** Writes to the index that is being built what was written to the one that serves, with the versions it has there. */
  async #sendToNext(prepared: readonly Prepared[], answers: LineAnswer[], until: number): Promise<LineAnswer[]> {
    const done = [...answers.entries()].filter(([at, { failure }]) => {
      return failure === undefined && prepared[at]?.state.next !== undefined
    })
    const lines = done.map(([at, { sequence }]): BulkLine => {
      const { line, state } = prepared[at] as Prepared
      return { ...line, target: ownAlias(state.next?.index as string), version: liveVersion(sequence) }
    })
    const copies = await sendBulk(this.#requests, lines, { until }).catch((error: unknown) => {
      throw outcomeUnknown(error)
    })
    const both = [...answers]
    for (const [index, [at, answer]] of done.entries()) {
      const { failure } = copies[index] as LineAnswer
      // A conflict tells of a later write that is there already.
      if (failure !== undefined && failure.status !== 409) both[at] = { ...answer, failure }
    }
    return both
  }

  /**
   * Fills in outcomes.
   *
   * @param tries What may be done again: all that may help, or only what waits for an index that begins to be built.
   * @returns What is done again, those of one document from the first such one on.
   */
  #settle(
    prepared: readonly Prepared[],
    answers: readonly LineAnswer[],
    outcomes: WriteOutcome[],
    tries: "all" | "waits" | "none",
  ): number[] {
    const again: number[] = []
    const keys = new Set<string>()
    for (const [index, { at, operation, state }] of prepared.entries()) {
      const { failure, wasThere } = answers[index] as LineAnswer
      const isBehind = keys.size > 0 && keys.has(keyOf(operation))
      if (failure === undefined && !isBehind) {
        outcomes[at] = wasThere ? REMOVED : DONE
        continue
      }
      const isStale = failure !== undefined && isOutOfDate(failure)
      const isBlocked = failure?.is("cluster_block_exception") ?? false
      if (isStale || isBlocked) this.#indexes.forget(operation.object)
      const waits = isBehind || isStale || (isBlocked && state.next !== undefined)
      const mayHelp = waits || (failure !== undefined && isRefusedForNow(failure))
      if (tries === "all" ? mayHelp : tries === "waits" && waits) {
        again.push(at)
        keys.add(keyOf(operation))
      } else {
        outcomes[at] = { error: failure && serviceError(failure, "write"), wasThere }
      }
    }
    return again
  }
}

function keyOf({ idText, object }: WriteOperation): string {
  return `${object} ${idText}`
}

/** Whether the index is not what it was taken for: it is gone, or is being built, or was built. */
function isOutOfDate(failure: Failure): boolean {
  if (failure.is("index_not_found_exception")) return true
  return failure.is("illegal_argument_exception") && failure.reason.startsWith("no write index is defined")
}

/** The fields that documents add, and those that the index that is being built lacks. */
function fieldsToAdd(
  { fields, next }: IndexState,
  operations: readonly WriteOperation[],
  group: readonly number[],
  errors: Map<number, ServiceError>,
): Field[] {
  const behind = next === undefined ? [] : [...fields.values()].filter(({ path }) => !next.fields.has(path))
  const added: Field[] = []
  let known = fields
  for (const at of group) {
    const { fits, text } = operations[at] as WriteOperation
    if (text === undefined || fits === fields) continue
    try {
      const more = addedFields(readDocument(JSON.parse(text)), known)
      if (more.length === 0) continue
      added.push(...more)
      known = new Map([...known, ...more.map((field) => [field.path, field] as const)])
    } catch (error) {
      if (!ServiceError.is(error)) throw error
      errors.set(at, error)
    }
  }
  return [...behind, ...added]
}

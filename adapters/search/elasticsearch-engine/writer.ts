import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { BulkOperation } from "../../../contracts/search/search.ts"
import { addedFields, type Field, typeRefused } from "../../../core/search/for-adapters.ts"
import { type BulkLine, type LineAnswer, sendBulk } from "./bulk-request.ts"
import { documentText } from "./document-text.ts"
import { isRefusedForNow, outcomeUnknown, serviceError } from "./errors.ts"
import type { Failure } from "./failures.ts"
import type { Indexes, IndexState } from "./indexes.ts"
import { ownAlias } from "./names.ts"
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

/** An operation that is ready to be sent. */
interface Prepared {
  readonly at: number
  readonly operation: BulkOperation
  readonly state: IndexState
  readonly line: BulkLine
}

const PREPARATIONS = 3
const DONE: WriteOutcome = { wasThere: false }

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
  async write(operations: readonly BulkOperation[], options: WriteOptions = {}): Promise<WriteOutcome[]> {
    const outcomes: WriteOutcome[] = []
    const until = this.#requests.deadline()
    const both = new Set<string>()
    let open = operations.map((_, at) => at)
    for (let attempt = 0; open.length > 0; attempt++) {
      const prepared = await this.#prepare(operations, open, outcomes)
      const answers = await this.#send(prepared, { ...options, until }, both)
      const isLast = attempt >= this.#requests.retries || this.#requests.isOver(until)
      open = this.#settle(prepared, answers, outcomes, isLast)
      if (open.length > 0) await this.#requests.sleep(this.#requests.pauseAfter(attempt))
    }
    if (options.waits === true) for (const object of both) await this.refresh(object, until)
    return outcomes
  }

  /** Searches see all that was written, also in an index that is being built. */
  async refresh(object: string, until?: number): Promise<void> {
    const { names } = this.#indexes
    await this.#requests.call(
      {
        method: "POST",
        path: `/${names.alias(object)},${names.next(object)}/_refresh`,
        query: { ignore_unavailable: true },
      },
      { kind: "read", until },
    )
  }

  /** Fills in the outcomes of what is not sent. */
  async #prepare(
    operations: readonly BulkOperation[],
    open: readonly number[],
    outcomes: WriteOutcome[],
  ): Promise<Prepared[]> {
    const byObject = new Map<string, number[]>()
    for (const at of open) {
      const { object } = operations[at] as BulkOperation
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
    operations: readonly BulkOperation[],
    group: readonly number[],
    outcomes: WriteOutcome[],
  ): Promise<Prepared[]> {
    const onlyRemoves = group.every((at) => operations[at]?.op === "remove")
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
      return sent.map((at) => this.#prepared(at, operations[at] as BulkOperation, state))
    }
    const error = typeRefused("A value", "one that the index can take", "another")
    for (const at of group) outcomes[at] = { error, wasThere: false }
    return []
  }

  #prepared(at: number, operation: BulkOperation, state: IndexState): Prepared {
    const { id, object } = operation
    const target = state.next === undefined ? this.#indexes.names.alias(object) : ownAlias(state.index)
    const line: BulkLine =
      operation.op === "remove"
        ? { op: "delete", target, id }
        : { op: "index", target, id, source: documentText(object, id, operation.doc) }
    return { at, operation, state, line }
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

  /** Fills in outcomes. @returns What is done again, those of one document from the first such one on. */
  #settle(
    prepared: readonly Prepared[],
    answers: readonly LineAnswer[],
    outcomes: WriteOutcome[],
    isLast: boolean,
  ): number[] {
    const again: number[] = []
    const keys = new Set<string>()
    for (const [index, { at, operation }] of prepared.entries()) {
      const { failure, wasThere } = answers[index] as LineAnswer
      const key = JSON.stringify([operation.object, operation.id])
      const isStale = failure !== undefined && isOutOfDate(failure)
      if (isStale) this.#indexes.forget(operation.object)
      const isAgain = keys.has(key) || isStale || (failure !== undefined && isRefusedForNow(failure))
      if (isAgain && !isLast) {
        again.push(at)
        keys.add(key)
      } else {
        const error = failure === undefined ? undefined : serviceError(failure, "write")
        outcomes[at] = { error, wasThere: wasThere || (outcomes[at]?.wasThere ?? false) }
      }
    }
    return again
  }
}

/** Whether the index is not what it was taken for: it is gone, or is being built, or was built. */
function isOutOfDate(failure: Failure): boolean {
  if (failure.is("index_not_found_exception")) return true
  return failure.is("illegal_argument_exception") && failure.reason.startsWith("no write index is defined")
}

/** The fields that documents add, and those that the index that is being built lacks. */
function fieldsToAdd(
  { fields, next }: IndexState,
  operations: readonly BulkOperation[],
  group: readonly number[],
  errors: Map<number, ServiceError>,
): Field[] {
  const behind = next === undefined ? [] : [...fields.values()].filter(({ path }) => !next.fields.has(path))
  const added: Field[] = []
  let known = fields
  for (const at of group) {
    const operation = operations[at]
    if (operation?.op !== "index") continue
    try {
      const more = addedFields(operation.doc, known)
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

import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { bulkOperationIssue } from "../../../contracts/search/arguments.ts"
import type { BulkItem, BulkOperation, BulkResult } from "../../../contracts/search/search.ts"
import type { Sources } from "../../kit/sources.ts"
import type { Indexes } from "./indexes.ts"
import { type WriteOperation, type Writer, writeOperation } from "./writer.ts"

const PORTION = 1000
/** Of JSON, about. */
const PORTION_CHARACTERS = 4_000_000

type Operations = Iterable<BulkOperation> | AsyncIterable<BulkOperation>

/** Writes in portions, so that any number of operations takes little memory but for their outcomes. */
export async function runBulk(
  writer: Writer,
  indexes: Indexes,
  sources: Sources,
  operations: Operations,
): Promise<BulkResult> {
  const run = new BulkRun(writer, indexes)
  await sources.forEach(operations, (operation) => (run.add(operation) ? run.flush() : undefined))
  await run.flush()
  return await run.end()
}

class BulkRun {
  readonly #writer: Writer
  readonly #indexes: Indexes
  readonly #items: BulkItem[] = []
  #failed = 0
  readonly #written = new Set<string>()
  #portion: WriteOperation[] = []
  /** Where the items of the portion are. */
  #places: number[] = []
  #characters = 0

  constructor(writer: Writer, indexes: Indexes) {
    this.#writer = writer
    this.#indexes = indexes
  }

  /** The document is copied at once: a source may fill one object again and again. @returns Whether a portion is full. */
  add(given: BulkOperation): boolean {
    const issue = bulkOperationIssue(given)
    if (issue !== undefined) {
      this.#fail(this.#items.length, given, new ServiceError("INVALID_ARGUMENT", issue))
      return false
    }
    const operation = writeOperation(given, this.#indexes.known(given.object)?.fields)
    this.#places.push(this.#items.length)
    this.#items.push({ object: given.object, id: given.id })
    this.#portion.push(operation)
    this.#characters += operation.text?.length ?? 0
    return this.#portion.length >= PORTION || this.#characters >= PORTION_CHARACTERS
  }

  async flush(): Promise<void> {
    const portion = this.#portion
    const places = this.#places
    this.#portion = []
    this.#places = []
    this.#characters = 0
    const outcomes = await this.#writer.write(portion).catch((error: unknown) => {
      throw this.#written.size > 0 && isNothingDone(error) ? partlyDone(error) : error
    })
    for (const [index, { object }] of portion.entries()) {
      const error = outcomes[index]?.error
      const at = places[index] as number
      if (error === undefined) this.#written.add(object)
      else this.#fail(at, this.#items[at], error)
    }
  }

  async end(): Promise<BulkResult> {
    for (const object of this.#written) await this.#writer.refresh(object)
    return { items: this.#items, failed: this.#failed }
  }

  #fail(at: number, operation: unknown, error: ServiceError): void {
    this.#items[at] = failed(operation, error)
    this.#failed++
  }
}

function failed(operation: unknown, { code, message }: ServiceError): BulkItem {
  const { id, object } = (operation ?? {}) as Partial<BulkOperation>
  const textOf = (value: unknown) => (typeof value === "string" ? value : "")
  return { object: textOf(object), id: textOf(id), error: { code, message } }
}

function isNothingDone(error: unknown): boolean {
  return ServiceError.is(error) && error.code !== "TIMEOUT"
}

function partlyDone(cause: unknown): ServiceError {
  return new ServiceError(
    "TIMEOUT",
    "A part of the bulk was done before the search server could not be asked any more.",
    {
      details: { outcome: "unknown" },
      cause,
    },
  )
}

import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { bulkOperationIssue } from "../../../contracts/search/arguments.ts"
import type { BulkItem, BulkOperation, BulkResult } from "../../../contracts/search/search.ts"
import { clonePlain } from "../../kit/clone.ts"
import type { Writer } from "./writer.ts"

const PORTION = 1000
/** Of JSON, about. */
const PORTION_CHARACTERS = 4_000_000

type Operations = Iterable<BulkOperation> | AsyncIterable<BulkOperation>

/** Writes in portions, so that any number of operations takes little memory but for their outcomes. */
export async function runBulk(writer: Writer, operations: Operations): Promise<BulkResult> {
  const items: BulkItem[] = []
  const objects = new Set<string>()
  let portion: { at: number; operation: BulkOperation }[] = []
  let characters = 0
  const flush = async () => {
    const outcomes = await writer.write(portion.map(({ operation }) => operation)).catch((error: unknown) => {
      throw objects.size > 0 && isNothingDone(error) ? partlyDone(error) : error
    })
    for (const [index, { at, operation }] of portion.entries()) {
      const error = outcomes[index]?.error
      if (error === undefined) objects.add(operation.object)
      else items[at] = failed(operation, error)
    }
    portion = []
    characters = 0
  }
  for await (const operation of operations) {
    const issue = bulkOperationIssue(operation)
    const at = items.length
    if (issue !== undefined) {
      items.push(failed(operation, new ServiceError("INVALID_ARGUMENT", issue)))
      continue
    }
    items.push({ object: operation.object, id: operation.id })
    // A source may fill one object again and again.
    portion.push({ at, operation: clonePlain(operation) })
    if (operation.op === "index") characters += sizeOf(operation.doc)
    if (portion.length >= PORTION || characters >= PORTION_CHARACTERS) await flush()
  }
  await flush()
  for (const object of objects) await writer.refresh(object)
  return { items, failed: items.reduce((count, { error }) => count + (error === undefined ? 0 : 1), 0) }
}

function failed(operation: unknown, { code, message }: ServiceError): BulkItem {
  const { id, object } = (operation ?? {}) as Partial<BulkOperation>
  const textOf = (value: unknown) => (typeof value === "string" ? value : "")
  return { object: textOf(object), id: textOf(id), error: { code, message } }
}

/** About how many characters a document has in JSON: its texts, and a few for all else. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length
  if (typeof value !== "object" || value === null) return 8
  let size = 0
  for (const member of Object.values(value)) size += 8 + sizeOf(member)
  return size
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

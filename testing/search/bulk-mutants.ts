/** Mutants of bulks. */
import type { BulkOperation, BulkResult } from "../../contracts/search/search.ts"
import { seam } from "./mutant.ts"
import type { Source } from "./reference/rebuilding.ts"
import type { ReferenceSearch } from "./reference/reference-search.ts"

/** All that a source gives. */
export async function readAll(operations: Source<BulkOperation>): Promise<BulkOperation[]> {
  const all: BulkOperation[] = []
  for await (const operation of operations) all.push(operation)
  return all
}

export function isSource(operations: unknown): operations is Source<BulkOperation> {
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = Object(operations)
  return typeof operations === "object" && (typeof later === "function" || typeof now === "function")
}

/** Operations are done in another way, when all are read. */
export function does(
  why: string,
  work: (call: {
    readonly next: (operations: Source<BulkOperation>) => Promise<BulkResult>
    readonly self: ReferenceSearch
    readonly all: BulkOperation[]
  }) => Promise<BulkResult>,
  source?: string,
) {
  return seam.bulk(
    why,
    async ({ next, self }, operations) => {
      if (self.closed || !isSource(operations)) return next(operations)
      return work({ next, self, all: await readAll(operations) })
    },
    source,
  )
}

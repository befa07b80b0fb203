import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { reindexDocumentIssue } from "../../../contracts/search/arguments.ts"
import type { ReindexDocument } from "../../../contracts/search/search.ts"
import { preconditionFailed } from "../../../core/search/for-adapters.ts"
import { MemoryIndex } from "./memory-index.ts"
import { Turns } from "./turns.ts"

type Source = Iterable<ReindexDocument> | AsyncIterable<ReindexDocument>

/** Indexes that are built anew while they serve. */
export class Rebuilds {
  /** By object: the ids that were written or removed since it began. */
  readonly #running = new Map<string, Set<string>>()

  /** Tells of a write, or a removal. */
  changed(object: string, id: string): void {
    this.#running.get(object)?.add(id)
  }

  /**
   * @param current What serves now.
   * @throws ServiceError PRECONDITION_FAILED where another one is under way, or the index was deleted meanwhile.
   */
  async run(
    object: string,
    current: () => MemoryIndex | undefined,
    source: Source | undefined,
  ): Promise<{ readonly index: MemoryIndex; readonly documents: number }> {
    if (this.#running.has(object)) throw preconditionFailed("reindex")
    const changed = new Set<string>()
    this.#running.set(object, changed)
    try {
      const old = current()
      const index = old?.emptied() ?? new MemoryIndex(object)
      const documents = await fill(index, source ?? documentsOf(old))
      const now = current()
      if (now !== old && old !== undefined) throw preconditionFailed("reindex")
      for (const id of changed) takeOver(id, now, index)
      return { index, documents }
    } finally {
      this.#running.delete(object)
    }
  }
}

async function fill(index: MemoryIndex, source: Source): Promise<number> {
  const turns = new Turns()
  const revisions = new Map<string, number>()
  const taken = new Set<string>()
  for await (const document of source) {
    const issue = reindexDocumentIssue(document)
    if (issue !== undefined) throw new ServiceError("INVALID_ARGUMENT", issue)
    const { doc, id, revision } = document
    const best = revisions.get(id)
    if (best !== undefined && (revision === undefined || revision < best)) continue
    if (revision !== undefined) revisions.set(id, revision)
    index.put(id, doc, true)
    taken.add(id)
    await turns.pass()
  }
  index.endBulk()
  return taken.size
}

/** Those that are there now; what is written meanwhile comes later. */
function* documentsOf(index: MemoryIndex | undefined): Generator<ReindexDocument> {
  if (index === undefined) return
  index.freeze()
  for (const { ids, live, size, sources } of index.segments()) {
    const now = live.clone()
    for (let doc = 0; doc < size; doc++) {
      if (now.has(doc)) yield { id: ids.ids[doc] as string, doc: JSON.parse(sources[doc] as string) }
    }
  }
}

function takeOver(id: string, from: MemoryIndex | undefined, to: MemoryIndex): void {
  const doc = from?.get(id)
  if (doc === undefined) to.remove(id)
  else to.put(id, doc, false)
}

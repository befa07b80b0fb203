import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { reindexDocumentIssue } from "../../../contracts/search/arguments.ts"
import type { ReindexDocument } from "../../../contracts/search/search.ts"
import { copied, preconditionFailed } from "../../../core/search/for-adapters.ts"
import type { Sources } from "../../kit/sources.ts"
import { Turns } from "../../kit/turns.ts"
import { MemoryIndex } from "./memory-index.ts"

type Source = Iterable<ReindexDocument> | AsyncIterable<ReindexDocument>

/** What an object is served by. */
export interface Serving {
  current(): MemoryIndex | undefined
  replace(by: MemoryIndex): void
}

/** Indexes that are built anew while they serve. */
export class Rebuilds {
  /** By object: the ids that were written or removed since it began. */
  readonly #running = new Map<string, Set<string>>()
  readonly #sources: Sources

  constructor(sources: Sources) {
    this.#sources = sources
  }

  /** Tells of a write, or a removal. */
  changed(object: string, id: string): void {
    this.#running.get(object)?.add(id)
  }

  /**
   * @returns How many documents the source had.
   * @throws ServiceError PRECONDITION_FAILED where another one is under way, or the index was deleted meanwhile.
   */
  async run(object: string, serving: Serving, source: Source | undefined): Promise<number> {
    if (this.#running.has(object)) throw preconditionFailed("reindex")
    const old = serving.current()
    if (old === undefined && source === undefined) return 0
    const changed = new Set<string>()
    this.#running.set(object, changed)
    const index = old?.emptied() ?? new MemoryIndex(object)
    try {
      const documents = await this.#fill(index, source ?? documentsOf(old))
      await takePlace(index, old, serving, changed)
      return documents
    } catch (error) {
      index.close()
      throw error
    } finally {
      this.#running.delete(object)
    }
  }

  async #fill(index: MemoryIndex, source: Source): Promise<number> {
    const revisions = new Map<string, number>()
    const taken = new Set<string>()
    await this.#sources.forEach(source, (given) => {
      const document = copied(given) as ReindexDocument
      const issue = reindexDocumentIssue(document)
      if (issue !== undefined) throw new ServiceError("INVALID_ARGUMENT", issue)
      const { doc, id, revision } = document
      const best = revisions.get(id)
      if (best !== undefined && (revision === undefined || revision < best)) return
      if (revision !== undefined) revisions.set(id, revision)
      index.put(id, doc, true)
      taken.add(id)
    })
    index.endBulk()
    return taken.size
  }
}

/** Takes over what was defined, written and removed meanwhile, until nothing is left; then it serves. */
async function takePlace(
  index: MemoryIndex,
  old: MemoryIndex | undefined,
  serving: Serving,
  changed: Set<string>,
): Promise<void> {
  const turns = new Turns()
  const define = () => {
    const now = serving.current()
    if (old !== undefined && now !== old) throw preconditionFailed("reindex")
    if (now !== undefined) index.define(now.definition())
  }
  define()
  // What changes while others have their turn comes to the end of the set.
  for (const id of changed) {
    changed.delete(id)
    takeOver(id, serving.current(), index)
    if (!turns.isOver) continue
    await turns.pass()
    define()
  }
  // At once: not even a promise may settle between the last write that was taken over and this.
  serving.replace(index)
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

import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import { bulkOperationIssue } from "../../../contracts/search/arguments.ts"
import type {
  BulkItem,
  BulkOperation,
  BulkResult,
  IndexDefinition,
  IndexInfo,
  ISearchIndexing,
  ISearchService,
  ReindexDocument,
  ReindexReport,
  SearchQuery,
  SearchResult,
  Suggestion,
  SuggestQuery,
} from "../../../contracts/search/search.ts"
import {
  copied,
  cursorOf,
  FIRST_CURSOR,
  noFacets,
  placeOf,
  planQuery,
  shownDocument,
  throwIfAborted,
} from "../../../core/search/for-adapters.ts"
import { Sources } from "../../kit/sources.ts"
import { Turns } from "../../kit/turns.ts"
import { afterOf, placeOfHit, readAfter } from "./hit-place.ts"
import { hitsOf } from "./hits.ts"
import { type GrownSizes, MemoryIndex } from "./memory-index.ts"
import { Rebuilds } from "./rebuilds.ts"
import { runQuery } from "./run-query.ts"
import { suggestWords } from "./suggest.ts"
import { viewsOf } from "./views.ts"
import { Walks } from "./walks.ts"

type Document = Record<string, unknown>

/** Search in this process. */
export class MemorySearch implements ISearchService, ISearchIndexing {
  readonly #indexes = new Map<string, MemoryIndex>()
  readonly #sources = new Sources()
  readonly #rebuilds = new Rebuilds(this.#sources)
  readonly #turns = new Turns()
  readonly #clock: Clock
  readonly #walks: Walks
  readonly #grown: GrownSizes | undefined

  /** @param grown - Of its indexes. */
  constructor(clock: Clock, grown?: GrownSizes) {
    this.#clock = clock
    this.#grown = grown
    this.#walks = new Walks(clock)
  }

  async index(object: string, id: string, doc: Document): Promise<void> {
    this.#put(object, id, doc, false)
    await this.#letMerge(object)
  }

  async search(query: SearchQuery): Promise<SearchResult> {
    throwIfAborted(query.signal)
    const start = this.#clock.monotonic()
    const { cursor, limit = 10, offset = 0 } = query
    const place = cursor === undefined || cursor === FIRST_CURSOR ? undefined : placeOf(query, cursor)
    const walked = place && this.#walks.continue(place.snapshot)
    const indexes = walked?.indexes ?? this.#asked(query.object)
    if (indexes.length === 0) return this.#nothing(query, start)
    const plan = planQuery(query, indexes)
    const after = place && readAfter(place.after, plan)
    const walk = cursor === FIRST_CURSOR ? this.#walks.begin(indexes) : walked
    const snapshot = walk?.snapshot
    const views = walk?.views ?? viewsOf(indexes)
    // One more tells whether a walk goes on.
    const count = offset + limit + (snapshot === undefined ? 0 : 1)
    const found = runQuery(views, plan, { count, after })
    const page = { ...found, hits: found.hits.slice(offset, offset + limit) }
    const last = page.hits.at(-1)
    const goesOn = snapshot !== undefined && last !== undefined && found.hits.length > limit
    if (snapshot !== undefined && !goesOn) this.#walks.end(snapshot)
    const next = goesOn ? cursorOf(query, { snapshot, after: afterOf(placeOfHit(last, plan)) }) : undefined
    return {
      hits: await hitsOf(page, query, plan, views),
      total: found.total,
      totalExact: true,
      ...(plan.truncated && { truncated: true }),
      ...(found.facets && { facets: found.facets }),
      ...(next !== undefined && { cursor: next }),
      tookMs: this.#clock.monotonic() - start,
    }
  }

  async deleteIndex(name: string): Promise<void> {
    const index = this.#indexes.get(name)
    if (index !== undefined) this.#drop(index)
  }

  async defineIndex(definition: IndexDefinition): Promise<void> {
    const index = this.#indexes.get(definition.name) ?? new MemoryIndex(definition.name, this.#grown)
    index.define(definition)
    this.#indexes.set(definition.name, index)
  }

  async listIndexes(): Promise<IndexInfo[]> {
    const infos = Array.from(this.#indexes.values(), (index) => index.info())
    return infos.sort((a, b) => compareCodePoints(a.name, b.name))
  }

  async get(object: string, id: string): Promise<Document | undefined> {
    const index = this.#indexes.get(object)
    const doc = index?.get(id)
    return index && doc && shownDocument(doc, index.fields)
  }

  async remove(object: string, id: string): Promise<boolean> {
    this.#rebuilds.changed(object, id)
    const wasThere = this.#indexes.get(object)?.remove(id) ?? false
    await this.#letMerge(object)
    return wasThere
  }

  async bulk(operations: Iterable<BulkOperation> | AsyncIterable<BulkOperation>): Promise<BulkResult> {
    const items: BulkItem[] = []
    const touched = new Set<string>()
    try {
      await this.#sources.forEach(operations, (operation) => {
        const item = this.#operate(operation)
        items.push(item)
        touched.add(item.object)
      })
    } finally {
      for (const object of touched) this.#indexes.get(object)?.endBulk()
    }
    return { items, failed: items.filter(({ error }) => error !== undefined).length }
  }

  async reindex(
    object: string,
    source?: Iterable<ReindexDocument> | AsyncIterable<ReindexDocument>,
  ): Promise<ReindexReport> {
    const start = this.#clock.monotonic()
    const current = () => this.#indexes.get(object)
    const replace = (index: MemoryIndex) => {
      const old = current()
      if (old !== undefined) this.#drop(old)
      this.#indexes.set(object, index)
    }
    const documents = await this.#rebuilds.run(object, { current, replace }, source)
    return { documents, tookMs: this.#clock.monotonic() - start }
  }

  async refresh(): Promise<void> {}

  async suggest(query: SuggestQuery): Promise<Suggestion[]> {
    throwIfAborted(query.signal)
    const index = this.#indexes.get(query.object)
    return index === undefined ? [] : suggestWords(index, query)
  }

  async getMetrics(): Promise<Record<string, number>> {
    const indexes = [...this.#indexes.values()]
    return {
      indexes: indexes.length,
      documents: indexes.reduce((sum, { documents }) => sum + documents, 0),
      segments: indexes.reduce((sum, index) => sum + index.segments().length, 0),
    }
  }

  async close(): Promise<void> {
    this.#sources.close()
    for (const index of this.#indexes.values()) index.close()
  }

  #put(object: string, id: string, doc: Document, inBulk: boolean): void {
    const index = this.#indexes.get(object) ?? new MemoryIndex(object, this.#grown)
    index.put(id, doc, inBulk)
    this.#indexes.set(object, index)
    this.#rebuilds.changed(object, id)
  }

  #operate(given: BulkOperation): BulkItem {
    const read = readOperation(given)
    const { id, object } = Object(read) as BulkOperation
    const issue = bulkOperationIssue(read)
    if (issue !== undefined) return { object, id, error: { code: "INVALID_ARGUMENT", message: issue } }
    const operation = read as BulkOperation
    try {
      if (operation.op === "index") this.#put(object, id, operation.doc, true)
      else {
        this.#rebuilds.changed(object, id)
        this.#indexes.get(object)?.remove(id)
      }
      return { object, id }
    } catch (error) {
      if (!ServiceError.is(error)) throw error
      return { object, id, error: { code: error.code, message: error.message } }
    }
  }

  /** Merges have no turn while one write follows the other at once. */
  async #letMerge(object: string): Promise<void> {
    if (this.#turns.isOver && this.#indexes.get(object)?.isMerging) await this.#turns.pass()
  }

  #asked(object: SearchQuery["object"]): MemoryIndex[] {
    const names = typeof object === "string" ? [object] : object
    return names.flatMap((name) => this.#indexes.get(name) ?? [])
  }

  #nothing(query: SearchQuery, start: number): SearchResult {
    const facets = noFacets(query.facets)
    return {
      hits: [],
      total: 0,
      totalExact: true,
      ...(facets && { facets }),
      tookMs: this.#clock.monotonic() - start,
    }
  }

  #drop(index: MemoryIndex): void {
    this.#walks.endOf(index)
    this.#indexes.delete(index.name)
    index.close()
  }
}

/** Undefined where it cannot be read. */
function readOperation(given: BulkOperation): unknown {
  try {
    return copied(given)
  } catch {
    return undefined
  }
}

import { SEARCH_ANALYZERS } from "../../../contracts/search/arguments.ts"
import type {
  BulkOperation,
  BulkResult,
  FacetResult,
  IndexDefinition,
  IndexInfo,
  ISearchIndexing,
  ISearchService,
  ReindexDocument,
  ReindexReport,
  SearchCapabilities,
  SearchHit,
  SearchQuery,
  SearchResult,
  Suggestion,
  SuggestQuery,
} from "../../../contracts/search/search.ts"
import type { SearchReferenceOptions } from "./documents.ts"
import { ReferenceRebuilding, type Source } from "./rebuilding.ts"
import type { Scored } from "./scoring.ts"
import type { HeldField, HeldIndex } from "./store.ts"
import type { Words } from "./words.ts"

const referenceCapabilities: SearchCapabilities = {
  indexing: true,
  durable: true,
  shared: true,
  phrase: true,
  fuzzy: true,
  prefix: true,
  facets: true,
  disjunctiveFacets: true,
  sort: true,
  cursor: true,
  highlight: true,
  suggest: true,
  reindex: true,
  synonyms: true,
  explain: true,
  native: false,
  ranking: "bm25",
  analyzers: SEARCH_ANALYZERS,
}

/**
 * The shortest search that keeps the whole contract: it looks at every document. Mutants and oddities are subclasses that
 * change one line of it, which is why it is made of small methods.
 */
export class ReferenceSearch extends ReferenceRebuilding implements ISearchService, ISearchIndexing {
  override capabilities: SearchCapabilities

  constructor(options: SearchReferenceOptions) {
    super(options)
    this.capabilities = { ...referenceCapabilities }
  }

  async index(object: string, id: string, doc: Record<string, unknown>): Promise<void> {
    this.checkName(object)
    this.checkId(id)
    this.checkDocument(doc)
    this.keep(object, id, doc)
    return this.reply(undefined)
  }

  async search(query: SearchQuery): Promise<SearchResult> {
    this.checkQuery(query)
    const indexes = this.indexesOf(query)
    const isNowhere = indexes.length === 0 && (query.cursor ?? "*") === "*"
    const result = isNowhere ? this.noResult(query) : this.result(query, indexes)
    return this.reply(result)
  }

  /** Those that are there. */
  indexesOf({ object }: SearchQuery): HeldIndex[] {
    const names = typeof object === "string" ? [object] : object
    return names.flatMap((name) => this.findIndex(name) ?? [])
  }

  noResult({ facets = [] }: SearchQuery): SearchResult {
    const none = Object.fromEntries(facets.map(({ field }) => [field, []]))
    return { hits: [], total: 0, totalExact: true, ...(facets.length > 0 && { facets: none }), tookMs: 0 }
  }

  result(query: SearchQuery, standing: readonly HeldIndex[]): SearchResult {
    const { facets = [], limit = 10, offset = 0, sort = [], where } = query
    const place = query.cursor === undefined ? undefined : this.placeOf(query, standing)
    const indexes = place === undefined ? standing : this.walkedIndexes(place)
    this.checkFields(query, indexes)
    const words = this.wordsOf(query, indexes)
    const found = this.found(query, words, indexes)
    const passed = found.filter(({ document }) => this.isLetThrough(document, where, indexes))
    const ordered = this.sorted(passed, sort, indexes)
    const first = place?.given ?? offset
    const cursor = place && this.cursorAfter(place, limit, ordered.length)
    const documents = found.map(({ document }) => document)
    const counts = facets.map((facet): [string, FacetResult] => {
      return [facet.field, this.facetOf(facet, documents, where, indexes)]
    })
    return {
      hits: ordered.slice(first, first + limit).map((scored) => this.hitOf(scored, query, words, indexes)),
      total: this.totalOf(ordered),
      totalExact: true,
      ...(words.truncated && { truncated: true }),
      ...(facets.length > 0 && { facets: Object.fromEntries(counts) }),
      ...(cursor !== undefined && { cursor }),
      tookMs: 0,
    }
  }

  checkFields(query: SearchQuery, indexes: readonly HeldIndex[]): void {
    const { facets = [], sort = [], where } = query
    if (where !== undefined) this.checkFilter(where, indexes)
    for (const facet of facets) this.checkFacet(facet, indexes)
    this.checkSort(sort, indexes)
    this.checkHighlight(query, indexes)
    this.searchedFields(query, indexes)
  }

  totalOf(found: readonly Scored[]): number {
    return found.length
  }

  hitOf({ document, score }: Scored, query: SearchQuery, words: Words, indexes: readonly HeldIndex[]): SearchHit {
    const { explain = false, highlight = false, select } = query
    return {
      id: document.id,
      object: document.object,
      score,
      doc: this.shownOf(document, select),
      ...(highlight !== false && {
        highlights: this.highlightsOf(document, words, this.highlightSpec(highlight)),
      }),
      ...(explain && { explanation: this.partsOf(document, words, indexes) }),
    }
  }

  async deleteIndex(name: string): Promise<void> {
    this.checkName(name)
    this.dropIndex(name)
    return this.reply(undefined)
  }

  async defineIndex(definition: IndexDefinition): Promise<void> {
    this.checkDefinition(definition)
    const index = this.findIndex(definition.name) ?? this.newIndex(definition.name)
    const fields = this.fieldsOf(definition)
    this.checkChange(index, fields)
    for (const field of fields) index.fields.set(field.path, field)
    index.synonyms = this.synonymsIn(definition)
    this.keepIndex(index)
    return this.reply(undefined)
  }

  synonymsIn({ synonyms = [] }: IndexDefinition): HeldIndex["synonyms"] {
    return structuredClone(synonyms)
  }

  /** A field keeps its type, its analyzer and its use. */
  checkChange(index: HeldIndex, fields: readonly HeldField[]): void {
    const others = [...index.fields.keys()]
    for (const field of fields) {
      const before = index.fields.get(field.path)
      const isWithin = others.some((path) => path.startsWith(`${field.path}.`) || field.path.startsWith(`${path}.`))
      const isChanged = before === undefined ? isWithin : !this.isSameField(before, field)
      if (isChanged) this.refuseFor("PRECONDITION_FAILED", "definition", "A field is another one already.")
    }
    this.checkFieldCount(new Set([...others, ...fields.map(({ path }) => path)]).size)
  }

  isSameField(one: HeldField, other: HeldField): boolean {
    const textOf = (field: HeldField) => JSON.stringify({ ...field, boost: 1 })
    return textOf(one) === textOf(other)
  }

  async listIndexes(): Promise<IndexInfo[]> {
    this.checkOpen()
    return this.reply(this.ownIndexes().map((index) => this.infoOf(index)))
  }

  async get(object: string, id: string): Promise<Record<string, unknown> | undefined> {
    this.checkName(object)
    this.checkId(id)
    const document = this.findDocument(object, id)
    return this.reply(document && this.shownOf(document))
  }

  async remove(object: string, id: string): Promise<boolean> {
    this.checkName(object)
    this.checkId(id)
    return this.reply(this.removeDocument(object, id))
  }

  async bulk(operations: Source<BulkOperation>): Promise<BulkResult> {
    this.checkOpen()
    this.checkSource("operations", operations)
    const items: BulkResult["items"] = []
    // What is at hand is done at once, as other writes are.
    if (Array.isArray(operations)) for (const operation of operations) items.push(this.bulkItem(operation))
    else for await (const operation of this.read(operations)) items.push(this.bulkItem(operation))
    return this.reply({ items, failed: items.filter(({ error }) => error !== undefined).length })
  }

  async reindex(object: string, source?: Source<ReindexDocument>): Promise<ReindexReport> {
    this.checkName(object)
    if (source !== undefined) this.checkSource("source", source)
    const documents = await this.rebuild(object, source)
    return this.reply({ documents, tookMs: 0 })
  }

  async refresh(object?: string): Promise<void> {
    if (object === undefined) this.checkOpen()
    else this.checkName(object)
    return this.reply(undefined)
  }

  async suggest(query: SuggestQuery): Promise<Suggestion[]> {
    this.checkSuggest(query)
    const index = this.findIndex(query.object)
    return this.reply(index === undefined ? [] : this.suggestions(query, index))
  }

  suggestions({ fields, limit = 5, object, text }: SuggestQuery, index: HeldIndex): Suggestion[] {
    const searched = this.searchedFields({ object, ...(fields !== undefined && { fields }) }, [index])
    const last = this.tokensOf("standard", text).at(-1)
    if (last === undefined) return []
    const counts = new Map<string, number>()
    for (const document of index.documents.values()) {
      for (const word of this.wordsBeginning(document, searched, last.term)) {
        counts.set(word, (counts.get(word) ?? 0) + 1)
      }
    }
    const words = [...counts].sort(([one, ones], [other, others]) => others - ones || this.compareTexts(one, other))
    return words.slice(0, limit).map(([word]) => ({ text: text.slice(0, last.start) + word, word }))
  }

  wordsBeginning(
    document: Scored["document"],
    searched: ReturnType<ReferenceSearch["searchedFields"]>,
    begin: string,
  ): Set<string> {
    const terms = searched.flatMap(({ field }) => this.tokensIn(document, field, this.plainAnalyzer(field.analyzer)))
    return new Set(terms.map(({ term }) => term).filter((term) => term.startsWith(begin)))
  }
}

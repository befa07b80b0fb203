/**
 * Search in this process, over MiniSearch.
 *
 * @example
 * const search = createMemorySearch()
 * await search.index("packages", "lru-cache", { description: "A cache that evicts", license: "ISC" })
 * await search.search({ object: "packages", q: "cache", highlight: true, facets: [{ field: "license" }] })
 */
import MiniSearch from "minisearch"
import * as z from "zod/mini"
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import type { Clock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { compareCodePoints } from "../../contracts/foundation/text.ts"
import { SEARCH_MAX_FIELDS } from "../../contracts/search/arguments.ts"
import type {
  EqualFilter,
  FacetResult,
  FacetSpec,
  ISearchService,
  Scalar,
  Search,
  SearchCapabilities,
  SearchQuery,
  SearchResult,
} from "../../contracts/search/search.ts"
import { asSearch } from "../../core/search/portable-search.ts"
import { clonePlain } from "../kit/clone.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"

export const memorySearchOptionsSchema = z.strictObject({})
export type MemorySearchOptions = z.input<typeof memorySearchOptionsSchema>
type ParsedOptions = z.output<typeof memorySearchOptionsSchema>

const CAPABILITIES: SearchCapabilities = {
  indexing: false,
  durable: false,
  shared: false,
  phrase: false,
  fuzzy: false,
  prefix: true,
  facets: true,
  disjunctiveFacets: false,
  sort: false,
  cursor: false,
  highlight: true,
  suggest: false,
  reindex: false,
  synonyms: false,
  ranking: "engine",
  analyzers: [],
}

/** @throws ServiceError INVALID_CONFIG with the path of each option at fault. */
export function createMemorySearch(options: MemorySearchOptions = {}, context: Partial<AdapterContext> = {}): Search {
  const parsed = parseOptions(memorySearchOptionsSchema, options, "memory search")
  return openMemorySearch(parsed, { ...defaultContext("search"), ...context })
}

/** Of options that are checked. */
function openMemorySearch(_options: ParsedOptions, { clock }: AdapterContext): Search {
  return asSearch(new MemorySearch(clock), { adapter: "memory", capabilities: CAPABILITIES, clock })
}

export const memorySearch = defineAdapter({
  service: "search",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: memorySearchOptionsSchema,
  create: openMemorySearch,
})

class MemorySearch implements ISearchService {
  readonly #indexes = new Map<string, Index>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async index(object: string, id: string, doc: Record<string, unknown>): Promise<void> {
    const index = this.#indexes.get(object) ?? new Index()
    index.put({ id, doc: JSON.parse(JSON.stringify(doc)) })
    this.#indexes.set(object, index)
  }

  async search(query: SearchQuery): Promise<SearchResult> {
    const { object, facets, offset = 0, limit = 10, highlight = false } = query
    const start = this.#clock.monotonic()
    const words = wordsOf(query)
    const index = this.#indexes.get(object)
    const matches = index?.match(query, words) ?? []
    const hits = matches.slice(offset, offset + limit).map(({ id, doc, score }) => ({
      id,
      object,
      score,
      doc: clonePlain(doc),
      ...(highlight && { highlights: highlightsOf(doc, index?.searched(query) ?? [], words) }),
    }))
    return {
      hits,
      total: matches.length,
      totalExact: true,
      ...(facets && { facets: Object.fromEntries(facets.map((facet) => [facet.field, countFacet(matches, facet)])) }),
      tookMs: this.#clock.monotonic() - start,
    }
  }

  async deleteIndex(name: string): Promise<void> {
    this.#indexes.delete(name)
  }
}

const MAX_TERMS = 256
/** Longer strings neither filter nor make a facet. */
const MAX_KEYWORD_LENGTH = 8191

type Document = Readonly<Record<string, unknown>>

interface IndexedDocument {
  readonly id: string
  readonly doc: Record<string, unknown>
}

interface Match extends IndexedDocument {
  readonly score: number
}

/** One object's documents. */
class Index {
  readonly #fields = new Set<string>()
  readonly #documents = new Map<string, IndexedDocument>()
  /** MiniSearch learns its fields when it is made; after a document with a new field, the next search makes it anew. */
  #engine: MiniSearch<IndexedDocument> | undefined

  put(indexed: IndexedDocument): void {
    const added = Object.keys(indexed.doc).filter((field) => !this.#fields.has(field))
    if (this.#fields.size + added.length > SEARCH_MAX_FIELDS) {
      throw new ServiceError("INVALID_ARGUMENT", `An index must have at most ${SEARCH_MAX_FIELDS} fields.`)
    }
    const before = this.#documents.get(indexed.id)
    this.#documents.set(indexed.id, indexed)
    for (const field of added) this.#fields.add(field)
    if (added.length > 0) this.#engine = undefined
    if (before !== undefined) this.#engine?.remove(before)
    if (this.#engine !== undefined) this.#engine.add(indexed)
    else if (this.#documents.size === 1) this.#engine = this.#createEngine()
  }

  /** The fields that a query searches. */
  searched({ fields }: SearchQuery): string[] {
    return fields === undefined ? [...this.#fields] : fields.map((field) => boosted(field).field)
  }

  match(query: SearchQuery, words: Words): Match[] {
    const filters = filtersOf(query.where)
    for (const { field } of [...(query.fields ?? []).map(boosted), ...(query.facets ?? []), ...filters]) {
      if (!this.#fields.has(field))
        throw new ServiceError(
          "INVALID_ARGUMENT",
          "A query must name fields of its index; got one that it does not have.",
        )
    }
    return this.#find(query, words)
      .filter(({ doc }) => filters.every(({ field, value }) => keywordsOf(doc, field).includes(value)))
      .sort((a, b) => b.score - a.score || compareCodePoints(a.id, b.id))
  }

  #find(query: SearchQuery, { terms, prefixes }: Words): Match[] {
    const { q = "", fields = [], operator = "or" } = query
    if (q.trim() === "") return Array.from(this.#documents.values(), (indexed) => ({ ...indexed, score: 1 }))
    this.#engine ??= this.#createEngine()
    const found = this.#engine.search(q, {
      tokenize: () => [...terms],
      combineWith: operator,
      prefix: (term) => prefixes.has(term),
      fields: this.searched(query).map(engineField),
      boost: Object.fromEntries(fields.map(boosted).map(({ field, boost }) => [engineField(field), boost])),
    })
    return found.flatMap(({ id, score }) => {
      const indexed = this.#documents.get(id)
      return indexed === undefined ? [] : [{ ...indexed, score }]
    })
  }

  #createEngine(): MiniSearch<IndexedDocument> {
    const engine = new MiniSearch<IndexedDocument>({
      fields: Array.from(this.#fields, engineField),
      extractField: ({ id, doc }, field) => (field === "id" ? id : textsOf(doc, field.slice(1)).join("\n")),
      tokenize: (text) => Array.from(tokensOf(text), ({ term }) => term),
      processTerm: (term) => term,
    })
    engine.addAll([...this.#documents.values()])
    return engine
  }
}

interface Words {
  readonly terms: ReadonlySet<string>
  /** Those of the terms that also match what begins with them. */
  readonly prefixes: ReadonlySet<string>
}

function wordsOf({ q = "", prefix = false }: SearchQuery): Words {
  const all = Array.from(tokensOf(q), ({ term }) => term)
  const terms = new Set([...new Set(all)].slice(0, MAX_TERMS))
  if (prefix === "last") return { terms, prefixes: new Set(all.slice(-1).filter((term) => terms.has(term))) }
  return { terms, prefixes: prefix ? terms : new Set() }
}

/** MiniSearch keeps its id among the fields: a prefix keeps a field called `id` apart from it. */
function engineField(field: string): string {
  return `.${field}`
}

function boosted(field: string | { field: string; boost: number }): { field: string; boost: number } {
  return typeof field === "string" ? { field, boost: 1 } : field
}

function filtersOf(where: SearchQuery["where"]): readonly EqualFilter[] {
  if (where === undefined) return []
  return "and" in where ? where.and : [where]
}

function valuesOf(doc: Document, field: string): unknown[] {
  return [doc[field]].flat(Number.POSITIVE_INFINITY)
}

function textsOf(doc: Document, field: string): string[] {
  return valuesOf(doc, field).filter((value) => typeof value === "string")
}

function keywordsOf(doc: Document, field: string): Scalar[] {
  return valuesOf(doc, field).filter((value): value is Scalar => {
    if (typeof value === "string") return value.length <= MAX_KEYWORD_LENGTH
    return typeof value === "number" || typeof value === "boolean"
  })
}

function countFacet(matches: readonly Match[], { field, limit = 10 }: FacetSpec): FacetResult {
  const counts = new Map<string, number>()
  for (const { doc } of matches) {
    for (const value of new Set(keywordsOf(doc, field).map(String))) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return Array.from(counts, ([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || compareCodePoints(a.value, b.value))
    .slice(0, limit)
}

interface Token {
  readonly term: string
  readonly start: number
  readonly end: number
}

/** Not Intl.Segmenter: its time grows with the square of the length. */
function* tokensOf(text: string): Generator<Token, void, undefined> {
  for (const { 0: word, index } of text.matchAll(/[\p{L}\p{M}\p{N}_]+/gu)) {
    yield { term: word.toLowerCase(), start: index, end: index + word.length }
  }
}

const SNIPPETS = 3
const SNIPPET_LENGTH = 160
/** Of it, at most this before the first match. */
const SNIPPET_LEAD = 40

function highlightsOf(doc: Document, fields: readonly string[], words: Words): Record<string, string[]> {
  const found = fields.map((field): [string, string[]] => {
    return [
      field,
      textsOf(doc, field)
        .flatMap((text) => snippetsOf(text, words))
        .slice(0, SNIPPETS),
    ]
  })
  return Object.fromEntries(found.filter(([, snippets]) => snippets.length > 0))
}

/** Pieces of the text around its matches, cut between words. */
function snippetsOf(text: string, { terms, prefixes }: Words): string[] {
  const beginnings = [...prefixes]
  const tokens = [...tokensOf(text)]
  const hits = tokens.filter(({ term }) => terms.has(term) || beginnings.some((prefix) => term.startsWith(prefix)))
  if (text.length <= SNIPPET_LENGTH) return hits.length === 0 ? [] : [markUp(text, hits, 0, text.length)]

  const snippets: string[] = []
  let free = 0
  for (const hit of hits) {
    if (hit.start < free || snippets.length === SNIPPETS) continue
    const earliest = Math.max(free, hit.start - SNIPPET_LEAD)
    const start = tokens.find((token) => token.start >= earliest)?.start ?? hit.start
    const end = tokens.findLast((token) => token.end <= start + SNIPPET_LENGTH)?.end ?? hit.end
    free = Math.max(end, hit.end)
    snippets.push(markUp(text, hits, start, free))
  }
  return snippets
}

function markUp(text: string, hits: readonly { start: number; end: number }[], start: number, end: number): string {
  let html = ""
  let done = start
  for (const hit of hits) {
    if (hit.start < start || hit.end > end) continue
    html += `${escapeHtml(text.slice(done, hit.start))}<mark>${escapeHtml(text.slice(hit.start, hit.end))}</mark>`
    done = hit.end
  }
  return html + escapeHtml(text.slice(done, end))
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}

import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type {
  BulkOperation,
  BulkResult,
  FieldDefinition,
  IndexDefinition,
  ReindexDocument,
  ReindexReport,
  Search,
  SearchHit,
  SearchQuery,
  SearchResult,
} from "../../../contracts/search/search.ts"
import { planQuery, type QueriedIndex } from "../../../core/search/plan-query.ts"
import {
  compareBy,
  compareScalars,
  countFacet,
  type Document,
  filterOf,
  passes,
  pathsOf,
  type TypeOf,
  valuesAt,
} from "./naive-values.fixture.ts"
import { NaiveWords } from "./naive-words.fixture.ts"

/** What an oracle asks of a search. */
export type OracleSearch = Pick<
  Search,
  "index" | "search" | "deleteIndex" | "defineIndex" | "get" | "remove" | "bulk" | "reindex"
>

type Plan = ReturnType<typeof planQuery>
type Field = Plan["terms"][number]["fields"][number]["field"]

/** What the oracle says of a result. */
export interface NaiveResult extends SearchResult {
  /** Whether a cut among the words of a fuzzy one may be another in an engine that still has removed documents. */
  readonly isUndecided: boolean
}

class NaiveIndex implements QueriedIndex {
  readonly name: string
  readonly fields = new Map<string, Field>()
  synonyms: NonNullable<IndexDefinition["synonyms"]> = []
  docs = new Map<string, Document>()
  gone: Document[] = []

  constructor(name: string) {
    this.name = name
  }

  define({ fields, synonyms = [] }: IndexDefinition): void {
    for (const [path, definition] of Object.entries(fields)) this.fields.set(path, fieldOf(path, definition))
    this.synonyms = synonyms
  }

  put(id: string, given: Document): void {
    this.remove(id)
    const doc = JSON.parse(JSON.stringify(given)) as Document
    this.docs.set(id, doc)
    for (const path of pathsOf(doc)) {
      const [value] = valuesAt(doc, path)
      const type = typeof value === "string" ? "text" : (typeof value as "number" | "boolean")
      if (!this.fields.has(path)) this.fields.set(path, fieldOf(path, { type }))
    }
  }

  remove(id: string): boolean {
    const doc = this.docs.get(id)
    if (doc !== undefined) this.gone.push(doc)
    return this.docs.delete(id)
  }
}

function fieldOf(path: string, definition: FieldDefinition): Field {
  const { analyzer = "standard", boost = 1, facetable = true, filterable = true, sortable = true, type } = definition
  const isText = type === "text" || type === "keyword"
  const { searchable = isText, stored = true } = definition
  const uses = { boost, facetable, filterable, searchable, sortable, stored }
  return { path, type, analyzer: type === "text" ? analyzer : "keyword", ...uses }
}

interface Found {
  readonly index: NaiveIndex
  readonly id: string
  readonly doc: Document
  readonly score: number
  readonly marks: Record<string, string[]>
}

/** A search by a look at every document. It answers all at once, whatever page is asked. */
export class NaiveSearch implements OracleSearch {
  readonly #indexes = new Map<string, NaiveIndex>()

  async index(object: string, id: string, doc: Document): Promise<void> {
    this.#indexOf(object).put(id, doc)
  }

  async deleteIndex(name: string): Promise<void> {
    this.#indexes.delete(name)
  }

  async defineIndex(definition: IndexDefinition): Promise<void> {
    this.#indexOf(definition.name).define(definition)
  }

  async get(object: string, id: string): Promise<Record<string, unknown> | undefined> {
    const index = this.#indexes.get(object)
    const doc = index?.docs.get(id)
    return index && doc && shown(doc, index)
  }

  async remove(object: string, id: string): Promise<boolean> {
    return this.#indexes.get(object)?.remove(id) ?? false
  }

  async bulk(operations: Iterable<BulkOperation> | AsyncIterable<BulkOperation>): Promise<BulkResult> {
    const items: BulkResult["items"] = []
    for await (const operation of operations) {
      const { id, object } = operation
      if (operation.op === "index") await this.index(object, id, operation.doc)
      else await this.remove(object, id)
      items.push({ object, id })
    }
    return { items, failed: 0 }
  }

  async reindex(
    object: string,
    source?: Iterable<ReindexDocument> | AsyncIterable<ReindexDocument>,
  ): Promise<ReindexReport> {
    const index = this.#indexOf(object)
    const before = Array.from(index.docs, ([id, doc]) => ({ id, doc }))
    index.docs = new Map()
    index.gone = []
    for await (const { doc, id } of source ?? before) index.put(id, doc)
    return { documents: index.docs.size, tookMs: 0 }
  }

  async search(query: SearchQuery): Promise<NaiveResult> {
    const names = [query.object].flat()
    const indexes = names.flatMap((name) => this.#indexes.get(name) ?? [])
    const none = { hits: [], total: 0, totalExact: true, tookMs: 0, isUndecided: false }
    if (indexes.length === 0) {
      const empty = query.facets?.map((facet) => [facet.field, countFacet(facet, [], () => "text")] as const)
      return { ...none, ...(empty && { facets: Object.fromEntries(empty) }) }
    }
    const plan = planQuery(query, indexes)
    const all = indexes.flatMap((index) => Array.from(index.docs, ([id, doc]) => ({ index, id, doc })))
    const gone = indexes.flatMap((index) => index.gone)
    const words = new NaiveWords(
      all.map(({ doc }) => doc),
      gone,
    )
    const typeOf: TypeOf = (path) => indexes[0]?.fields.get(path)?.type ?? "text"
    const matched = all.flatMap((one, at): Found[] => {
      const score = words.score(at, plan)
      return score === undefined ? [] : [{ ...one, score: Math.fround(score), marks: words.marks(at, plan) }]
    })
    const found = matched.filter(({ doc }) => passes(doc, query.where, typeOf)).sort(orderOf(query, typeOf))
    const facets = query.facets?.map((facet) => {
      const where = filterOf(facet, query.where)
      const docs = matched.map(({ doc }) => doc).filter((doc) => passes(doc, where, typeOf))
      return [facet.field, countFacet(facet, docs, typeOf)] as const
    })
    return {
      ...none,
      hits: found.map((one) => hitOf(one, query)),
      total: found.length,
      ...(plan.truncated && { truncated: true }),
      ...(facets !== undefined && { facets: Object.fromEntries(facets) }),
      isUndecided: words.isUndecided,
    }
  }

  #indexOf(name: string): NaiveIndex {
    const index = this.#indexes.get(name) ?? new NaiveIndex(name)
    this.#indexes.set(name, index)
    return index
  }
}

function orderOf({ sort = [] }: SearchQuery, typeOf: TypeOf) {
  const compare = compareBy(sort, typeOf)
  return (a: Found, b: Found) =>
    (sort.length > 0 ? compare(a.doc, b.doc) : b.score - a.score) ||
    compareScalars(a.index.name, b.index.name) ||
    compareScalars(a.id, b.id)
}

function hitOf(
  { doc, id, index, marks, score }: Found,
  { highlight = false, select, sort = [] }: SearchQuery,
): SearchHit {
  const markup = (texts: readonly string[]) => texts.map((text) => `<mark>${text.replaceAll("\0", "")}</mark>`)
  const highlights = Object.fromEntries(Object.entries(marks).map(([path, texts]) => [path, markup(texts)]))
  return {
    object: index.name,
    id,
    score: sort.length > 0 ? 0 : score,
    doc: shown(doc, index, select),
    ...(highlight !== false && { highlights }),
  }
}

function shown(doc: Document, { fields }: NaiveIndex, select?: readonly string[]): Record<string, unknown> {
  const isHidden = (path: string) => fields.get(path)?.stored === false
  const isAsked = (path: string) =>
    select === undefined || select.some((one) => path === one || path.startsWith(`${one}.`))
  const partOf = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => partOf(item, path))
    return typeof value === "object" && value !== null ? membersOf(value, `${path}.`) : value
  }
  const hasObjects = (value: unknown): boolean =>
    typeof value === "object" && value !== null && (!Array.isArray(value) || value.some(hasObjects))
  const leadsOn = (path: string) => select?.some((one) => one.startsWith(`${path}.`)) ?? false
  const membersOf = (value: object, above: string): Record<string, unknown> => {
    const members = Object.entries(value).filter(([name, member]) => {
      const path = above + name
      return !isHidden(path) && (isAsked(path) || (leadsOn(path) && hasObjects(member)))
    })
    return Object.fromEntries(members.map(([name, member]) => [name, partOf(member, above + name)]))
  }
  return membersOf(doc, "")
}

/** What a search says of a call that it refuses. */
export function refusalOf(error: unknown): object {
  if (!ServiceError.is(error)) throw error
  return { code: error.code, reason: error.details?.["reason"] }
}

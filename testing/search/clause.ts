import type { IHealthCheckable } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
import { type SearchClauseId, searchSentences } from "../../contracts/search/clauses.ts"
import type {
  FieldDefinition,
  IndexDefinition,
  ISearchIndexing,
  ISearchService,
  SearchCapabilities,
  SearchHit,
  SearchQuery,
  SearchResult,
} from "../../contracts/search/search.ts"
import { CheckFailed, type Checks } from "../engine/checks.ts"
import { type ClauseWorld, clausesFor } from "../engine/clause.ts"

/** A search as clauses see it: what a clause `needs` is there. */
export type SearchClient = ISearchService & ISearchIndexing & IHealthCheckable & IClosable

export type SearchWorld = ClauseWorld<SearchClient, SearchCapabilities>

/** The index that clauses use. */
export const DOCS = "docs"

export type Doc = Record<string, unknown>
export type Docs = Readonly<Record<string, Doc>>

export const clause = clausesFor<SearchClient, SearchCapabilities, SearchClauseId>(searchSentences)

/** A query of `DOCS`, unless it names another index. */
export type Query = Omit<SearchQuery, "object"> & { readonly object?: SearchQuery["object"] }

export function ask(search: SearchClient, query: Query): Promise<SearchResult> {
  return search.search({ object: DOCS, ...query })
}

/** Stores documents by their ids: in one bulk where the search has it, since each write may be waited for. */
export async function fill(
  search: SearchClient,
  { capabilities }: Pick<SearchWorld, "capabilities">,
  docs: Docs,
  object: string = DOCS,
): Promise<void> {
  const all = Object.entries(docs)
  if (!capabilities.indexing) {
    await Promise.all(all.map(([id, doc]) => search.index(object, id, doc)))
    return
  }
  const { items } = await search.bulk(all.map(([id, doc]) => ({ op: "index", object, id, doc })))
  const failed = items.find(({ error }) => error !== undefined)
  if (failed !== undefined) throw new CheckFailed(`a document was refused by bulk: ${failed.error?.code}`)
}

/** One text field, `t`, of each document by its id. */
export function texts(all: Readonly<Record<string, string | readonly string[]>>): Record<string, Doc> {
  return Object.fromEntries(Object.entries(all).map(([id, t]) => [id, { t }]))
}

export function define(
  search: SearchClient,
  fields: IndexDefinition["fields"],
  synonyms?: IndexDefinition["synonyms"],
  name: string = DOCS,
): Promise<void> {
  return search.defineIndex({ name, fields, ...(synonyms !== undefined && { synonyms }) })
}

/** A definition of the one text field `t`. */
export function analyzed(analyzer: NonNullable<FieldDefinition["analyzer"]>): IndexDefinition["fields"] {
  return { t: { type: "text", analyzer } }
}

/** An analyzer that is not declared is refused. @returns Whether it is there. */
export async function hasAnalyzer(
  t: Checks,
  search: SearchClient,
  { capabilities }: SearchWorld,
  analyzer: NonNullable<FieldDefinition["analyzer"]>,
): Promise<boolean> {
  if (capabilities.analyzers.includes(analyzer)) {
    await define(search, analyzed(analyzer))
    return true
  }
  await t.rejects(() => define(search, analyzed(analyzer)), "UNSUPPORTED", `the analyzer ${analyzer}`)
  return false
}

/** Ids of hits in their order. */
export async function idsOf(search: SearchClient, query: Query): Promise<string[]> {
  const { hits } = await ask(search, { limit: 1000, ...query })
  return hits.map(({ id }) => id)
}

/** Ids of hits, whatever their order. */
export async function setOf(search: SearchClient, query: Query): Promise<string[]> {
  return (await idsOf(search, query)).sort()
}

/** The query finds these documents, in whatever order, and tells how many they are. */
export async function finds(
  t: Checks,
  search: SearchClient,
  query: Query,
  ids: readonly string[],
  what: string,
): Promise<void> {
  const { hits, total } = await ask(search, { limit: 1000, ...query })
  t.equal(hits.map(({ id }) => id).sort(), ids.toSorted(), what)
  t.equal(total, ids.length, `${what}: total`)
}

/** Documents by their ids, as hits show them. */
export async function docsOf(search: SearchClient, query: Query = {}): Promise<Record<string, Doc | undefined>> {
  const { hits } = await ask(search, { limit: 1000, ...query })
  return Object.fromEntries(hits.map(({ doc, id }) => [id, doc]))
}

/** All hits of a walk, page by page. */
export async function walk(search: SearchClient, query: Query, between?: (page: number) => Promise<unknown>) {
  const pages: SearchHit[][] = []
  for (let cursor: string | undefined = "*"; cursor !== undefined; ) {
    if (pages.length === ENDLESS) throw new CheckFailed(`a walk has no end: ${ENDLESS} pages had a cursor`)
    const page: SearchResult = await ask(search, { ...query, cursor })
    pages.push(page.hits)
    cursor = page.cursor
    if (cursor !== undefined) await between?.(pages.length)
  }
  return pages
}

/** More pages than any walk of a clause has. */
const ENDLESS = 200

/** The call rejects with the code, and `details.reason` says why. */
export async function refuses(
  t: Checks,
  call: () => unknown,
  [code, reason]: readonly [code: Parameters<Checks["rejects"]>[1], reason: string],
  what: string,
): Promise<void> {
  const outcome = await t.outcome(call, what)
  await t.rejects(() => repeated(outcome), code, what)
  const { details = {} } = outcome.error as { details?: Readonly<Record<string, unknown>> }
  t.equal(details["reason"], reason, `${what}: details.reason`)
}

/** What came of a call, as a promise again. */
export async function repeated(outcome: { readonly error?: unknown; readonly value?: unknown }): Promise<unknown> {
  if (outcome.error !== undefined) throw outcome.error
  return outcome.value
}

/** Each query rejects with the code and the reason. */
export async function allRefuse(
  t: Checks,
  search: SearchClient,
  refusal: readonly [code: Parameters<Checks["rejects"]>[1], reason: string],
  queries: Readonly<Record<string, Query>>,
): Promise<void> {
  for (const [what, query] of Object.entries(queries)) await refuses(t, () => ask(search, query), refusal, what)
}

/** What no type allows: calls in a wrong way. */
export function wrong(value: unknown): never {
  return value as never
}

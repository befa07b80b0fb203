import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { SearchHit, SearchQuery, SearchResult } from "../../../contracts/search/search.ts"
import {
  cursorOf,
  FIRST_CURSOR,
  type Field,
  fieldOfAll,
  noFacets,
  placeOf,
  planQuery,
  preconditionFailed,
  type QueryPlan,
  shownDocument,
} from "../../../core/search/for-adapters.ts"
import type { AnsweredHit, SearchAnswer } from "./answers.ts"
import { readDocument, type StoredDocument } from "./document-text.ts"
import type { Indexes, IndexState } from "./indexes.ts"
import type { Names } from "./names.ts"
import { scoreParts } from "./request/explanations.ts"
import { facetResults } from "./request/facets.ts"
import { highlightResults } from "./request/highlights.ts"
import { searchBody } from "./request/search-body.ts"
import type { SearchedIn } from "./request/words.ts"
import type { Requests } from "./requests.ts"
import { KEEP_ALIVE, refuseIncomplete, type Snapshots, searchParameters } from "./snapshots.ts"

/** A query on indexes that are there. */
interface Planned {
  readonly query: SearchQuery
  readonly states: readonly IndexState[]
  readonly plan: QueryPlan
  readonly searched: readonly Field[]
  readonly highlighted: readonly Field[]
  readonly searchedIn: SearchedIn
  /** When the call is over. */
  readonly until: number
}

const TRIES = 3
const NOT_FOUND = "index_not_found_exception"

/** Runs queries. */
export class Searcher {
  readonly #requests: Requests
  readonly #indexes: Indexes
  readonly #snapshots: Snapshots
  readonly #clock: Clock

  constructor(requests: Requests, indexes: Indexes, snapshots: Snapshots, clock: Clock) {
    this.#requests = requests
    this.#indexes = indexes
    this.#snapshots = snapshots
    this.#clock = clock
  }

  async search(query: SearchQuery): Promise<SearchResult> {
    refuseForeignMembers(query)
    const start = this.#clock.monotonic()
    const until = this.#requests.deadline()
    for (let attempt = 1; ; attempt++) {
      const planned = await this.#planned(query, until, attempt > 1)
      const found = planned === undefined ? nothing(query) : await this.#run(planned, attempt === TRIES)
      if (found !== undefined) return { ...found, tookMs: Math.max(0, this.#clock.monotonic() - start) }
    }
  }

  /** Undefined where no index is there. What is known may be old: it is looked at again before anything is refused. */
  async #planned(query: SearchQuery, until: number, fresh: boolean): Promise<Planned | undefined> {
    const objects = typeof query.object === "string" ? [query.object] : query.object
    const states = await Promise.all(objects.map((object) => this.#indexes.state(object, fresh, until)))
    const there = states.filter((state) => state !== undefined)
    if (there.length === 0) return undefined
    try {
      return { ...planOf(query, there, this.#indexes.names), until }
    } catch (error) {
      if (fresh || !ServiceError.is(error)) throw error
      return await this.#planned(query, until, true)
    }
  }

  /** Undefined where an index went away meanwhile: it was deleted, or another one took its place. */
  async #run(planned: Planned, isLast: boolean): Promise<SearchResult | undefined> {
    const { cursor } = planned.query
    if (cursor === undefined) return await this.#page(planned, isLast)
    if (cursor !== FIRST_CURSOR) return await this.#goOn(planned, placeOf(planned.query, cursor))
    try {
      return await this.#begin(planned)
    } catch (error) {
      if (isLast || !ServiceError.is(error) || error.code !== "PRECONDITION_FAILED") throw error
      return undefined
    }
  }

  async #page(planned: Planned, isLast: boolean): Promise<SearchResult | undefined> {
    const { plan, query, states, until } = planned
    const answer = await this.#requests.call<SearchAnswer | undefined>(
      {
        method: "POST",
        path: `/${states.map(({ object }) => this.#indexes.names.alias(object)).join(",")}/_search`,
        query: searchParameters(states.length > 1),
        body: searchBody(planned),
      },
      {
        kind: "read",
        signal: query.signal,
        until,
        recover: (failure) => (failure.is(NOT_FOUND) && !isLast ? undefined : failure),
      },
    )
    if (answer === undefined) return undefined
    refuseIncomplete(answer)
    return { ...this.#result(planned, answer, answer.hits.hits), ...(plan.truncated && { truncated: true }) }
  }

  async #begin(planned: Planned): Promise<SearchResult> {
    const { query, states, until } = planned
    const aliases = states.map(({ object }) => this.#indexes.names.alias(object))
    const snapshot = await this.#snapshots.open(aliases, { signal: query.signal, until })
    try {
      return await this.#goOn(planned, { snapshot, after: [] })
    } catch (error) {
      await this.#snapshots.close(snapshot, until)
      throw error
    }
  }

  async #goOn(
    planned: Planned,
    { after, snapshot }: { readonly snapshot: string; readonly after: readonly unknown[] },
  ): Promise<SearchResult> {
    const { plan, query, states, until } = planned
    const { limit = 10, signal } = query
    const walk = { snapshot, after, keepAlive: KEEP_ALIVE }
    const answer = await this.#snapshots.search(searchBody({ ...planned, walk }), {
      signal,
      until,
      isNew: after.length === 0,
      several: states.length > 1,
    })
    const hits = answer.hits.hits.slice(0, limit)
    const last = answer.hits.hits.length > limit ? hits.at(-1)?.sort : undefined
    const now = answer.pit_id ?? snapshot
    if (last === undefined) await this.#snapshots.close(now, until)
    return {
      ...this.#result(planned, answer, hits),
      ...(plan.truncated && { truncated: true }),
      ...(last !== undefined && { cursor: cursorOf(query, { snapshot: now, after: last }) }),
    }
  }

  #result(
    planned: Planned,
    { aggregations, hits, terminated_early = false }: SearchAnswer,
    shown: readonly AnsweredHit[],
  ): SearchResult {
    const { plan } = planned
    const total = hits.total ?? { value: shown.length, relation: "gte" }
    return {
      hits: shown.map((hit) => this.#hit(planned, hit)),
      total: total.value,
      totalExact: total.relation === "eq" && !terminated_early,
      ...(plan.facets.length > 0 && { facets: facetResults(plan.facets, aggregations ?? {}) }),
      tookMs: 0,
    }
  }

  #hit({ plan, query, searched, states }: Planned, answered: AnsweredHit): SearchHit {
    const { _explanation, _id, _index, _score, _source = {}, highlight } = answered
    const state = states.find(({ index }) => index === _index) ?? this.#stateOf(_index, states)
    const hit: SearchHit = {
      id: _id,
      object: state.object,
      score: scoreOf(plan, _score),
      doc: shown(readDocument(_source), state, query.select),
    }
    if (highlight !== undefined) hit.highlights = highlightResults(highlight)
    if (query.explain === true) hit.explanation = _explanation ? scoreParts(_explanation, searched) : []
    return hit
  }

  /** Of an index that took the place of another one meanwhile, or that the query does not name: its cursor is made up. */
  #stateOf(index: string, states: readonly IndexState[]): IndexState {
    const object = this.#indexes.names.parse(index)?.object
    const state = states.find((each) => each.object === object)
    if (state === undefined) throw preconditionFailed("cursor")
    return state
  }
}

function planOf(query: SearchQuery, states: readonly IndexState[], names: Names): Omit<Planned, "until"> {
  const plan = planQuery(query, states)
  const { explain = false, highlight = false } = query
  const searched = explain || highlight !== false ? searchedFields(query, states) : []
  const highlighted = highlightedFields(query, states, searched)
  return { query, states, plan, searched, highlighted, searchedIn: searchedInOf(states, names) }
}

function searchedInOf(states: readonly IndexState[], names: Names): SearchedIn {
  const indexes = new Map<string, string[]>()
  if (states.length === 1) return indexes
  const fields = states.flatMap((state) => [...state.fields.values()].map((field) => ({ field, state })))
  for (const { field } of fields) if (!field.searchable) indexes.set(field.path, [])
  for (const { field, state } of fields) {
    if (field.searchable) indexes.get(field.path)?.push(names.alias(state.object))
  }
  return indexes
}

function searchedFields({ fields }: SearchQuery, states: readonly IndexState[]): Field[] {
  if (fields !== undefined) {
    return fields.map((each) => fieldOfAll("fields", typeof each === "string" ? each : each.field, states))
  }
  const all = new Map(states.flatMap((state) => [...state.fields]))
  return [...all.values()].filter(({ searchable }) => searchable)
}

/** What is not stored is not shown. */
function highlightedFields(
  { highlight = false }: SearchQuery,
  states: readonly IndexState[],
  searched: readonly Field[],
): readonly Field[] {
  if (highlight === false) return []
  const asked = highlight === true ? undefined : highlight.fields?.map((path) => fieldOfAll("highlight", path, states))
  return (asked ?? searched).filter(({ stored }) => stored)
}

function shown(doc: StoredDocument, { fields, hides }: IndexState, select: SearchQuery["select"]): StoredDocument {
  return hides || select !== undefined ? shownDocument(doc, fields, select) : doc
}

function scoreOf({ match, sort }: QueryPlan, score: number | null): number {
  if (sort.length > 0) return 0
  // JSON has as many digits as 32 bits need, and a number of 64 bits has more.
  return match === "all" ? 1 : Math.fround(score ?? 0)
}

/** @throws ServiceError where a walk asks: its index is gone. */
function nothing(query: SearchQuery): SearchResult {
  const { cursor = FIRST_CURSOR } = query
  if (cursor !== FIRST_CURSOR) {
    placeOf(query, cursor)
    throw preconditionFailed("cursor")
  }
  const facets = noFacets(query.facets)
  return { hits: [], total: 0, totalExact: true, ...(facets && { facets }), tookMs: 0 }
}

/** Members that decide where is searched, and what is read of the answer. */
const OWN_MEMBERS = [
  "pit",
  "search_after",
  "sort",
  "from",
  "size",
  "aggs",
  "aggregations",
  "_source",
  "fields",
  "stored_fields",
]

function refuseForeignMembers({ native }: SearchQuery): void {
  const refused = OWN_MEMBERS.find((name) => native !== undefined && Object.hasOwn(native as object, name))
  if (refused === undefined) return
  throw new ServiceError(
    "INVALID_ARGUMENT",
    `native must not have the member ${refused}, which the query has a member of its own for.`,
  )
}

import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import { SEARCH_MAX_ID_BYTES, searchIdIssue } from "../../contracts/search/arguments.ts"
import type { SearchCapabilities } from "../../contracts/search/search.ts"
import type { ContractProbes } from "../engine/clause.ts"
import type { RemovingProbes } from "../families/roles.ts"
import { DOCS, type SearchClient, wrong } from "./clause.ts"

/** Of probes alone. */
const PROBES = "probes"
const DROPPED = "dropped-probes"
const DEFINED = "defined-probes"

export const searchProbes: ContractProbes<SearchClient> = {
  calls: {
    index: (search) => search.index(PROBES, "indexed", { t: "text" }),
    search: (search) => search.search({ object: PROBES, q: "text" }),
    deleteIndex: (search) => search.deleteIndex(DROPPED),
    defineIndex: (search) => search.defineIndex({ name: DEFINED, fields: { t: { type: "text" } } }),
    listIndexes: (search) => search.listIndexes(),
    get: (search) => search.get(PROBES, "populated"),
    remove: (search) => search.remove(PROBES, "populated"),
    bulk: (search) =>
      search.bulk([
        { op: "index", object: PROBES, id: "bulk", doc: { t: "text" } },
        { op: "remove", object: PROBES, id: "absent" },
      ]),
    reindex: (search) => search.reindex(PROBES),
    refresh: (search) => search.refresh(PROBES),
    suggest: (search) => search.suggest({ object: PROBES, text: "te" }),
  },
  badCalls: {
    index: (search) => search.index(wrong(undefined), "id", {}),
    search: (search) => search.search({ object: "A" }),
    deleteIndex: (search) => search.deleteIndex("_all"),
    defineIndex: (search) => search.defineIndex(wrong({ name: DEFINED })),
    get: (search) => search.get(PROBES, ""),
    remove: (search) => search.remove(PROBES, wrong(undefined)),
    bulk: (search) => search.bulk(wrong(7)),
    reindex: (search) => search.reindex(PROBES, wrong("source")),
    refresh: (search) => search.refresh("*"),
    suggest: (search) => search.suggest(wrong({ object: PROBES })),
  },
  refusedWithSecret: [
    (search, secret) => search.index(`${secret}*`, "id", { t: secret }),
    (search, secret) => search.index(PROBES, `${secret}\ud800`, { t: secret }),
    (search, secret) => search.index(PROBES, "id", { t: secret, "": secret }),
    (search, secret) => search.index(PROBES, "id", { t: secret, n: Number.NaN }),
    (search, secret) => search.search({ object: PROBES, q: secret, limit: -1 }),
    (search, secret) => search.search({ object: PROBES, q: secret, where: wrong({ field: "t", value: secret }) }),
  ],
  storeSecret: (search, secret) => search.index(PROBES, secret, { password: secret }),
  async populate(search) {
    await search.index(DROPPED, "populated", { t: "text" })
    await search.index(PROBES, "populated", { t: "text" })
  },
  async snapshot(search) {
    const { hits } = await search.search({ object: [PROBES, DROPPED, DEFINED], limit: 100 })
    return hits.map(({ doc, id, object }) => JSON.stringify([object, id, doc])).sort()
  },
}

type Shown = Record<string, unknown> | undefined

/** Ids of documents: a search looks for all, since no filter takes an id. */
export const searchIdProbes: RemovingProbes<SearchClient, SearchCapabilities> = {
  stores: {
    index: (search, id, value) => search.index(DOCS, id, value as Record<string, unknown>),
    async bulk(search, id, value) {
      const doc = value as Record<string, unknown>
      const { items } = await search.bulk([{ op: "index", object: DOCS, id, doc }])
      throwFailed(items[0])
    },
  },
  reads: {
    get: (search, id) => search.get(DOCS, id),
    async search(search, id): Promise<Shown> {
      // No query takes an id: what is none is left to get to refuse.
      if (searchIdIssue(id) !== undefined) return search.get(DOCS, id)
      const { hits } = await search.search({ object: DOCS, limit: 1000 })
      return hits.find((hit) => hit.id === id)?.doc
    },
  },
  removes: {
    remove: (search, id) => search.remove(DOCS, id),
  },
  maxNameBytes: () => SEARCH_MAX_ID_BYTES,
  maxValueBytes: () => 4096,
  sample: (number) => ({ number }),
  large(kind, number, step) {
    const text = `${number} `.repeat(1 + number * step).trim()
    return kind === 0 ? { number, text } : { list: [text, `${number}`], number }
  },
  async size(search) {
    const { total } = await search.search({ object: DOCS })
    return total
  },
}

/** What a bulk says of its one operation, as other methods say it. */
function throwFailed(item: { readonly error?: { readonly code: string; readonly message: string } } | undefined): void {
  const error = item?.error
  if (error !== undefined) throw new ServiceError(error.code as ErrorCode, error.message)
}

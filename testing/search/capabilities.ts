import { SEARCH_ANALYZERS } from "../../contracts/search/arguments.ts"
import type { SearchCapabilities } from "../../contracts/search/search.ts"
import type { CapabilityOptions } from "../families/capabilities.ts"
import type { SearchClient } from "./clause.ts"

type Options = CapabilityOptions<SearchClient, SearchCapabilities>

/** What the capabilities of a search may be. */
export const searchCapabilityRanges: Options["ranges"]["of"] = {
  indexing: "boolean",
  durable: "boolean",
  shared: "boolean",
  phrase: "boolean",
  fuzzy: "boolean",
  prefix: "boolean",
  facets: "boolean",
  disjunctiveFacets: "boolean",
  sort: "boolean",
  cursor: "boolean",
  highlight: "boolean",
  suggest: "boolean",
  reindex: "boolean",
  synonyms: "boolean",
  explain: "boolean",
  native: "boolean",
  ranking: ["bm25", "engine"],
  analyzers: { some: SEARCH_ANALYZERS },
}

const WORKS = "works"

/** The optional interfaces of a search, and a use of each that shows whether it works. */
export const searchInterfaces: NonNullable<Options["interfaces"]> = {
  indexing: {
    id: "SEARCH-CAP-01",
    async works(search) {
      await search.defineIndex({ name: WORKS, fields: { t: { type: "text" } } })
      const { failed, items } = await search.bulk([{ op: "index", object: WORKS, id: "1", doc: { t: "word" } }])
      const got = await search.get(WORKS, "1")
      const listed = (await search.listIndexes()).some(({ documents, name }) => name === WORKS && documents === 1)
      await search.refresh(WORKS)
      const isDone = failed === 0 && items.length === 1 && got?.["t"] === "word" && listed
      return isDone && (await search.remove(WORKS, "1")) && (await search.get(WORKS, "1")) === undefined
    },
  },
  suggest: {
    id: "SEARCH-CAP-02",
    async works(search) {
      await search.index(WORKS, "1", { t: "telescope" })
      const [suggestion] = await search.suggest({ object: WORKS, text: "tele" })
      return suggestion?.word === "telescope"
    },
  },
  reindex: {
    id: "SEARCH-CAP-03",
    async works(search) {
      await search.index(WORKS, "1", { t: "old" })
      const { documents } = await search.reindex(WORKS, [{ id: "2", doc: { t: "new" } }])
      const { hits } = await search.search({ object: WORKS })
      return documents === 1 && hits.map(({ id }) => id).join() === "2"
    },
  },
}

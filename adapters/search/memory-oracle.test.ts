import { describe, expect, it } from "vitest"
import { systemClock } from "../../contracts/foundation/clock.ts"
import type { SearchQuery, SearchResult } from "../../contracts/search/search.ts"
import { createMemorySearch } from "./memory.ts"
import { MemorySearch } from "./memory-engine/memory-search.ts"
import { compareSearches, NaiveSearch, oracleCases } from "./oracle.fixture.ts"

/** One of few documents in a segment, which are merged between queries. */
class MergingSearch extends MemorySearch {
  constructor() {
    super(systemClock, { single: 3, bulk: 5, characters: 1_000_000 })
  }

  override async search(query: SearchQuery): Promise<SearchResult> {
    await new Promise((resolve) => setTimeout(resolve))
    return super.search(query)
  }
}

/** Fixed ones find what was broken before, the last one what nobody thought of. */
const SEEDS = [1, 2, 3, 346_077, Math.floor(Math.random() * 1_000_000)]

const EXACT = { scoresOfSeveral: true } as const

describe("memory search answers as a look at every document does", () => {
  it.each(SEEDS)("with documents in one segment, seed %i", async (seed) => {
    const cases = oracleCases(seed)
    const difference = await compareSearches(new NaiveSearch(), createMemorySearch(), cases, EXACT)
    expect(difference).toBeUndefined()
  })

  it.each(SEEDS)("with documents in segments that are merged, seed %i", async (seed) => {
    const cases = oracleCases(seed, { cases: 5 })
    const difference = await compareSearches(new NaiveSearch(), new MergingSearch(), cases, EXACT)
    expect(difference).toBeUndefined()
  })
})

it("puts exact words before those with the beginning, and those before words with an edit", async () => {
  const search = createMemorySearch()
  const words = ["cache", "cached", "caches", "cacheable", "cach", "cacha", "bache", "ache", "other"]
  const documents = words.flatMap((word) => [1, 2, 3].map((number) => ({ id: `${number} ${word}`, doc: { word } })))
  await search.reindex("a", documents)
  for (const fuzzy of ["auto", 1, 2] as const) {
    const { hits } = await search.search({ object: "a", q: "Cache", prefix: true, fuzzy, limit: 100 })
    const found = hits.map(({ doc }) => doc?.["word"] as string)
    const kinds = found.map((word) => (word === "cache" ? "exact" : word.startsWith("cache") ? "prefix" : "fuzzy"))
    const expected = [3, 9, 12].flatMap((count, kind) => Array(count).fill(["exact", "prefix", "fuzzy"][kind]))
    expect(kinds).toEqual(expected)
  }
})

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
const SEEDS = [1, 2, 3, 4, Math.floor(Math.random() * 1_000_000)]

describe("memory search answers as a look at every document does", () => {
  it.each(SEEDS)("with documents in one segment, seed %i", async (seed) => {
    const difference = await compareSearches(new NaiveSearch(), createMemorySearch(), oracleCases(seed))
    expect(difference).toBeUndefined()
  })

  it.each(SEEDS)("with documents in segments that are merged, seed %i", async (seed) => {
    const difference = await compareSearches(new NaiveSearch(), new MergingSearch(), oracleCases(seed, { cases: 5 }))
    expect(difference).toBeUndefined()
  })
})

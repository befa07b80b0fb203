import { describe, expect, it } from "vitest"
import { cacheOddities } from "./oddities.ts"
import { PROOF_SEEDS } from "./proof-seeds.fixture.ts"
import { ReferenceCache } from "./reference/reference-cache.ts"
import { problemsOf } from "./self-proof.ts"

describe("the reference cache", () => {
  it.each(PROOF_SEEDS)("keeps every clause (seed %d)", async (seed) => {
    expect(await problemsOf("reference", ReferenceCache, seed)).toEqual([])
  })
})

describe("oddities", () => {
  it.each(cacheOddities)("$id passes: $why", async ({ id, implementation }) => {
    for (const seed of PROOF_SEEDS) expect(await problemsOf(id, implementation, seed)).toEqual([])
  })
})

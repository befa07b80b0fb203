import { describe, expect, it } from "vitest"
import { catalogues } from "./catalogues.ts"
import { problemsOf } from "./engine/self-proof.ts"
import { PROOF_SEEDS } from "./proof-seeds.fixture.ts"

describe.each(catalogues)("what is right in $service", (catalogue) => {
  const { oddities, reference } = catalogue

  it.each(PROOF_SEEDS)("the reference passes (seed %d)", async (seed) => {
    expect(await problemsOf(catalogue, "reference", reference, seed)).toEqual([])
  })

  it.each(Object.entries(oddities))("%s passes", async (id, { implementation }) => {
    for (const seed of PROOF_SEEDS) expect(await problemsOf(catalogue, id, implementation, seed)).toEqual([])
  })
})

import { describe, expect, it } from "vitest"
import { catalogues } from "./catalogues.ts"
import { problemsOf } from "./engine/self-proof.ts"
import { forEachSeed, PROOF_SEEDS } from "./proof-seeds.fixture.ts"

describe.each(catalogues)("what is right in $service", (catalogue) => {
  const { oddities, reference } = catalogue

  it.each(PROOF_SEEDS)("the reference passes (seed %d)", async (seed) => {
    expect(await problemsOf(catalogue, "reference", reference, seed)).toEqual([])
  })

  // Nearly all that they do is wait; those of a storage compute, and would wait for each other.
  const inTurn = catalogue.service === "storage"
  it.concurrent.each(Object.entries(oddities))("%s passes", async (id, { implementation }) => {
    const problems = await forEachSeed((seed) => problemsOf(catalogue, id, implementation, seed), inTurn)
    expect(problems.flat()).toEqual([])
  })
})

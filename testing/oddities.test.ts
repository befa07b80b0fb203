import { describe, expect, it } from "vitest"
import { catalogues } from "./catalogues.ts"
import { problemsOf } from "./engine/self-proof.ts"
import { forEachSeed, PROOF_SEEDS } from "./proof-seeds.fixture.ts"

describe.each(catalogues)("what is right in $service", (catalogue) => {
  const { oddities, reference } = catalogue

  it.each(PROOF_SEEDS)("the reference passes (seed %d)", async (seed) => {
    expect(await problemsOf(catalogue, "reference", reference, seed)).toEqual([])
  })

  // Two at a time: half of what they do is wait.
  it.concurrent.each(Object.entries(oddities))("%s passes", async (id, { implementation }) => {
    const problems = await forEachSeed((seed) => problemsOf(catalogue, id, implementation, seed))
    expect(problems.flat()).toEqual([])
  })
})

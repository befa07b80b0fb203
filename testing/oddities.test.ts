import { describe, expect, it } from "vitest"
import { catalogues } from "./catalogues.ts"
import { problemsOf } from "./engine/self-proof.ts"
import { forEachSeed, PROOF_SEEDS } from "./proof-seeds.fixture.ts"

const COMPUTING = new Set(["search", "storage", "tracing"])

describe.each(catalogues)("what is right in $service", (catalogue) => {
  const { oddities, reference } = catalogue

  it.each(PROOF_SEEDS)("the reference passes (seed %d)", async (seed) => {
    expect(await problemsOf(catalogue, "reference", reference, seed)).toEqual([])
  })

  // Nearly all that others do is wait; these compute, and would wait for each other.
  const inTurn = COMPUTING.has(catalogue.service)
  const test = inTurn ? it : it.concurrent
  test.each(Object.entries(oddities))("%s passes", async (id, { implementation }) => {
    const problems = await forEachSeed((seed) => problemsOf(catalogue, id, implementation, seed), inTurn)
    expect(problems.flat()).toEqual([])
  })
})

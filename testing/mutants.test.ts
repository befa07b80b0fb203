import { describe, expect, it } from "vitest"
import { catalogues } from "./catalogues.ts"
import { verdictOn } from "./engine/self-proof.ts"
import { forEachSeed, PROOF_SEEDS } from "./proof-seeds.fixture.ts"

/** Clauses that count what the process has open, other runs with it: their mutants run in turn. */
const COUNT_RESOURCES = new Set(["CLOSE-07", "CONFIG-04"])

describe.each(catalogues)("mutants of $service", (catalogue) => {
  const { contract, mutants } = catalogue

  it.each(mutants)("$breaks catches $id", async (mutant) => {
    const verdicts = await forEachSeed((seed) => verdictOn(catalogue, mutant, seed), COUNT_RESOURCES.has(mutant.breaks))
    expect(verdicts).toEqual(PROOF_SEEDS.map(() => "assertion"))
  })

  it("are there for every clause, under ids of their own", () => {
    const broken = new Set(mutants.map(({ breaks }) => breaks))
    const ids = contract.clauses.map(({ id }) => id)
    expect(ids.filter((id) => !broken.has(id))).toEqual([])
    expect([...broken].filter((id) => !ids.includes(id))).toEqual([])
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length)
  })

  it("were seen in real libraries, half as many as there are clauses or more", () => {
    expect(mutants.filter(({ source }) => source !== undefined).length).toBeGreaterThan(contract.clauses.length / 2)
  })
})

import { describe, expect, it } from "vitest"
import { cacheMutants } from "../mutants.ts"
import { cacheContract } from "./contract.ts"
import { PROOF_SEEDS } from "./proof-seeds.fixture.ts"
import { verdictOn } from "./self-proof.ts"

describe("mutants", () => {
  it.each(cacheMutants)("$breaks catches $id", async (mutant) => {
    const verdicts: string[] = []
    for (const seed of PROOF_SEEDS) verdicts.push(await verdictOn(mutant, seed))
    expect(verdicts).toEqual(PROOF_SEEDS.map(() => "assertion"))
  })

  it("are there for every MUST clause", () => {
    const broken = new Set(cacheMutants.map(({ breaks }) => breaks))
    const must = cacheContract.clauses.filter(({ level }) => level === "MUST").map(({ id }) => id)
    expect(must.filter((id) => !broken.has(id))).toEqual([])
    expect([...broken].filter((id) => !must.includes(id))).toEqual([])
  })

  it("have ids of their own, and at least a third were seen in real libraries", () => {
    expect(new Set(cacheMutants.map(({ id }) => id)).size).toBe(cacheMutants.length)
    expect(cacheMutants.filter(({ source }) => source !== undefined).length).toBeGreaterThan(cacheMutants.length / 3)
  })
})

import { describe, expect, it } from "vitest"
import { cacheMutants } from "../mutants.ts"
import { cacheContract } from "./contract.ts"
import { cacheOddities } from "./oddities.ts"
import { ReferenceCache } from "./reference-cache.ts"
import { killMatrix, problemsOf, sharpnessOf, verdictOn } from "./self-proof.ts"

const SEEDS = [1, 2, 3, 4, 5]

describe("the reference cache", () => {
  it.each(SEEDS)("keeps every clause (seed %d)", async (seed) => {
    expect(await problemsOf("reference", ReferenceCache, seed)).toEqual([])
  })
})

describe("oddities", () => {
  it.each(cacheOddities)("$id passes: $why", async ({ id, implementation }) => {
    for (const seed of SEEDS) expect(await problemsOf(id, implementation, seed)).toEqual([])
  })
})

describe("mutants", () => {
  it.each(cacheMutants)("$breaks catches $id", async (mutant) => {
    const verdicts: string[] = []
    for (const seed of SEEDS) verdicts.push(await verdictOn(mutant, seed))
    expect(verdicts).toEqual(SEEDS.map(() => "assertion"))
  })

  it("are each failed by few clauses: most would live without the one that is named", {
    timeout: 240_000,
  }, async () => {
    const { aliveWithoutNamed, medianKillSet } = sharpnessOf(await killMatrix(1))
    expect(medianKillSet).toBeLessThanOrEqual(3)
    expect(aliveWithoutNamed).toBeGreaterThanOrEqual(0.8)
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

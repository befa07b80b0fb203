import { describe, expect, it } from "vitest"
import { defineSubject } from "../define-subject.ts"
import { describeResult } from "../engine/report.ts"
import { runContract } from "../engine/run.ts"
import { cacheMutants } from "../mutants.ts"
import { cacheContract } from "./contract.ts"
import { cacheOddities } from "./oddities.ts"
import { ReferenceCache } from "./reference-cache.ts"
import { ReferenceStore } from "./reference-store.ts"

const SEEDS = [1, 2, 3, 4, 5]

/** The clauses that wait for calls which a mutant never settles need not wait long. */
const timeScaleOf = (clause: string) => (/^(HEALTH|CLOSE)-/.test(clause) ? 0.05 : 1)

function subjectOf(name: string, Implementation: typeof ReferenceCache) {
  return defineSubject({
    service: "cache",
    name,
    open: ({ namespace, clock }) => {
      const store = new ReferenceStore()
      return {
        connect: () => new Implementation({ clock, store, namespace }),
        neighbour: () => new Implementation({ clock, store, namespace: `${namespace}-other` }),
        advance: (ms) => clock.advance(ms),
      }
    },
  })
}

/** Failures, and skips of what is not for want of a capability that the subject may do without. */
async function problemsOf(name: string, Implementation: typeof ReferenceCache, seed: number): Promise<string[]> {
  const report = await runContract(cacheContract, subjectOf(name, Implementation), { seed })
  return report.results
    .filter(({ status, reason }) => status !== "passed" && !/^(not )?declared/.test(reason ?? ""))
    .map((result) => describeResult(result, seed))
}

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

/** How the clause that must catch a mutant ended for each seed. */
async function verdictsOn({ id, breaks, implementation }: (typeof cacheMutants)[number]): Promise<string[]> {
  const verdicts = SEEDS.map(async (seed) => {
    const options = { seed, filter: breaks, timeScale: timeScaleOf(breaks) }
    const { results } = await runContract(cacheContract, subjectOf(id, implementation), options)
    const result = results.find((other) => other.id === breaks)
    return result?.failure ?? result?.status ?? "no such clause"
  })
  return Promise.all(verdicts)
}

describe("mutants", () => {
  it.each(cacheMutants)("$breaks catches $id", async (mutant) => {
    expect(await verdictsOn(mutant)).toEqual(SEEDS.map(() => "assertion"))
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

import { describeResult } from "../engine/report.ts"
import { runContract } from "../engine/run.ts"
import type { cacheMutants } from "../mutants.ts"
import { cacheContract } from "./contract.ts"
import type { ReferenceCache } from "./reference/reference-cache.ts"
import { referenceSubject } from "./reference/world.ts"

export type CacheMutant = (typeof cacheMutants)[number]

/** Mutants that never settle are waited for in a small part of the usual time. */
const TIME_SCALE = 0.03
/** Of what is right, and still quiet periods are shorter than usual. */
const TIME_SCALE_OF_RIGHT = 0.2

/** Failures, and skips of what is not for want of a capability that the subject may do without. */
export async function problemsOf(name: string, implementation: typeof ReferenceCache, seed: number): Promise<string[]> {
  const report = await runContract(cacheContract, referenceSubject(name, implementation), {
    seed,
    timeScale: TIME_SCALE_OF_RIGHT,
  })
  return report.results
    .filter(({ reason, status }) => status !== "passed" && !/^(not )?declared/.test(reason ?? ""))
    .map((result) => describeResult(result, seed))
}

/** How the clause that must catch a mutant ended: `assertion` where it was caught as it should be. */
export async function verdictOn({ breaks, id, implementation }: CacheMutant, seed: number): Promise<string> {
  const options = { seed, only: new Set([breaks]), timeScale: TIME_SCALE }
  const { results } = await runContract(cacheContract, referenceSubject(id, implementation), options)
  const result = results.find((other) => other.id === breaks)
  return result?.failure ?? result?.status ?? "no such clause"
}

/** Ids of all clauses that a mutant fails. */
export async function killSetOf({ id, implementation }: CacheMutant, seed: number): Promise<string[]> {
  const options = { seed, timeScale: TIME_SCALE }
  const { results } = await runContract(cacheContract, referenceSubject(id, implementation), options)
  return results.filter(({ status }) => status === "failed").map((result) => result.id)
}

export interface Sharpness {
  /** How many clauses fail a mutant, in the middle of the list. */
  readonly medianKillSet: number
  /** The part of the mutants that would live if their named clause were not there. */
  readonly aliveWithoutNamed: number
}

export function sharpnessOf(matrix: ReadonlyMap<CacheMutant, readonly string[]>): Sharpness {
  const sizes = [...matrix.values()].map(({ length }) => length).sort((left, right) => left - right)
  const alive = [...matrix].filter(([{ breaks }, killers]) => killers.every((id) => id === breaks))
  return { medianKillSet: sizes[Math.floor(sizes.length / 2)] ?? 0, aliveWithoutNamed: alive.length / matrix.size }
}

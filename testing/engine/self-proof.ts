import type { Contract } from "./clause.ts"
import type { Mutant, Variant } from "./mutant.ts"
import { type ClauseResult, describeResult } from "./report.ts"
import { type RunOptions, runContract } from "./run.ts"
import type { Subject } from "./subject.ts"
import { isTooSlow } from "./window.ts"

/** A point that the contract decides where implementations differ. */
export interface Pin {
  readonly point: string
  readonly rule: string
  /** Ids of clauses, or beginnings of ids that end with a hyphen. */
  readonly clauses: readonly string[]
  /** Where it is proven when not by a clause. */
  readonly elsewhere?: string
}

/** All that proves a contract: classes that break it, classes that keep it, and the points that it decides. */
export interface Catalogue<Class, Implementation, Client, Capabilities extends object> {
  readonly service: string
  readonly contract: Contract<Client, Capabilities>
  /** The shortest implementation that keeps the whole contract. */
  readonly reference: Class
  /** A subject of the reference, or of a class that changes a line of it. */
  subjectOf(name: string, implementation: Class): Subject<Implementation, Capabilities>
  readonly mutants: readonly Mutant<Class>[]
  /** Classes that keep the contract in an unusual way, by their id. A harness that fails one asks for too much. */
  readonly oddities: Readonly<Record<string, Variant<Class>>>
  readonly pins: readonly Pin[]
  /**
   * The clauses that the kill matrix tries with each mutant: all, or the one that it names alone, where a mutant that
   * breaks much would be waited for in each clause. Default all.
   */
  readonly matrix?: "all" | "named"
}

/** Mutants that never settle are waited for in a small part of the usual time. */
const TIME_SCALE = 0.03
/** How many are many where a whole contract is run for each variant. */
const FEW = 500
/** Of what is right, and still quiet periods are shorter than usual. */
const TIME_SCALE_OF_RIGHT = 0.2
/** Clauses that the machine was too slow for run again alone, each time with so many times as long. */
const LONGER = 4
const MORE_RUNS = 2

/** The results of the clauses that run: of each, whether it passed, unless the machine is much too slow. */
async function decidedResults<Implementation, Client, Capabilities extends object>(
  contract: Contract<Client, Capabilities>,
  subject: Subject<Implementation, Capabilities>,
  options: RunOptions & { readonly timeScale: number },
): Promise<ClauseResult[]> {
  const { results } = await runContract(contract, subject, options)
  const decided = new Map(results.map((result) => [result.id, result]))
  for (let run = 1; run <= MORE_RUNS; run++) {
    const only = new Set([...decided.values()].filter(isTooSlow).map(({ id }) => id))
    if (only.size === 0) break
    const timeScale = options.timeScale * LONGER ** run
    const again = await runContract(contract, subject, { ...options, only, timeScale })
    for (const result of again.results) if (only.has(result.id)) decided.set(result.id, result)
  }
  return [...decided.values()]
}

/** Failures, and skips of what is not for want of a capability that the subject may do without. */
export async function problemsOf<Class, Implementation, Client, Capabilities extends object>(
  { contract, subjectOf }: Catalogue<Class, Implementation, Client, Capabilities>,
  name: string,
  implementation: Class,
  seed: number,
): Promise<string[]> {
  const options = { seed, timeScale: TIME_SCALE_OF_RIGHT, many: FEW }
  const results = await decidedResults(contract, subjectOf(name, implementation), options)
  return results
    .filter(({ reason, status }) => status !== "passed" && !/^(not )?declared/.test(reason ?? ""))
    .map((result) => describeResult(result, seed))
}

/** How the clause that must catch a mutant ended: `assertion` where it was caught as it should be. */
export async function verdictOn<Class, Implementation, Client, Capabilities extends object>(
  { contract, subjectOf }: Catalogue<Class, Implementation, Client, Capabilities>,
  { breaks, id, implementation }: Mutant<Class>,
  seed: number,
): Promise<string> {
  const options = { seed, only: new Set([breaks]), timeScale: TIME_SCALE }
  const results = await decidedResults(contract, subjectOf(id, implementation), options)
  const result = results.find((other) => other.id === breaks)
  return result?.failure ?? result?.status ?? "no such clause"
}

/** Ids of the clauses that a mutant fails, of all or of some. A named one that needs many may be missing. */
export async function killSetOf<Class, Implementation, Client, Capabilities extends object>(
  { contract, subjectOf }: Catalogue<Class, Implementation, Client, Capabilities>,
  { id, implementation }: Mutant<Class>,
  seed: number,
  only?: ReadonlySet<string>,
): Promise<string[]> {
  const options = { seed, only, timeScale: TIME_SCALE, many: FEW }
  const { results } = await runContract(contract, subjectOf(id, implementation), options)
  return results.filter(({ status }) => status === "failed").map((result) => result.id)
}

export interface Sharpness {
  /** How many clauses fail a mutant, in the middle of the list. */
  readonly medianKillSet: number
  /** The part of the mutants that would live if their named clause were not there. */
  readonly aliveWithoutNamed: number
}

export function sharpnessOf(matrix: ReadonlyMap<Mutant<unknown>, readonly string[]>): Sharpness {
  const sizes = [...matrix]
    .map(([{ breaks }, killers]) => new Set([breaks, ...killers]).size)
    .sort((left, right) => left - right)
  const alive = [...matrix].filter(([{ breaks }, killers]) => killers.every((id) => id === breaks))
  return { medianKillSet: sizes[Math.floor(sizes.length / 2)] ?? 0, aliveWithoutNamed: alive.length / matrix.size }
}

import { fork } from "node:child_process"
import { once } from "node:events"
import { availableParallelism } from "node:os"
import type { AnyCatalogue } from "../../testing/catalogues.ts"
import type { KillMatrix } from "./kill-matrix.ts"
import { ALL_CLAUSES, type KillJob } from "./kill-sets.ts"

/** What has changed since a matrix was measured. */
export interface Change {
  /** Mutants of which every clause is tried. */
  readonly mutants: ReadonlySet<string>
  /** Clauses that are tried with every other mutant. */
  readonly clauses: ReadonlySet<string>
}

/** Compares the hashes of what is there with those of what was measured. */
export function changeSince(now: KillMatrix, measured: KillMatrix): Change {
  const changed = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>) =>
    new Set(Object.keys(one).filter((id) => one[id] !== other[id]))
  return { mutants: changed(now.mutants, measured.mutants), clauses: changed(now.clauses, measured.clauses) }
}

/** Measures what has changed, on all processors, and takes the rest from what was measured. */
export async function measure(
  { matrix, mutants: broken, service }: AnyCatalogue,
  now: KillMatrix,
  measured: KillMatrix,
  { clauses, mutants }: Change,
): Promise<KillMatrix> {
  // That they are caught by the clause that they name is what the self-proof shows.
  if (matrix === "named") return { ...now, killers: Object.fromEntries(broken.map(({ breaks, id }) => [id, [breaks]])) }
  const jobs: KillJob[] = Object.keys(now.mutants).flatMap((mutant): KillJob[] => {
    if (mutants.has(mutant)) return [{ mutant, clauses: ALL_CLAUSES }]
    return clauses.size === 0 ? [] : [{ mutant, clauses: [...clauses] }]
  })
  const found = new Map<string, readonly string[]>()
  const parts = availableParallelism()
  const work = async (part: number) => {
    const child = fork(new URL("./kill-sets.ts", import.meta.url), [service, String(now.seed)])
    child.on("message", (message) => {
      const [mutant, killers] = message as [string, string[]]
      found.set(mutant, killers)
      if (found.size % 100 === 0) console.log(`${service}: ${found.size} of ${jobs.length} mutants measured`)
    })
    child.send(jobs.filter((_, index) => index % parts === part))
    const [code] = await once(child, "exit")
    if (code !== 0) throw new Error("The kill matrix must be measured as a whole; see the error above.")
  }
  if (jobs.length > 0) await Promise.all(Array.from({ length: parts }, (_, part) => work(part)))
  const killersOf = (mutant: string): string[] => {
    const fresh = found.get(mutant) ?? []
    const kept = (measured.killers[mutant] ?? []).filter((id) => id in now.clauses && !clauses.has(id))
    const all = new Set(mutants.has(mutant) ? fresh : [...kept, ...fresh])
    return Object.keys(now.clauses).filter((id) => all.has(id))
  }
  const killers = Object.fromEntries(Object.keys(now.mutants).map((mutant) => [mutant, killersOf(mutant)]))
  return { ...now, killers }
}

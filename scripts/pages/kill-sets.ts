/** A part of a kill matrix, in a process of its own. Arguments: the service and the seed. It is sent its jobs. */
import { catalogues } from "../../testing/catalogues.ts"
import { killSetOf } from "../../testing/engine/self-proof.ts"

export interface KillJob {
  /** Id of a mutant. */
  readonly mutant: string
  /** Ids of the clauses that are tried. */
  readonly clauses: readonly string[] | typeof ALL_CLAUSES
}

export const ALL_CLAUSES = "all"

if (process.send !== undefined) {
  const [service, seed] = process.argv.slice(2)
  const catalogue = catalogues.find((one) => one.service === service)
  // A mutant may throw where nobody listens. Its clauses fail by what they see.
  process.on("uncaughtException", () => {})
  process.once("message", async (jobs: readonly KillJob[]) => {
    for (const { clauses, mutant: id } of jobs) {
      const mutant = catalogue?.mutants.find((one) => one.id === id)
      if (catalogue === undefined || mutant === undefined) throw new Error(`${service} must have the mutant ${id}.`)
      const only = clauses === ALL_CLAUSES ? undefined : new Set(clauses)
      process.send?.([id, await killSetOf(catalogue, mutant, Number(seed), only)])
    }
    process.disconnect()
  })
}

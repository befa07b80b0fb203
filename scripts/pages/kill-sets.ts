/** A part of the kill matrix, in a process of its own. Arguments: which part, of how many, and the seed. */
import { killSetOf } from "../../testing/cache/self-proof.ts"
import { cacheMutants } from "../../testing/mutants.ts"

const [part = 0, parts = 1, seed = 1] = process.argv.slice(2).map(Number)
for (const [index, mutant] of cacheMutants.entries()) {
  if (index % parts === part) process.send?.([mutant.id, await killSetOf(mutant, seed)])
}
process.disconnect()

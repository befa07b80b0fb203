import { fork } from "node:child_process"
import { once } from "node:events"
import { availableParallelism } from "node:os"
import type { CacheMutant } from "../../testing/cache/self-proof.ts"
import { cacheMutants } from "../../testing/mutants.ts"

/** Which clauses fail each mutant, in the order of the mutants. Takes minutes, on all processors. */
export async function killMatrix(seed: number): Promise<Map<CacheMutant, string[]>> {
  const parts = availableParallelism()
  const killers = new Map<string, string[]>()
  const measure = async (part: number) => {
    const child = fork(new URL("./kill-sets.ts", import.meta.url), [part, parts, seed].map(String))
    child.on("message", (message) => {
      const [id, ids] = message as [string, string[]]
      killers.set(id, ids)
    })
    const [code] = await once(child, "exit")
    if (code !== 0) throw new Error("the kill matrix could not be measured; see above")
  }
  await Promise.all(Array.from({ length: parts }, (_, part) => measure(part)))
  return new Map(cacheMutants.map((mutant) => [mutant, killers.get(mutant.id) ?? []]))
}

import { type Checklist, run, writeFiles } from "./run.ts"
import { MAP_CONFIG } from "./subjects.ts"

/** Runs the command of the packed package over a user's own class. */
export async function checkCommandLine(list: Checklist, folder: string): Promise<void> {
  await list.check("the command line says what is wrong with a Map, and how to fix it", async () => {
    writeFiles(folder, { "conformance.config.mjs": MAP_CONFIG })
    const output = await run("npx", ["--no", "objectos-conformance", "run"], { cwd: folder, exitCode: 1 })
    if (!/✗ CACHE-ISO-02 .*\n {4}→ Hand out a copy/.test(output)) throw new Error("CACHE-ISO-02 is not named")
    return output.trimEnd().split("\n").at(-1)
  })
}

import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { harnessFiles, TYPED_VITEST } from "./consumer.ts"
import { type Checklist, installInto, node, repository, tool, writeFiles } from "./run.ts"

/** Runs the harness of the packed package over a user's own class, under two runners. */
export async function checkHarness(
  list: Checklist,
  tarball: string,
  folder: string,
  vitestFolder: string,
): Promise<void> {
  await list.check("the harness proves a user's class under node --test", async () => {
    const cwd = join(folder, "harness")
    writeFiles(cwd, harnessFiles("node:test"))
    const output = await node(["--test", "--test-reporter=tap", "map-cache.test.mjs"], { cwd })
    const count = (name: string): number => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(output)?.[1] ?? 0)
    return describeRun(count("pass"), count("fail"), count("skipped"))
  })
  await list.check("the harness proves a user's class under vitest", async () => {
    await installInto(vitestFolder, [tarball, "zod@^4", `vitest@${installedVersion("vitest")}`])
    writeFiles(vitestFolder, harnessFiles("vitest"))
    const results = join(vitestFolder, "results.json")
    await node(["node_modules/vitest/vitest.mjs", "run", "--reporter=json", `--outputFile=${results}`], {
      cwd: vitestFolder,
    })
    const { numFailedTests, numPassedTests, numPendingTests } = JSON.parse(readFileSync(results, "utf8"))
    return describeRun(numPassedTests, numFailedTests, numPendingTests)
  })
  await list.check("the command line says what is wrong with a Map, and how to fix it", () => {
    writeFiles(folder, { "conformance.config.mjs": MAP_CONFIG })
    const program = join(folder, "node_modules", ".bin", "objectos-conformance")
    const { status, stdout } = spawnSync(program, ["run"], { cwd: folder, encoding: "utf8", timeout: 120_000 })
    const last = stdout.trimEnd().split("\n").at(-1) ?? ""
    if (status !== 1) throw new Error(`exit code ${status}: ${last}`)
    if (!/✗ CACHE-ISO-02 .*\n {4}→ Hand out a copy/.test(stdout)) throw new Error("CACHE-ISO-02 is not named")
    return last
  })
  await list.check("vitest's functions fit the harness without a cast", async () => {
    const compilerOptions = {
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      types: [],
      noEmit: true,
    }
    writeFiles(vitestFolder, {
      "types/package.json": '{ "type": "module" }',
      // vitest's own declarations need the types of Node and vite, which are not there.
      "types/tsconfig.json": JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: true } }),
      "types/mine.ts": TYPED_VITEST,
    })
    await tool("typescript/bin/tsc", ["--project", join(vitestFolder, "types")])
  })
}

const MAP_CONFIG = `
import { defineSubject } from "@objectos/sdk/testing"

class MapCache {
  entries = new Map()
  async get(key) { return this.entries.get(key) }
  async set(key, value) { this.entries.set(key, value) }
  async delete(key) { return this.entries.delete(key) }
  async has(key) { return this.entries.has(key) }
  async clear() { this.entries.clear() }
  async stats() { return { hits: 0, misses: 0, keyCount: this.entries.size } }
}

const open = () => {
  const cache = new MapCache()
  return { connect: () => cache }
}
export const subjects = [defineSubject({ service: "cache", name: "map", open })]
`

function describeRun(passed: number, failed: number, skipped: number): string {
  if (!(passed > 0) || failed > 0) throw new Error(`${passed} passed, ${failed} failed`)
  return `${passed} passed, ${skipped} skipped`
}

function installedVersion(name: string): string {
  return JSON.parse(readFileSync(join(repository, "node_modules", name, "package.json"), "utf8")).version
}

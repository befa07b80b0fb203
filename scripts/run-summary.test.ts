import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { describeSkipped } from "./run-summary.ts"

const root = join(import.meta.dirname, "..")

/** What a run of its own over these test files prints after vitest's summary. */
function runTests(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "objectos-reporter-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, body] of Object.entries(files)) writeFileSync(join(folder, name), body)
  writeFileSync(
    join(folder, "vitest.config.ts"),
    `import { RunSummary } from ${JSON.stringify(join(root, "scripts/run-summary.ts"))}
     export default { test: { globals: true, reporters: ["default", new RunSummary("the long ones - npm run long has them")] } }`,
  )
  const vitest = join(root, "node_modules/vitest/vitest.mjs")
  const { stdout } = spawnSync(process.execPath, [vitest, "run", "--root", folder], { encoding: "utf8", cwd: folder })
  return stdout
    .slice(stdout.indexOf("Duration"))
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
}

describe("RunSummary", () => {
  it("groups what was skipped by its reason, and names files that did not load", () => {
    const lines = runTests({
      "a.test.ts": `
        it("one", (ctx) => ctx.skip("no server"))
        it("two", (ctx) => ctx.skip("not run: no server"))
        it("six", (ctx) => ctx.skip("not run: machine too slow (steps took 7 ms of 5), try --time-scale"))
        it("seven", (ctx) => ctx.skip("not run: machine too slow (steps took 8 ms of 5), try --time-scale"))
        it.skip("three", () => {})
        it.todo("four")
        it("five", () => {})`,
      "b.test.ts": `throw new Error("broken")`,
    })
    expect(lines).toEqual([
      "Ran: 1 test in 1 file",
      "Not run: b.test.ts - it could not be loaded",
      "Not run: 2 tests - machine too slow, try CONFORMANCE_TIME_SCALE=2",
      "Not run: 2 tests - no server",
      "Not run: 1 test - no reason given (skip, only or a name filter)",
      "Not run: 1 test - still to be written",
      "Not run: the long ones - npm run long has them",
    ])
  })

  it("counts what ran, failures included", () => {
    expect(runTests({ "a.test.ts": `it("fails", () => { throw new Error("wrong") })` })).toEqual([
      "Ran: 1 test in 1 file",
      "Not run: the long ones - npm run long has them",
    ])
  })

  it("shows twelve reasons and counts the others", () => {
    const lines = describeSkipped(new Map(Array.from({ length: 14 }, (_, index) => [`reason ${index}`, index + 1])))
    expect(lines).toHaveLength(13)
    expect(lines[0]).toBe("Not run: 14 tests - reason 13")
    expect(lines[12]).toBe("… and 2 more")
  })
})

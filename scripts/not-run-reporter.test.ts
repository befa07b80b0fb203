import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { describeSkipped } from "./not-run-reporter.ts"

const root = join(import.meta.dirname, "..")

/** What a run of its own over these test files prints after vitest's summary. */
function runTests(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "objectos-reporter-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, body] of Object.entries(files)) writeFileSync(join(folder, name), body)
  writeFileSync(
    join(folder, "vitest.config.ts"),
    `import { NotRunReporter } from ${JSON.stringify(join(root, "scripts/not-run-reporter.ts"))}
     export default { test: { globals: true, reporters: ["default", new NotRunReporter()] } }`,
  )
  const vitest = join(root, "node_modules/vitest/vitest.mjs")
  const { stdout } = spawnSync(process.execPath, [vitest, "run", "--root", folder], { encoding: "utf8", cwd: folder })
  return stdout
    .slice(stdout.indexOf("Duration"))
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
}

describe("NotRunReporter", () => {
  it("groups what was skipped by its reason, and names files that did not load", { timeout: 30_000 }, () => {
    const lines = runTests({
      "a.test.ts": `
        it("one", (ctx) => ctx.skip("no server"))
        it("two", (ctx) => ctx.skip("not run: no server"))
        it.skip("three", () => {})
        it.todo("four")
        it("five", () => {})`,
      "b.test.ts": `throw new Error("broken")`,
    })
    expect(lines).toEqual([
      "Not run: b.test.ts - it could not be loaded",
      "Not run: 2 tests - no server",
      "Not run: 1 test - no reason given (skip, only or a name filter)",
      "Not run: 1 test - still to be written",
    ])
  })

  it("says so when everything ran, failures included", { timeout: 30_000 }, () => {
    expect(runTests({ "a.test.ts": `it("fails", () => { throw new Error("wrong") })` })).toEqual(["Everything ran."])
  })

  it("shows twelve reasons and counts the others", () => {
    const lines = describeSkipped(new Map(Array.from({ length: 14 }, (_, index) => [`reason ${index}`, index + 1])))
    expect(lines).toHaveLength(13)
    expect(lines[0]).toBe("Not run: 14 tests - reason 13")
    expect(lines[12]).toBe("… and 2 more")
  })
})

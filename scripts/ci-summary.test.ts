import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"

interface Step {
  readonly code?: number
  readonly results?: object | undefined
  /** Its results were never written. */
  readonly lost?: boolean
}

function summarize(steps: readonly Step[]): { code: number | null; last: string | undefined; text: string } {
  const folder = mkdtempSync(join(tmpdir(), "objectos-summary-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const lines = steps.map(({ code = 0, lost = false, results }, index) => {
    const file = join(folder, `${index}.json`)
    if (results !== undefined) writeFileSync(file, JSON.stringify(results))
    return `${code}\tstep ${index}\t${results !== undefined || lost ? file : ""}\n`
  })
  writeFileSync(join(folder, "steps"), lines.join(""))
  const script = join(import.meta.dirname, "ci-summary.mjs")
  const { status, stdout } = spawnSync(process.execPath, [script, join(folder, "steps")], { encoding: "utf8" })
  return { code: status, last: stdout.trimEnd().split("\n").at(-1), text: stdout }
}

function results(passed: number, failed = 0, brokenFiles = 0, skipped = 0): object {
  return {
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    numTodoTests: 0,
    testResults: [
      ...(failed > 0 ? [{ status: "failed", assertionResults: [{ status: "failed" }] }] : []),
      ...Array.from({ length: brokenFiles }, () => ({ status: "failed", assertionResults: [] })),
    ],
  }
}

describe("ci-summary", () => {
  it.each<[string, Step[], string, number]>([
    ["adds the tests of all legs", [{}, { results: results(10) }, { results: results(5) }], "15 passed, 0 failed", 0],
    ["counts failed tests", [{ code: 1, results: results(10, 2) }], "10 passed, 2 failed", 1],
    ["counts a step without tests as one", [{ code: 2 }, { results: results(10) }], "10 passed, 1 failed", 1],
    ["counts a file that did not load", [{ code: 1, results: results(10, 1, 2) }], "10 passed, 3 failed", 1],
    ["counts an error outside the tests", [{ code: 1, results: results(10) }], "10 passed, 1 failed", 1],
    ["counts a leg that lost its results", [{ lost: true }, { results: results(10) }], "10 passed, 1 failed", 1],
    ["counts a leg in which nothing ran", [{ results: results(0, 0, 0, 9) }], "0 passed, 1 failed", 1],
    ["fails when no step had tests", [{}], "0 passed, 0 failed", 1],
    ["fails when no step ran", [], "0 passed, 1 failed", 1],
  ])("%s", (_, steps, last, code) => {
    expect(summarize(steps)).toMatchObject({ last, code })
  })

  it("names the steps that failed and counts what was skipped", () => {
    const { text } = summarize([{ code: 3 }, { code: 1, results: results(1, 2, 0, 4) }])
    expect(text).toContain("FAILED  step 0: exit code 3\nFAILED  step 1: 2 failed\n4 skipped")
  })
})

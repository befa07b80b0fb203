import { describe, expect, it } from "vitest"
import { type ClauseResult, type ConformanceReport, totalsOf, verdictOf } from "../engine/report.ts"
import { toBadge } from "./badge.ts"
import { toJUnit } from "./junit.ts"
import { toMarkdown } from "./markdown.ts"

function reportOf(...changes: Partial<ClauseResult>[]): ConformanceReport {
  const results = changes.map((change, index) => ({
    id: `CACHE-A-0${index}`,
    text: "A sentence with <b> & |.",
    status: "passed" as const,
    durationMs: 5,
    ...change,
  }))
  return {
    schemaVersion: 1,
    service: "cache",
    contractVersion: 1,
    subject: { name: "mine", version: "2.0.0" },
    capabilities: { batch: true },
    seed: 7,
    time: "manual",
    runtime: "Node v22.0.0, linux x64",
    pace: { workMs: 64, timerLateMs: 3, scale: 1.6 },
    warnings: [],
    verdict: verdictOf(results),
    totals: totalsOf(results),
    results,
    durationMs: 12,
  }
}

const failed = { status: "failed", reason: 'got "\u0000", want 1 | 2', fix: "Fix it.", failure: "assertion" } as const
const skipped = { status: "skipped", reason: "not declared: scan" } as const

describe("badge", () => {
  it("counts the clauses that ran", () => {
    expect(toBadge(reportOf({}, {}, skipped))).toMatchObject({ message: "2/2", color: "brightgreen" })
    expect(toBadge(reportOf({}, failed))).toMatchObject({ message: "1/2", color: "red" })
    expect(toBadge(reportOf({ status: "not-run" }))).toMatchObject({ message: "not run", color: "lightgrey" })
  })
})

describe("markdown", () => {
  it("tells failures with their remedy, and keeps its table whole", () => {
    const page = toMarkdown(reportOf({}, failed, skipped))
    expect(page).toContain("**failed**: 1 passed, 1 failed, 1 do not apply")
    expect(page).toContain("  - Fix: Fix it.")
    expect(page).toContain("| CACHE-A-02 | A sentence with <b> & \\|. | skipped: not declared: scan |")
  })
})

describe("JUnit", () => {
  it("escapes what XML cannot hold", () => {
    const xml = toJUnit(reportOf({}, failed, skipped))
    expect(xml).toContain('tests="3" failures="1" skipped="1"')
    expect(xml).toContain('message="got &quot;\ufffd&quot;, want 1 | 2"')
    expect(xml).toContain("A sentence with &lt;b&gt; &amp; |.")
    expect(xml).toContain('<skipped message="not declared: scan"/>')
  })
})

import { expect, it } from "vitest"
import { type ClauseResult, totalsOf, verdictOf } from "../../testing/engine/report.ts"
import { compareReports } from "./compare-reports.ts"

function reportOf(status: ClauseResult["status"], durationMs: number) {
  const results: ClauseResult[] = [
    { id: "CACHE-A-01", text: "It is.", status: "passed", durationMs },
    { id: "CACHE-A-02", text: "It does.", status, durationMs, reason: "so" },
  ]
  return {
    subject: { name: "mine" },
    capabilities: { batch: false },
    verdict: verdictOf(results),
    totals: totalsOf(results),
    results,
  }
}

it("sees no difference in times", () => {
  expect(compareReports(reportOf("skipped", 1), reportOf("skipped", 2))).toEqual([])
})

it("names each clause that ended otherwise, and what follows", () => {
  const differences = compareReports(reportOf("skipped", 1), reportOf("failed", 1))
  expect(differences).toContain("verdict: conformant, now failed")
  expect(differences).toContain("CACHE-A-02: skipped (so), now failed (so)")
})

it("names clauses that are new or gone", () => {
  const kept = reportOf("skipped", 1)
  const fresh = { ...kept, results: kept.results.slice(0, 1) }
  expect(compareReports(kept, fresh)).toEqual(["CACHE-A-02: skipped (so), now not there"])
})

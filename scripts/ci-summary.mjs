// Usage: node scripts/ci-summary.mjs FILE
// FILE has a line for each step of .ci/run: exit code, name, and for tests the file of vitest's JSON results, between
// tabs. Plain JavaScript: it must also run where the dependencies could not be installed.
import { existsSync, readFileSync } from "node:fs"

const steps = readFileSync(process.argv[2] ?? "/dev/stdin", "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => line.split("\t"))

let passed = 0
let failed = 0
let skipped = 0
const problems = []

for (const [code, name, results] of steps) {
  const counts = results && existsSync(results) ? countTests(JSON.parse(readFileSync(results, "utf8"))) : undefined
  passed += counts?.passed ?? 0
  failed += counts?.failed ?? 0
  skipped += counts?.skipped ?? 0
  const problem = problemOf(code, counts, results)
  if (problem === undefined) continue
  problems.push(`${name}: ${problem}`)
  if (!counts?.failed) failed++
}

if (steps.length === 0) {
  problems.push("no step ran")
  failed++
}

console.log("")
for (const problem of problems) console.log(`FAILED  ${problem}`)
if (skipped > 0) console.log(`${skipped} skipped; the tests above say why`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

/** A file that could not be loaded has no tests, and counts as one that failed. */
function countTests({ numFailedTests, numPassedTests, numPendingTests, numTodoTests, testResults }) {
  const broken = testResults.filter(
    ({ assertionResults, status }) =>
      status === "failed" && !assertionResults.some((assertion) => assertion.status === "failed"),
  )
  return {
    passed: numPassedTests,
    failed: numFailedTests + broken.length,
    skipped: numPendingTests + numTodoTests,
  }
}

function problemOf(code, counts, results) {
  if (counts?.failed > 0) return `${counts.failed} failed`
  if (code !== "0") return `exit code ${code}`
  if (results && counts === undefined) return "wrote no results"
  if (results && counts.passed === 0) return "no test ran"
  return undefined
}

// Usage: node scripts/ci-summary.mjs FILE [SECONDS]
// FILE has a line for each step of .ci/run: exit code, name, seconds, and for tests the folder of their results, between
// tabs. SECONDS is how long the run took. Plain JavaScript: it must also run where the dependencies could not be
// installed.
import { readFileSync } from "node:fs"
import { addUp, readResults } from "./ci-summary/results.mjs"
import { table } from "./ci-summary/table.mjs"

const [file = "/dev/stdin", wholeSeconds] = process.argv.slice(2)
const steps = readFileSync(file, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => line.split("\t"))
  .map(([code, name, seconds, folder]) => ({ code, name, seconds, folder, counts: folder && readResults(folder) }))

const problems = []
let { passed, failed, skipped, costs } = addUp(steps.flatMap(({ counts }) => counts || []))
for (const step of steps) {
  const problem = problemOf(step)
  if (problem === undefined) continue
  problems.push(`${step.name}: ${problem}`)
  if (!step.counts?.failed) failed++
}
if (steps.length === 0) {
  problems.push("no step ran")
  failed++
}

console.log("")
console.log(stepTable())
for (const kind of ["service", "server"]) if (costs.length > 0) console.log(`\n${costTable(kind)}`)
console.log("")
for (const problem of problems) console.log(`FAILED  ${problem}`)
if (skipped > 0) console.log(`${skipped} skipped; the tests above say why`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

function problemOf({ code, counts, folder }) {
  if (counts?.failed > 0) return `${counts.failed} failed`
  if (code !== "0") return `exit code ${code}`
  if (folder && counts === undefined) return "wrote no results"
  if (folder && counts.passed === 0) return "no test ran"
  return undefined
}

/** In the order in which the steps ended. They ran side by side: the last line is less than the sum. */
function stepTable() {
  const rows = steps.map(({ counts, name, seconds }) => [name, seconds, counts?.passed ?? "", counts?.failed ?? ""])
  return table(
    ["step", "seconds", "passed", "failed"],
    [...rows, ["the whole run", wholeSeconds ?? "", passed, failed]],
  )
}

/** How long tests and clauses took by what they are about, over all steps. */
function costTable(kind) {
  const sums = new Map()
  for (const cost of costs) {
    const { ms, tests } = sums.get(cost[kind]) ?? { ms: 0, tests: 0 }
    sums.set(cost[kind], { ms: ms + cost.ms, tests: tests + cost.tests })
  }
  const rows = [...sums].sort(([, one], [, other]) => other.ms - one.ms)
  return table(
    [kind, "seconds in tests", "tests"],
    rows.map(([name, { ms, tests }]) => [name, Math.round(ms / 1000), tests]),
  )
}

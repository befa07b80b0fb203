/** What a step left in its folder: JSON of vitest, of the checklists of scripts/, and reports of conformance. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { ownerOfFile, ownerOfSubject } from "./owner.mjs"

/** The sum of all JSON files below a folder, or undefined where there is none. */
export function readResults(folder) {
  if (!existsSync(folder)) return undefined
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  const counted = files
    .filter((file) => file.endsWith(".json") && !file.endsWith(".badge.json"))
    .flatMap((file) => countFile(join(folder, file)) ?? [])
  return counted.length === 0 ? undefined : addUp(counted)
}

export function addUp(counts) {
  const sum = (kind) => counts.reduce((total, count) => total + count[kind], 0)
  return {
    passed: sum("passed"),
    failed: sum("failed"),
    skipped: sum("skipped"),
    costs: counts.flatMap(({ costs }) => costs),
  }
}

/** A file that was cut off counts as one that failed. */
function countFile(file) {
  try {
    return count(JSON.parse(readFileSync(file, "utf8")))
  } catch {
    return { passed: 0, failed: 1, skipped: 0, costs: [] }
  }
}

function count(json) {
  if (json.testResults !== undefined) return countTests(json)
  if (json.checks !== undefined) return countChecks(json)
  return json.totals === undefined ? undefined : countClauses(json)
}

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
    costs: testResults.flatMap(costsOfFile),
  }
}

/** A clause that is bound to vitest belongs to its subject, and any other test to its file. */
function costsOfFile({ assertionResults, name = "" }) {
  const ofFile = ownerOfFile(name)
  return assertionResults.map(({ ancestorTitles = [], duration = 0 }) => {
    const bound = ancestorTitles.flatMap((title) => /^(\S+) contract: (.+) \(seed \d+\)$/.exec(title) ?? [])
    return { ...(bound.length === 0 ? ofFile : ownerOfSubject(bound[1], bound[2])), ms: duration, tests: 1 }
  })
}

function countClauses({ durationMs, service, subject, totals: { failed, notRun, passed, skipped } }) {
  const cost = { ...ownerOfSubject(service, subject.name), ms: durationMs, tests: passed + failed }
  return { passed, failed, skipped: skipped + notRun, costs: [cost] }
}

function countChecks({ checks }) {
  const failed = checks.filter(({ status }) => status === "failed").length
  return { passed: checks.length - failed, failed, skipped: 0, costs: [] }
}

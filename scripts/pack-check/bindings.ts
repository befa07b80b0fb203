import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type ClauseResult, type ConformanceReport, totalsOf } from "../../testing/engine/report.ts"
import { type Checklist, installInto, node, run, tool, writeFiles } from "./run.ts"
import type { Runner } from "./runners.ts"
import { BROKEN_CLAUSE, PROVE_FILES, SEED, testFiles, typedTest } from "./subjects.ts"

/**
 * Proves the same subjects without a runner and under each of these, in folders of their own, and compares: one is right,
 * one breaks a clause, one cannot run.
 *
 * @param alone A folder in which only the tarball is installed.
 */
export async function checkBindings(
  list: Checklist,
  tarball: string,
  alone: string,
  temporary: string,
  runners: readonly Runner[],
): Promise<void> {
  await list.check("no test runner is installed with it", () => {
    const names = ["vitest", "@vitest", "mocha", "jest", "chai"]
    const found = names.filter((name) => existsSync(join(alone, "node_modules", name)))
    if (found.length > 0) throw new Error(`installed: ${found.join(", ")}`)
  })
  const results = await list.check("without a runner the harness finds what is wrong", async () => {
    const folder = join(alone, "harness")
    writeFiles(folder, PROVE_FILES)
    await node(["prove.mjs"], { cwd: folder })
    return expectKnown(readReports(folder))
  })
  if (results === undefined) return
  for (const runner of runners) await checkRunner(list, tarball, join(temporary, slug(runner.name)), runner, results)
}

async function checkRunner(
  list: Checklist,
  tarball: string,
  folder: string,
  runner: Runner,
  expected: readonly ClauseResult[],
): Promise<void> {
  let output = ""
  await list.check(`${runner.name}: the same results as without a runner`, async () => {
    await installInto(folder, [tarball, ...runner.packages])
    writeFiles(folder, testFiles(runner.imports))
    const env = { CONFORMANCE_SEED: String(SEED) }
    output = await run(runner.program, runner.args, { cwd: folder, env, exitCode: 1 })
    return expectSame(resultsOf(readReports(folder)), expected)
  })
  await list.check(`${runner.name}: its own output counts them and shows each reason`, () => {
    expectCounts(output, runner, expected)
    expectReasons(output, expected)
  })
  const { json } = runner
  if (json !== undefined) {
    await list.check(`${runner.name}: its JSON report carries each result`, () => {
      expectSame(readMeta(join(folder, json)), expected)
    })
  }
}

/** Compiles a test of each runner, in the folder that `checkBindings` made. */
export async function checkTypesOfRunners(
  list: Checklist,
  temporary: string,
  runners: readonly Runner[],
): Promise<void> {
  for (const runner of runners) {
    const folder = join(temporary, slug(runner.name))
    await list.check(`${runner.name}: its functions fit without a cast`, () => compile(folder, runner))
  }
}

function readReports(folder: string): ConformanceReport[] {
  return JSON.parse(readFileSync(join(folder, "reports.json"), "utf8"))
}

function resultsOf(reports: readonly ConformanceReport[]): ClauseResult[] {
  const seeds = reports.map(({ seed }) => seed).filter((seed) => seed !== SEED)
  if (seeds.length > 0) throw new Error(`CONFORMANCE_SEED was ${SEED}, the seed of a report ${seeds[0]}`)
  return reports.flatMap(({ results }) => results)
}

/** @returns The results, once the three subjects came out as they were made. */
function expectKnown(reports: readonly ConformanceReport[]): ClauseResult[] {
  const verdicts = reports.map(({ verdict }) => verdict).join()
  if (verdicts !== "conformant,failed,not-run") throw new Error(`verdicts: ${verdicts}`)
  const results = resultsOf(reports)
  const failed = results.filter(({ status }) => status === "failed").map(({ id }) => id)
  if (failed.join() !== BROKEN_CLAUSE) throw new Error(`failed: ${failed.join(", ")}, and not just ${BROKEN_CLAUSE}`)
  const { notRun, skipped } = totalsOf(results)
  if (skipped === 0 || notRun === 0) throw new Error("nothing was skipped, or everything ran: the checks are blind")
  return results
}

/** @returns How many there are of each kind. */
function expectSame(results: readonly ClauseResult[], expected: readonly ClauseResult[]): string {
  const line = ({ failure, id, reason, status }: ClauseResult) => JSON.stringify({ id, status, reason, failure })
  const [lines, wanted] = [results.map(line), expected.map(line)]
  if (lines.length !== wanted.length) throw new Error(`${lines.length} results, not ${wanted.length}`)
  const different = wanted.flatMap((want, index) => (want === lines[index] ? [] : [`${lines[index]}\n  not ${want}`]))
  if (different.length > 0) throw new Error(different.slice(0, 5).join("\n"))
  const { failed, notRun, passed, skipped } = totalsOf(results)
  return `${passed} passed, ${failed} failed, ${skipped} do not apply, ${notRun} not run`
}

function expectCounts(output: string, { counts }: Runner, expected: readonly ClauseResult[]): void {
  const { failed, notRun, passed, skipped } = totalsOf(expected)
  const wanted = { passed, failed, skipped: skipped + notRun }
  for (const kind of ["passed", "failed", "skipped"] as const) {
    const shown = counts[kind].exec(output)?.[1]
    if (shown !== String(wanted[kind])) throw new Error(`${kind}: ${shown}, not ${wanted[kind]}`)
  }
}

/** A reason counts as shown on the line of its clause. */
function expectReasons(output: string, expected: readonly ClauseResult[]): void {
  const lines = output.split("\n")
  const unshown = expected.filter(({ id, reason = "", status }) => {
    const text = status === "not-run" ? `not run: ${reason}` : reason
    return status !== "passed" && !lines.some((line) => line.includes(id) && line.includes(text))
  })
  if (unshown.length > 0) throw new Error(`not shown: ${unshown.map(({ id, reason }) => `${id} ${reason}`).join("\n")}`)
  if (!output.includes(`CONFORMANCE_SEED=${SEED}`)) throw new Error("how to replay the failure is not shown")
}

interface VitestJson {
  readonly testResults: readonly { assertionResults: readonly { meta: { conformance: ClauseResult } }[] }[]
}

function readMeta(file: string): ClauseResult[] {
  const { testResults } = JSON.parse(readFileSync(file, "utf8")) as VitestJson
  return testResults.flatMap(({ assertionResults }) => assertionResults.map(({ meta }) => meta.conformance))
}

async function compile(folder: string, { imports, types }: Runner): Promise<void> {
  const strict = { module: "nodenext", strict: true, exactOptionalPropertyTypes: true, noEmit: true }
  writeFiles(folder, {
    "types/package.json": '{ "type": "module" }',
    // A runner's own declarations may need types that are not there.
    "types/tsconfig.json": JSON.stringify({ compilerOptions: { ...strict, types, skipLibCheck: true } }),
    "types/cache.test.ts": typedTest(imports),
  })
  await tool("typescript/bin/tsc", ["--project", join(folder, "types")])
}

function slug(name: string): string {
  return name.replaceAll(/\W+/g, "-")
}

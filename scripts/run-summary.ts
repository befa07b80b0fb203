import { join, relative } from "node:path"
import type { InlineConfig, Reporter, SerializedError, TestCase, TestModule, TestRunEndReason } from "vitest/node"
import { TOO_SLOW } from "../testing/engine/window.ts"

const MAX_REASONS = 12

/** The reporters of a run. What other commands run is named at its end. */
export function reporters(elsewhere?: string): NonNullable<InlineConfig["reporters"]> {
  const summary = new RunSummary(elsewhere)
  // Names a folder that gets the results as JSON too. A reporter on the command line would replace these.
  const folder = process.env["RESULTS"]
  return folder ? ["default", ["json", { outputFile: join(folder, "tests.json") }], summary] : ["default", summary]
}

/** Says after the summary what ran, what did not and why, so that a green run never hides a missing server. */
export class RunSummary implements Reporter {
  readonly #elsewhere: string | undefined

  constructor(elsewhere?: string) {
    this.#elsewhere = elsewhere
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    _errors: readonly SerializedError[],
    reason: TestRunEndReason | undefined,
  ): void {
    const broken = modules.filter((module) => module.errors().length > 0).map(({ moduleId }) => relative(".", moduleId))
    const lines = [
      ...(modules.length === 0 ? ["Nothing ran."] : [`Ran: ${describeRun(modules)}`]),
      ...(reason === "interrupted" ? ["Not run: the rest - the run was interrupted"] : []),
      ...broken.map((file) => `Not run: ${file} - it could not be loaded`),
      ...describeSkipped(countReasons(modules)),
      ...(this.#elsewhere === undefined ? [] : [`Not run: ${this.#elsewhere}`]),
    ]
    process.stdout.write(`${lines.join("\n")}\n\n`)
  }
}

/** `4,713 tests in 57 files` */
function describeRun(modules: readonly TestModule[]): string {
  const ran = modules.flatMap((module) => [...module.children.allTests()]).filter(hasRun)
  const files = new Set(ran.map(({ module }) => module))
  const count = (number: number, what: string) => `${number.toLocaleString("en")} ${number === 1 ? what : `${what}s`}`
  return `${count(ran.length, "test")} in ${count(files.size, "file")}`
}

function hasRun(test: TestCase): boolean {
  const { state } = test.result()
  return state === "passed" || state === "failed"
}

function countReasons(modules: readonly TestModule[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      if (hasRun(test)) continue
      const result = test.result()
      const reason = result.state === "skipped" ? reasonOf(result.note, test.options.mode) : "the run ended before"
      counts.set(reason, (counts.get(reason) ?? 0) + 1)
    }
  }
  return counts
}

function reasonOf(note: string | undefined, mode: string | undefined): string {
  // The harness marks what could not be tried at all; on a line that says "Not run" that is said already.
  const reason = note?.replace(/^not run: /, "")
  // Each with other times.
  if (reason?.startsWith(TOO_SLOW)) return `${TOO_SLOW}, try CONFORMANCE_TIME_SCALE=2`
  if (reason !== undefined) return reason
  return mode === "todo" ? "still to be written" : "no reason given (skip, only or a name filter)"
}

/** One line a reason, the most tests first. */
export function describeSkipped(counts: ReadonlyMap<string, number>): string[] {
  const lines = [...counts]
    .sort(([first, more], [second, less]) => less - more || first.localeCompare(second))
    .map(([reason, count]) => `Not run: ${count} ${count === 1 ? "test" : "tests"} - ${reason}`)
  const rest = lines.length - MAX_REASONS
  return rest > 0 ? [...lines.slice(0, MAX_REASONS), `… and ${rest} more`] : lines
}

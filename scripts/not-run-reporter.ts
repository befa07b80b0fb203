import { relative } from "node:path"
import type { Reporter, SerializedError, TestModule, TestRunEndReason } from "vitest/node"

const MAX_REASONS = 12

/** Says after the summary what did not run and why, so that a green run never hides a missing server. */
export class NotRunReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    _errors: readonly SerializedError[],
    reason: TestRunEndReason | undefined,
  ): void {
    const broken = modules.filter((module) => module.errors().length > 0).map(({ moduleId }) => relative(".", moduleId))
    const lines = [
      ...(modules.length === 0 ? ["Nothing ran."] : []),
      ...(reason === "interrupted" ? ["Not run: the rest - the run was interrupted"] : []),
      ...broken.map((file) => `Not run: ${file} - it could not be loaded`),
      ...describeSkipped(countReasons(modules)),
    ]
    process.stdout.write(`${lines.length === 0 ? "Everything ran." : lines.join("\n")}\n\n`)
  }
}

function countReasons(modules: readonly TestModule[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const result = test.result()
      if (result.state === "passed" || result.state === "failed") continue
      const reason = result.state === "skipped" ? reasonOf(result.note, test.options.mode) : "the run ended before"
      counts.set(reason, (counts.get(reason) ?? 0) + 1)
    }
  }
  return counts
}

function reasonOf(note: string | undefined, mode: string | undefined): string {
  // The harness marks what could not be tried at all; on a line that says "Not run" that is said already.
  if (note !== undefined) return note.replace(/^not run: /, "")
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

import { describePace } from "../engine/pace.ts"
import type { ClauseResult, ConformanceReport } from "../engine/report.ts"

/** The report as a page: what was proven, what failed and how to fix it, what did not apply. */
export function toMarkdown(report: ConformanceReport): string {
  const { capabilities, pace, results, runtime, seed, service, subject, time, totals, verdict, warnings } = report
  const failed = results.filter(({ status }) => status === "failed")
  const warned = results.filter(({ warning }) => warning !== undefined)
  return [
    `# ${subject.name}${subject.version === undefined ? "" : ` ${subject.version}`}: ${service} contract`,
    "",
    `**${verdict}**: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} do not apply, ${totals.notRun} not run, of ${totals.clauses} clauses of version ${report.contractVersion}.`,
    "",
    `Time was ${time}; ${runtime}${pace === undefined ? "" : `; ${describePace(pace)}`}. The same data again: \`npx objectos-conformance run --seed ${seed}\`.`,
    "",
    ...warnings.flatMap((warning) => [`**Warning**: ${warning}`, ""]),
    "| capability | declared |",
    "|---|---|",
    ...Object.entries(capabilities).map(([name, value]) => `| ${name} | ${cell(String(value))} |`),
    "",
    ...(failed.length === 0 ? [] : ["## Failed", "", ...failed.flatMap(failure), ""]),
    ...(warned.length === 0
      ? []
      : ["## Noticed", "", ...warned.map(({ id, warning }) => `- **${id}** ${warning}`), ""]),
    "## Clauses",
    "",
    "| clause | text | result |",
    "|---|---|---|",
    ...results.map((result) => `| ${result.id} | ${cell(result.text)} | ${cell(outcome(result))} |`),
    "",
  ].join("\n")
}

function failure({ fix, id, reason, text }: ClauseResult): string[] {
  return [`- **${id}** ${text}`, `  - Seen: ${reason}`, `  - Fix: ${fix}`]
}

function outcome({ reason, status }: ClauseResult): string {
  return reason === undefined ? status : `${status}: ${reason}`
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ")
}

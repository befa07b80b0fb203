import type { ConformanceReport } from "../../testing/engine/report.ts"

type Proven = Pick<ConformanceReport, "capabilities" | "results" | "subject" | "totals" | "verdict">

/** How two runs differ in what they prove, one line each. Times and seeds are of no account. */
export function compareReports(kept: Proven, fresh: Proven): string[] {
  const [before, after] = [factsOf(kept), factsOf(fresh)]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)]
    return was === is ? [] : [`${name}: ${was ?? "not there"}, now ${is ?? "not there"}`]
  })
}

function factsOf({ capabilities, results, subject, totals, verdict }: Proven): Map<string, string> {
  return new Map([
    ["subject", JSON.stringify(subject)],
    ["verdict", verdict],
    ["totals", JSON.stringify(totals)],
    ["capabilities", JSON.stringify(capabilities)],
    ...results.map(({ id, reason, status }): [string, string] => [id, reason ? `${status} (${reason})` : status]),
  ])
}

import type { ConformanceReport } from "../engine/report.ts"

/** What badge services of the shields kind read from a URL. */
export interface Badge {
  readonly schemaVersion: 1
  readonly label: string
  readonly message: string
  readonly color: "brightgreen" | "yellow" | "red" | "lightgrey"
}

/** The verdict as a badge: `cache contract | 90/90`. Clauses that do not apply are not counted. */
export function toBadge({ service, totals, verdict }: ConformanceReport): Badge {
  const ran = totals.passed + totals.failed
  const message = verdict === "not-run" ? "not run" : `${totals.passed}/${ran}`
  return { schemaVersion: 1, label: `${service} contract`, message, color: COLORS[verdict] }
}

const COLORS = { conformant: "brightgreen", partial: "yellow", failed: "red", "not-run": "lightgrey" } as const

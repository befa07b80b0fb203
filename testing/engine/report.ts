import type { Pace } from "./pace.ts"

/** The outcome of one clause. */
export interface ClauseResult {
  readonly id: string
  readonly text: string
  readonly status: "passed" | "failed" | "skipped" | "not-run"
  /** Why it failed, was skipped or did not run. */
  readonly reason?: string
  /** How it failed: an assertion, an error of its own, nothing checked, or no end in time. */
  readonly failure?: "assertion" | "error" | "vacuous" | "timeout"
  /** What an implementer does about a failure. */
  readonly fix?: string
  /** Noticed on the side; does not fail. */
  readonly warning?: string
  /** It failed, and the subject says that it is known to. */
  readonly exempt?: boolean
  readonly durationMs: number
}

export interface ConformanceReport {
  readonly schemaVersion: 1
  readonly service: string
  readonly contractVersion: number
  readonly subject: { readonly name: string; readonly version?: string }
  readonly capabilities: Readonly<Record<string, unknown>>
  /** Replays the same data. */
  readonly seed: number
  readonly time: "manual" | "real"
  /** What it ran on: `Node v22.1.0, linux x64`. */
  readonly runtime: string
  /** How fast that machine was at the start, which time budgets follow. Reports of older versions have none. */
  readonly pace?: Pace
  /**
   * `conformant`: every clause that applies passed. `partial`: none failed, but some were left out by a filter or an
   * exemption. `not-run`: the subject was not available, or not one clause ran.
   */
  readonly verdict: "conformant" | "partial" | "failed" | "not-run"
  readonly totals: {
    readonly passed: number
    readonly failed: number
    readonly skipped: number
    readonly notRun: number
    /** Size of the catalogue: the sum of the others. */
    readonly clauses: number
  }
  /** What is wrong with the subject as a whole, beside its clauses. */
  readonly warnings: readonly string[]
  readonly results: readonly ClauseResult[]
  readonly durationMs: number
}

/** What this code runs on. */
export function runtimeName(): string {
  const { navigator, process } = globalThis as {
    process?: { version?: string; platform?: string; arch?: string }
    navigator?: { userAgent?: string }
  }
  if (process?.version !== undefined) return `Node ${process.version}, ${process.platform} ${process.arch}`
  return navigator?.userAgent ?? "unknown"
}

export function totalsOf(results: readonly ClauseResult[]): ConformanceReport["totals"] {
  const count = (status: ClauseResult["status"]) => results.filter((result) => result.status === status).length
  return {
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("skipped"),
    notRun: count("not-run"),
    clauses: results.length,
  }
}

export function verdictOf(results: readonly ClauseResult[]): ConformanceReport["verdict"] {
  if (results.some(({ status }) => status === "failed")) return "failed"
  if (!results.some(({ status }) => status === "passed")) return "not-run"
  return results.some(({ exempt, status }) => exempt || status === "not-run") ? "partial" : "conformant"
}

/** `CACHE-TTL-03 A set without ttl removes an earlier ttl: got undefined, want 2 (seed 4711)` */
export function describeResult(result: ClauseResult, seed: number): string {
  const sentence = result.text.replace(/\.$/, "")
  const head = `${result.id} ${sentence}`
  if (result.status === "passed") return head
  return `${head}: ${result.reason ?? result.status}${result.status === "failed" ? ` (seed ${seed})` : ""}`
}

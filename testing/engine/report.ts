/** The outcome of one clause. */
export interface ClauseResult {
  readonly id: string
  readonly level: "MUST" | "SHOULD"
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
  /** `not-run`: the subject was not available, or not one MUST clause ran. */
  readonly verdict: "conformant" | "failed" | "not-run"
  readonly totals: {
    readonly passed: number
    readonly failed: number
    readonly skipped: number
    readonly notRun: number
    /** Size of the catalogue: the sum of the others. */
    readonly clauses: number
  }
  readonly results: readonly ClauseResult[]
  readonly durationMs: number
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

/** SHOULD clauses are listed when they fail, and do not decide. */
export function verdictOf(results: readonly ClauseResult[]): ConformanceReport["verdict"] {
  const must = results.filter(({ level }) => level === "MUST")
  if (must.some(({ status }) => status === "failed")) return "failed"
  const ran = must.some(({ status }) => status === "passed")
  return ran && !must.some(({ status }) => status === "not-run") ? "conformant" : "not-run"
}

/** `CACHE-TTL-03 (MUST) A set without ttl removes an earlier ttl: got undefined, want 2 (seed 4711)` */
export function describeResult(result: ClauseResult, seed: number): string {
  const sentence = result.text.replace(/\.$/, "")
  const head = `${result.id} (${result.level}) ${sentence}`
  if (result.status === "passed") return head
  return `${head}: ${result.reason ?? result.status}${result.status === "failed" ? ` (seed ${seed})` : ""}`
}

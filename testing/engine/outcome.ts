import type { ClauseResult } from "./report.ts"

/** How a clause ended, before it is a result. */
export type Outcome = Pick<ClauseResult, "status" | "reason" | "failure" | "fix" | "warning" | "exempt">

export function failed(failure: NonNullable<ClauseResult["failure"]>, reason: string): Outcome {
  return { status: "failed", failure, reason }
}

/** An error in words: its code, where it has one. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = (error as { code?: unknown }).code
  return typeof code === "string" ? `${code}: ${error.message}` : `${error.name}: ${error.message}`
}

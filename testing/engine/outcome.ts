import type { ClauseResult } from "./report.ts"
import { show } from "./show.ts"

/** How a clause ended, before it is a result. */
export type Outcome = Pick<ClauseResult, "status" | "reason" | "failure" | "fix" | "warning" | "exempt">

export function failed(failure: NonNullable<ClauseResult["failure"]>, reason: string): Outcome {
  return { status: "failed", failure, reason }
}

/** How a clause ends that a filter leaves out. */
export function filteredOut(id: string, filter: string | undefined): Outcome | undefined {
  if (filter === undefined || id.includes(filter)) return undefined
  return { status: "not-run", reason: `filtered out: not ${filter}` }
}

/** What went wrong beside the clients: in `open` or in the world that it gave. */
export class WorldFailed extends Error {
  override readonly name = "WorldFailed"
  /** What to do about it, which is not what the clause says. */
  readonly fix: string

  constructor(method: string, problem: string, cause?: unknown) {
    super(`${method}() of the subject ${problem}`, { cause })
    this.fix = `Mend ${method}() of the subject: the fault is there, not in what the clause asks for.`
  }
}

/** An error in words: its code, where it has one. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return show(error)
  try {
    const code = (error as { code?: unknown }).code
    return typeof code === "string" ? `${code}: ${error.message}` : `${error.name}: ${error.message}`
  } catch {
    return "an error that cannot be shown"
  }
}

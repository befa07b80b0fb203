import type { Budgets } from "./checks.ts"

export const DEFAULT_BUDGETS: Budgets = { op: 5_000, eventually: 5_000, never: 100 }

/** A clause may need several operations; this bounds all of them. */
export const CLAUSE_BUDGET_MS = 30_000

/** A promise that resolves after `ms` milliseconds of real time, unless it is cancelled. */
export function timeout(ms: number): { promise: Promise<void>; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const promise = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return { promise, cancel: () => clearTimeout(timer) }
}

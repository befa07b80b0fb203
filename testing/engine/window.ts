/** A time in which what a clause looks at decides something; before or after it both answers are right. */
export interface Window {
  /** What was looked at before was looked at in time; otherwise the clause is tried again with a longer step. */
  close(): void
}

/** How the reason of a clause begins that was not run for want of time. */
export const TOO_SLOW = "machine too slow"

/** Whether a clause was not run for want of time. */
export function isTooSlow({ reason, status }: { readonly reason?: string; readonly status: string }): boolean {
  return status === "not-run" && reason?.startsWith(TOO_SLOW) === true
}

/** The reason of such a clause. */
export function tooSlow(what: string): string {
  return `${TOO_SLOW} (${what}), try --time-scale`
}

/** A clause looked when its window was over: it learned nothing, neither for the subject nor against it. */
export class TooSlow extends Error {
  override readonly name = "TooSlow"

  constructor(tookMs: number, allowedMs: number) {
    super(tooSlow(`steps took ${inWords(tookMs)} ms of ${inWords(allowedMs)}`))
  }
}

/** The clocks of stores count whole milliseconds, so that two of them differ by as much. */
const CLOCK_MARGIN_MS = 2

/** The windows of one try of a clause, on the monotonic clock. */
export class Windows {
  readonly #open = new Map<object, { readonly start: number; readonly allowedMs: number }>()

  open(seconds: number): Window {
    const window = { close: () => this.#close(window) }
    this.#open.set(window, { start: performance.now(), allowedMs: seconds * 1000 })
    return window
  }

  /** The first window that is open and over. */
  get missed(): TooSlow | undefined {
    for (const window of this.#open.values()) {
      const missed = missedBy(window)
      if (missed !== undefined) return missed
    }
    return undefined
  }

  #close(window: object): void {
    const opened = this.#open.get(window)
    const missed = opened && missedBy(opened)
    if (missed !== undefined) throw missed
    this.#open.delete(window)
  }
}

function missedBy({ allowedMs, start }: { start: number; allowedMs: number }): TooSlow | undefined {
  const tookMs = performance.now() - start
  return tookMs + CLOCK_MARGIN_MS < allowedMs ? undefined : new TooSlow(tookMs, allowedMs)
}

export function inWords(ms: number): string {
  return Math.round(ms).toLocaleString("en")
}

/** How long checks wait, in real milliseconds. */
export interface Budgets {
  /** One operation of the subject, as `timeout` counts. */
  readonly op: number
  /** Something that must become true. */
  readonly eventually: number
  /** A quiet period in which something must not become true. */
  readonly never: number
  /** All that a clause does. */
  readonly clause: number
}

const BUDGETS: Budgets = { op: 5_000, eventually: 5_000, never: 100, clause: 30_000 }

/** The budgets for a machine that takes `scale` times as long. */
export function scaledBudgets(scale: number): Budgets {
  const scaled = (ms: number) => Math.ceil(ms * scale)
  const { clause, eventually, never, op } = BUDGETS
  return { op: scaled(op), eventually: scaled(eventually), never: scaled(never), clause: scaled(clause) }
}

export interface TimeLimit {
  /** Resolves when the time is over, unless it is cancelled. */
  readonly promise: Promise<void>
  readonly over: boolean
  cancel(): void
}

/** A limit is counted in at least so many ticks, of at most `LONGEST_TICK_MS`. */
const TICKS = 20
const LONGEST_TICK_MS = 50
/** However often the process is held up, a limit ends after so many times its length. */
const LONGEST = 10

/**
 * A limit of `ms` milliseconds in which the event loop turned. A time in which this process was held up, by its own work
 * or by others on the machine, counts as two ticks at most, since nothing could be answered in it. After ten times as long
 * it is over in any case.
 */
export function timeout(ms: number): TimeLimit {
  const tick = Math.min(ms / TICKS, LONGEST_TICK_MS)
  let left = ms
  let over = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const promise = new Promise<void>((resolve) => {
    let last = performance.now()
    const end = last + ms * LONGEST
    const count = () => {
      const now = performance.now()
      left -= Math.min(now - last, tick * 2)
      last = now
      if (left > 0 && now < end) {
        timer = setTimeout(count, Math.min(tick, left))
        return
      }
      over = true
      resolve()
    }
    timer = setTimeout(count, tick)
  })
  return {
    promise,
    get over() {
      return over
    },
    cancel: () => clearTimeout(timer),
  }
}

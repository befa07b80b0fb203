/** How fast this machine is now, measured at the start of a run. */
export interface Pace {
  /** Milliseconds that a fixed piece of work took; about 37 where nothing else runs. */
  readonly workMs: number
  /** By how many milliseconds a few timers came late, on average. */
  readonly timerLateMs: number
  /** What every time budget is multiplied by: 1 on a quiet machine, and never less. */
  readonly scale: number
}

/** A machine on which nothing else runs. */
export const QUIET_PACE: Pace = { workMs: 37, timerLateMs: 0, scale: 1 }

const ROUNDS = 5
const STEPS_PER_ROUND = 5_000_000
const TIMER_MS = 2

/** What the work takes where budgets are generous enough as they are. */
const USUAL_WORK_MS = 46
/** Timers come so late where budgets are generous enough as they are. */
const USUAL_LATE_MS = 10
const MAX_SCALE = 20
const FRESH_MS = 10_000

/** Measures for about 50 ms how long a fixed piece of work takes, and how late timers come. */
export async function measurePace(): Promise<Pace> {
  let workMs = 0
  let timerLateMs = 0
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    const result = work()
    const worked = performance.now()
    workMs += worked - start
    // The result is handed on, or a bundler would leave the work out.
    await new Promise((resolve) => setTimeout(resolve, TIMER_MS, result))
    timerLateMs += (performance.now() - worked - TIMER_MS) / ROUNDS
  }
  const slowness = Math.max(1, workMs / USUAL_WORK_MS, timerLateMs / USUAL_LATE_MS)
  return { workMs: round(workMs), timerLateMs: round(timerLateMs), scale: round(Math.min(slowness, MAX_SCALE)) }
}

let latest: { readonly at: number; readonly pace: Promise<Pace> } | undefined

/** The pace, measured anew where it was not in the last ten seconds. */
export function currentPace(): Promise<Pace> {
  const now = performance.now()
  if (latest === undefined || now - latest.at > FRESH_MS) latest = { at: now, pace: measurePace() }
  return latest.pace
}

/** `budgets × 1.6: the work took 64 ms, timers came 3 ms late` */
export function describePace({ scale, timerLateMs, workMs }: Pace): string {
  return `budgets × ${scale}: the work took ${Math.round(workMs)} ms, timers came ${Math.round(timerLateMs)} ms late`
}

function work(): number {
  let mixed = 0
  for (let step = 0; step < STEPS_PER_ROUND; step++) mixed = (Math.imul(mixed ^ (mixed >>> 15), step | 1) + step) | 0
  return mixed
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

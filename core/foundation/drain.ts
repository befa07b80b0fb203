import type { ManualClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"

export interface DrainOptions {
  /** Deliveries after which there is taken to be no end. Default 10,000. */
  maxDeliveries?: number | undefined
  /** How long a handler may run without anything happening, in real time. Milliseconds, default 2,000. */
  timeoutMs?: number | undefined
}

/** What is left of the deliveries of a drain. */
export interface DrainBudget {
  readonly maxDeliveries: number
  deliveries: number
  readonly timeoutMs: number
}

/** What tests of an application get of an instance. */
export interface TestInstance {
  /** Takes the place of the instance. */
  readonly instance: object
  /** Resolves when nothing is due and nothing runs. Rejects where that takes more than the budget. */
  settle(budget: DrainBudget): Promise<void>
  /** When the next of what waits for its time is due, in epoch milliseconds; a time in the past for what is due. */
  nextDueAt(): Promise<number | undefined>
}

/** Lets happen what was begun, moving time to each delay, until nothing is left. */
export async function drainAll(
  instances: readonly TestInstance[],
  clock: ManualClock,
  { maxDeliveries = 10_000, timeoutMs = 2000 }: DrainOptions,
): Promise<void> {
  const budget: DrainBudget = { maxDeliveries, deliveries: 0, timeoutMs }
  for (let moves = 0; ; moves++) {
    // One may give work to another.
    for (const instance of instances) await instance.settle(budget)
    const times = await Promise.all(instances.map((instance) => instance.nextDueAt()))
    const due = times.filter((time) => time !== undefined)
    if (due.length === 0) return
    if (moves >= maxDeliveries) throw noEnd(budget)
    await clock.advance(Math.max(0, Math.min(...due) - clock.now()))
  }
}

export function noEnd({ maxDeliveries }: DrainBudget, where = ""): ServiceError {
  const remedy = "a handler may publish, or give its message back, for ever"
  return new ServiceError(
    "LIMIT_EXCEEDED",
    `drain must end within ${maxDeliveries} deliveries; got more${where}: ${remedy}.`,
  )
}

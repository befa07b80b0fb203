import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { TaskError } from "../../../contracts/queue/message.ts"
import type { Schedule, ScheduleInfo, ScheduleOptions } from "../../../contracts/queue/optional-interfaces.ts"
import { isShifted, nextRun } from "../../../core/foundation/schedule/next-run.ts"
import { planMessage, taskErrorOf } from "../../../core/queue/for-adapters.ts"
import { checkSize } from "./publisher.ts"
import {
  advanceScript,
  listSchedulesScript,
  overdueScript,
  setScheduleScript,
  unscheduleScript,
} from "./schedule-scripts.ts"
import { announce, runScript, type Store } from "./store.ts"
import { encodePlan, FIRST_PRIORITY, type TickPlan } from "./stored-message.ts"

/** A tick that came, or is due. */
export interface Tick extends TickPlan {
  readonly id: string
  /** Epoch milliseconds. */
  readonly at: number
}

/** Ticks that were skipped are counted one by one up to here. */
const MOST_COUNTED = 10_000
/** A tick that came and has no next one after so long has lost its worker. */
const FORGOTTEN_MS = 5000
/** Schedules that are looked at in one step. */
const STEP = 500

interface Overdue {
  readonly found: readonly { readonly tick: Tick; readonly isWaiting: boolean }[]
  readonly seen: number
}

/** Messages that come by themselves: each tick that a worker takes makes the next one. */
export class Schedules {
  readonly #store: Store
  /** Schedules whose next tick could not be found, by queue and name. */
  readonly #failing = new Map<string, TaskError>()

  constructor(store: Store) {
    this.#store = store
  }

  /** Why schedules stand still, where some do. */
  get trouble(): string | undefined {
    const [first] = this.#failing
    return first === undefined
      ? undefined
      : `The next tick of the schedule ${first[0]} cannot be found: ${first[1].message}`
  }

  async schedule(
    queue: string,
    name: string,
    schedule: Schedule,
    data: unknown,
    { metadata }: ScheduleOptions = {},
  ): Promise<void> {
    const { clock, definitions, keys, nextId, options } = this.#store
    const json = JSON.stringify(data ?? null)
    checkSize(json, options.maxPayloadBytes)
    const now = Math.floor(clock.now())
    const plain = plainSchedule(schedule)
    const at = firstTick(plain, now)
    if (at === undefined)
      throw new ServiceError("INVALID_ARGUMENT", "A schedule must have a next tick; got one with none.")
    const plan = planMessage({ metadata }, definitions.get(queue))
    const args = [
      name,
      JSON.stringify(plain),
      json,
      encodePlan(plan, { name, schedule: plain }),
      "message",
      String(plan.priority + FIRST_PRIORITY),
      nextId(),
      String(at),
      String(now),
      queue,
    ]
    await runScript(this.#store, queue, setScheduleScript, [keys.queues], ...args)
    this.#failing.delete(place(queue, name))
  }

  async unschedule(queue: string, name: string): Promise<boolean> {
    const now = String(Math.floor(this.#store.clock.now()))
    this.#failing.delete(place(queue, name))
    return (await runScript(this.#store, queue, unscheduleScript, [], name, now)) === 1
  }

  async listSchedules(queue: string): Promise<ScheduleInfo[]> {
    const rows = (await runScript(this.#store, queue, listSchedulesScript, [])) as string[][]
    return rows.map(readInfo).sort((one, other) => Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)))
  }

  /**
   * Makes the tick that comes after one, unless another worker has. What is wrong with it is told, and tried again.
   *
   * @returns Whether the schedule has gone on.
   */
  async follow(queue: string, tick: Tick): Promise<boolean> {
    const { clock, nextId } = this.#store
    const now = Math.floor(clock.now())
    let next: { readonly at: number; readonly skipped: number }
    let shifted = false
    try {
      next = tickAfter(tick.schedule, tick.at, now)
      shifted = wasShifted(tick)
    } catch (error) {
      const known = taskErrorOf(error)
      this.#failing.set(place(queue, tick.name), known)
      announce(this.#store, "queue.schedule.failed", {
        service: this.#store.name,
        queue,
        name: tick.name,
        error: known,
      })
      return false
    }
    const args = [tick.name, tick.id, nextId(), String(next.at), String(now), String(next.skipped), shifted ? "1" : "0"]
    await runScript(this.#store, queue, advanceScript, [], ...args)
    this.#failing.delete(place(queue, tick.name))
    return true
  }

  /** Makes the next ticks of schedules that stand still, since a worker was lost or could not find it. */
  async repair(queue: string): Promise<void> {
    const until = this.#store.clock.now() - FORGOTTEN_MS
    for (let left = 0; ; ) {
      const { found, seen } = await this.#overdue(queue, until, left)
      left += seen
      for (const { isWaiting, tick } of found) {
        if (!isWaiting && (await this.follow(queue, tick))) left--
      }
      if (seen < STEP) return
    }
  }

  /** Ticks that are due are messages, which can be removed: their schedules must have another next tick. */
  async release(queue: string): Promise<void> {
    const until = this.#store.clock.now()
    for (let left = 0; ; ) {
      const { found, seen } = await this.#overdue(queue, until, left)
      left += seen
      for (const { tick } of found) {
        if (await this.follow(queue, tick)) left--
      }
      if (seen < STEP) return
    }
  }

  /** @returns Whether the schedule of this name has gone on. */
  async releaseOne(queue: string, name: string): Promise<boolean> {
    const { found } = await this.#overdue(queue, this.#store.clock.now(), 0, name)
    const [first] = found
    return first !== undefined && (await this.follow(queue, first.tick))
  }

  /** @param left How many of the first have been seen, and are still overdue. */
  async #overdue(queue: string, until: number, left: number, ...only: string[]): Promise<Overdue> {
    const args = [String(Math.floor(until)), String(left), String(STEP), ...only]
    const answer = await runScript(this.#store, queue, overdueScript, [], ...args)
    const [seen, rows] = answer as [number, [string, string, string, string, number][]]
    const found = rows.map(([name, definition, id, at, waits]) => ({
      tick: { name, schedule: JSON.parse(definition) as Schedule, id, at: Number(at) },
      isWaiting: waits === 1,
    }))
    return { found, seen }
  }
}

function place(queue: string, name: string): string {
  return `${name} of the queue ${queue}`
}

/** A member that is undefined is left out. */
function isEvery(schedule: Schedule): schedule is { everyMs: number } {
  return "everyMs" in schedule && schedule.everyMs !== undefined
}

/** With nothing left out, so that the same definition is the same text. */
function plainSchedule(schedule: Schedule): Schedule {
  return isEvery(schedule)
    ? { everyMs: schedule.everyMs }
    : { cron: schedule.cron, timezone: schedule.timezone ?? "UTC" }
}

function firstTick(schedule: Schedule, now: number): number | undefined {
  return isEvery(schedule) ? now : nextRun(schedule.cron, schedule.timezone ?? "UTC", now)
}

/** The first tick after `now`, and how many between it and the one at `at` never come. */
function tickAfter(schedule: Schedule, at: number, now: number): { at: number; skipped: number } {
  if (isEvery(schedule)) {
    const steps = Math.max(1, Math.floor((now - at) / schedule.everyMs) + 1)
    return { at: at + steps * schedule.everyMs, skipped: steps - 1 }
  }
  const zone = schedule.timezone ?? "UTC"
  let next = nextRun(schedule.cron, zone, at)
  let skipped = 0
  while (next !== undefined && next <= now && skipped < MOST_COUNTED) {
    skipped++
    next = nextRun(schedule.cron, zone, next)
  }
  if (next !== undefined && next <= now) next = nextRun(schedule.cron, zone, now)
  if (next === undefined) throw new Error("It has no further tick.")
  return { at: next, skipped }
}

function wasShifted({ at, schedule }: Tick): boolean {
  return !isEvery(schedule) && isShifted(schedule.cron, schedule.timezone ?? "UTC", at)
}

function readInfo([name = "", at, definition = "{}", data = "null", runs, shifted, skipped]: string[]): ScheduleInfo {
  return {
    name,
    ...(JSON.parse(definition) as Schedule as { everyMs: number }),
    data: JSON.parse(data),
    nextRunAt: Number(at),
    runs: Number(runs),
    shifted: Number(shifted),
    skipped: Number(skipped),
  }
}

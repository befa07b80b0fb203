import type { Clock } from "../../../contracts/foundation/clock.ts"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { Schedule, ScheduleInfo, ScheduleOptions } from "../../../contracts/queue/optional-interfaces.ts"
import { isShifted, nextRun } from "../../../core/foundation/schedule/next-run.ts"
import { type Message, READY } from "./message.ts"
import { copyOf, isSamePayload, type Payload } from "./payload.ts"
import { WallTime } from "./wall-time.ts"

/** How long a timer may sleep for a cron time: no timer notices that the wall clock was set, or the machine slept. */
const LOOK_AGAIN_MS = 60_000
/** Ticks that were missed are counted one by one, up to so many at a time. */
const MAX_COUNTED = 10_000

type Metadata = ScheduleOptions["metadata"]

/** What schedules do to their queue. */
export interface TickPublisher {
  publishTick(payload: Payload, metadata: Metadata): Message
  cancelTick(tick: Message): void
  /** The next tick of a schedule could not be found. */
  scheduleFailed(name: string): void
}

interface Entry {
  readonly name: string
  readonly schedule: Schedule
  payload: Payload
  metadata: Metadata
  /** Of the next tick: epoch milliseconds of a cron schedule, else of the monotonic clock. Undefined: not known. */
  nextAt: number | undefined
  /** The tick that became a message last. */
  tick: Message | undefined
  runs: number
  shifted: number
  skipped: number
}

/** The schedules of a queue. A tick is a message from when it is due; while it waits, further ticks are left out. */
export class Schedules {
  readonly #entries = new Map<string, Entry>()
  readonly #clock: Clock
  readonly #wallTime: WallTime
  readonly #publisher: TickPublisher

  constructor(clock: Clock, publisher: TickPublisher) {
    this.#clock = clock
    this.#wallTime = new WallTime(clock)
    this.#publisher = publisher
  }

  get size(): number {
    return this.#entries.size
  }

  set(name: string, schedule: Schedule, payload: Payload, given: Metadata): void {
    const metadata = given && { ...given }
    const earlier = this.#entries.get(name)
    if (earlier !== undefined && isSame(earlier.schedule, schedule)) {
      replaceData(earlier, payload, metadata)
      return
    }
    if (earlier?.tick?.state === READY) this.#publisher.cancelTick(earlier.tick)
    const { runs = 0, shifted = 0, skipped = 0 } = earlier ?? {}
    const entry: Entry = {
      name,
      schedule: { ...schedule },
      payload,
      metadata,
      nextAt: undefined,
      tick: undefined,
      runs,
      shifted,
      skipped,
    }
    entry.nextAt = isCron(schedule) ? this.#nextCron(entry, this.#clock.now()) : this.#clock.monotonic()
    this.#entries.set(name, entry)
  }

  delete(name: string): boolean {
    return this.#entries.delete(name)
  }

  list(): ScheduleInfo[] {
    const entries = [...this.#entries.values()].sort((a, b) => compareCodePoints(a.name, b.name))
    return entries.map(({ name, nextAt, payload, runs, schedule, shifted, skipped }) => {
      const nextRunAt = nextAt === undefined || isCron(schedule) ? nextAt : this.#wallTime.of(nextAt)
      return {
        name,
        ...withoutUndefined(schedule),
        data: copyOf(payload),
        ...(nextRunAt !== undefined && { nextRunAt }),
        runs,
        shifted,
        skipped,
      }
    })
  }

  /** Publishes what is due. @returns When to look again, by the monotonic clock; Infinity where there is no schedule. */
  run(): number {
    const now = this.#clock.monotonic()
    let earliest = Number.POSITIVE_INFINITY
    for (const entry of this.#entries.values()) {
      const { schedule } = entry
      if (isCron(schedule)) earliest = Math.min(earliest, now + this.#runCron(entry, schedule))
      else earliest = Math.min(earliest, this.#runEvery(entry, schedule.everyMs, now))
    }
    return earliest
  }

  #runEvery(entry: Entry, everyMs: number, now: number): number {
    const { nextAt = now } = entry
    if (nextAt > now) return nextAt
    const missed = Math.floor((now - nextAt) / everyMs)
    entry.nextAt = nextAt + (missed + 1) * everyMs
    this.#tick(entry, missed)
    return entry.nextAt
  }

  /** @returns How long to sleep. */
  #runCron(entry: Entry, { cron, timezone = "UTC" }: CronSchedule): number {
    const now = this.#clock.now()
    const at = entry.nextAt ?? this.#nextCron(entry, now)
    if (at !== undefined && at <= now) {
      const { missed, next } = this.#skip(entry, at, now)
      entry.nextAt = next
      if (this.#tick(entry, missed) && isShifted(cron, timezone, at)) entry.shifted++
    } else entry.nextAt = at
    return Math.min(LOOK_AGAIN_MS, Math.max(0, (entry.nextAt ?? Number.POSITIVE_INFINITY) - now))
  }

  /** The first run that is not due after one that is, and how many there are between. */
  #skip(entry: Entry, at: number, now: number): { missed: number; next: number | undefined } {
    let next = this.#nextCron(entry, at)
    let missed = 0
    for (; next !== undefined && next <= now && missed < MAX_COUNTED; missed++) next = this.#nextCron(entry, next)
    return { missed, next: next !== undefined && next <= now ? this.#nextCron(entry, now) : next }
  }

  /** @returns Whether it became a message. */
  #tick(entry: Entry, missed: number): boolean {
    entry.skipped += missed
    if (entry.tick?.state === READY) {
      entry.skipped++
      return false
    }
    entry.runs++
    entry.tick = this.#publisher.publishTick(entry.payload, entry.metadata)
    return true
  }

  #nextCron({ name, schedule }: Entry, after: number): number | undefined {
    const { cron, timezone = "UTC" } = schedule as CronSchedule
    const next = nextRun(cron, timezone, after)
    if (next === undefined) this.#publisher.scheduleFailed(name)
    return next
  }
}

type CronSchedule = Extract<Schedule, { cron: string }>

function isCron(schedule: Schedule): schedule is CronSchedule {
  return "cron" in schedule && schedule.cron !== undefined
}

function isSame(one: Schedule, other: Schedule): boolean {
  if (!isCron(one) || !isCron(other)) return !isCron(one) && !isCron(other) && one.everyMs === other.everyMs
  return one.cron === other.cron && (one.timezone ?? "UTC") === (other.timezone ?? "UTC")
}

/** A tick that nobody has taken yet has the new data. */
function replaceData(entry: Entry, payload: Payload, metadata: Metadata): void {
  entry.metadata = metadata
  if (entry.tick?.state === READY) entry.tick.plan = { ...entry.tick.plan, metadata }
  if (isSamePayload(entry.payload, payload)) return
  entry.payload = payload
  if (entry.tick?.state === READY) entry.tick.payload = payload
}

function withoutUndefined(schedule: Schedule): Pick<ScheduleInfo, "cron" | "timezone" | "everyMs"> {
  if (!isCron(schedule)) return { everyMs: schedule.everyMs }
  const { cron, timezone } = schedule
  return timezone === undefined ? { cron } : { cron, timezone }
}

import type { Schedule, ScheduleInfo, ScheduleOptions } from "../../../contracts/queue/optional-interfaces.ts"
import { referenceNextRun } from "./cron.ts"
import { ReferenceDeliveries } from "./deliveries.ts"
import type { HeldQueue, HeldSchedule } from "./store.ts"

/** The schedules of the reference queue, in small methods that mutants change one of. Their times are epoch milliseconds. */
export abstract class ReferenceSchedules extends ReferenceDeliveries {
  hold(queue: string, name: string, schedule: Schedule, data: unknown, options: ScheduleOptions = {}): void {
    const { schedules } = this.queueOf(queue)
    const known = schedules.get(name)
    const text = this.copyIn(data)
    if (known !== undefined && this.isSame(known.schedule, schedule)) {
      known.data = text
      known.metadata = options.metadata
      return
    }
    const runs = { runs: 0, shifted: 0, skipped: 0 }
    const { metadata } = options
    schedules.set(name, { schedule: { ...schedule }, data: text, metadata, nextAt: this.firstAt(schedule), ...runs })
  }

  isSame(one: Schedule, other: Schedule): boolean {
    return this.definitionOf(one) === this.definitionOf(other)
  }

  definitionOf(schedule: Schedule): string {
    return "cron" in schedule ? `${schedule.cron} ${this.zoneOf(schedule)}` : `every ${schedule.everyMs}`
  }

  zoneOf({ timezone }: { timezone?: string | undefined }): string {
    return timezone ?? "UTC"
  }

  firstAt(schedule: Schedule): number {
    return "cron" in schedule ? this.nextAt(schedule, this.clock.now()) : this.clock.now()
  }

  nextAt(schedule: Schedule, after: number): number {
    if ("everyMs" in schedule) return after + schedule.everyMs
    return referenceNextRun(schedule.cron, this.zoneOf(schedule), after) ?? Number.POSITIVE_INFINITY
  }

  override tick(queue: string): void {
    for (const held of this.queueOf(queue).schedules.values()) {
      if (held.nextAt <= this.clock.now()) this.runTick(queue, held)
    }
  }

  /** While a tick waits for a handler, none is added. */
  runTick(queue: string, held: HeldSchedule): void {
    if (this.isUntaken(queue, held)) held.skipped++
    else {
      held.runs++
      held.latest = this.add(queue, this.copyOut(held.data), this.tickOptionsOf(held))
    }
    held.nextAt = this.nextAfterTick(held)
  }

  tickOptionsOf({ metadata }: HeldSchedule): ScheduleOptions | undefined {
    return metadata && { metadata }
  }

  isUntaken(queue: string, { latest = "" }: HeldSchedule): boolean {
    const message = this.queueOf(queue).messages.get(latest)
    return message !== undefined && message.startedAt === undefined
  }

  nextAfterTick({ nextAt, schedule }: HeldSchedule): number {
    let next = this.nextAt(schedule, nextAt)
    while (next <= this.clock.now()) next = this.nextAt(schedule, next)
    return next
  }

  override nextTickAt({ schedules }: HeldQueue): number {
    const toMonotonic = this.clock.monotonic() - this.clock.now()
    return Math.min(...[...schedules.values()].map(({ nextAt }) => nextAt + toMonotonic))
  }

  infoOf(name: string, { data, nextAt, runs, schedule, shifted, skipped }: HeldSchedule): ScheduleInfo {
    const when =
      "cron" in schedule ? { cron: schedule.cron, timezone: this.zoneOf(schedule) } : { everyMs: schedule.everyMs }
    return { name, ...when, data: this.copyOut(data), nextRunAt: nextAt, runs, shifted, skipped }
  }
}

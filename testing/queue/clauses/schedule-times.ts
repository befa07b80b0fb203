import type { Checks } from "../../engine/checks.ts"
import { clause, listen, type QueueClient, type QueueWorld } from "../clause.ts"
import { nextChange, nextTimeOfDay } from "../zones.ts"

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** What tells the time of the queue. */
async function clockOf(t: Checks, queue: QueueClient): Promise<() => Promise<number>> {
  const seen = await listen(t, queue, "now")
  return async () => {
    const count = seen.messages.length
    await queue.publish("now", 1)
    await seen.reach(count + 1, "a message that tells the time")
    return seen.messages.at(-1)?.timestamp ?? 0
  }
}

/** Makes a schedule, and gives its next tick. */
async function nextRunOf(queue: QueueClient, cron: string, timezone?: string): Promise<number | undefined> {
  await queue.schedule("times", "next", timezone === undefined ? { cron } : { cron, timezone })
  const [info] = await queue.listSchedules("times")
  return info?.nextRunAt
}

/** The next time of a date in UTC that exists. */
function yearly(now: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  const year = new Date(now).getUTCFullYear()
  const times = Array.from({ length: 10 }, (_, index) => Date.UTC(year + index, month - 1, day, hour, minute, second))
  return times.find((at) => at > now && new Date(at).getUTCDate() === day) ?? 0
}

/** The first day from now on that fits, at a time of it in UTC. */
function daily(now: number, fits: (day: Date) => boolean, hour: number, minute: number): number {
  const start = Math.floor(now / DAY_MS) * DAY_MS + hour * 60 * MINUTE_MS + minute * MINUTE_MS
  for (let at = start; ; at += DAY_MS) if (at > now && fits(new Date(at))) return at
}

/** Times of cron in UTC, each as a function of now that knows no cron. */
const TIMES: Readonly<Record<string, (now: number) => number>> = {
  "0 0 1 1 *": (now) => yearly(now, 1, 1),
  "30 4 15 7 *": (now) => yearly(now, 7, 15, 4, 30),
  "0 0 29 2 *": (now) => yearly(now, 2, 29),
  "30 15 6 10 11 *": (now) => yearly(now, 11, 10, 6, 15, 30),
  "15 10 * * 1": (now) => daily(now, (day) => day.getUTCDay() === 1, 10, 15),
  "15 10 * * SUN": (now) => daily(now, (day) => day.getUTCDay() === 0, 10, 15),
  "45 23 * * 1-5": (now) => daily(now, (day) => day.getUTCDay() % 6 !== 0, 23, 45),
  // Of both days either is enough.
  "0 12 13 * 5": (now) => daily(now, (day) => day.getUTCDate() === 13 || day.getUTCDay() === 5, 12, 0),
  "*/5 * * * *": (now) => (Math.floor(now / (5 * MINUTE_MS)) + 1) * 5 * MINUTE_MS,
  "20,50 * * * *": (now) => [20, 50, 80].map((minute) => hourOf(now) + minute * MINUTE_MS).find((at) => at > now) ?? 0,
}

function hourOf(now: number): number {
  return Math.floor(now / (60 * MINUTE_MS)) * 60 * MINUTE_MS
}

/** Northern and southern, with an hour and with half an hour. */
const ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]

/** QUEUE-SCHED: when cron schedules have their ticks. */
export const scheduleTimesClauses = [
  clause("QUEUE-SCHED-02", {
    why: "A report for midnight that comes at another time has other numbers.",
    fix: "Take UTC where no zone is given, whatever zone the machine is in.",
    needs: ["schedules"],
    waits: true,
    async check(t, queue, world) {
      const now = await clockOf(t, queue)
      for (const [cron, expected] of Object.entries(TIMES)) {
        const before = await now()
        const next = await nextRunOf(queue, cron)
        t.ok(
          [before, await now()].some((at) => next === expected(at)),
          wrong(cron, next, expected(before)),
        )
      }
      const seen = await listen(t, queue, "seconds")
      await queue.schedule("seconds", "each", { cron: "* * * * * *" })
      if (world.manualTime) await seen.stay(0, "a tick before its second")
      await world.pass(1)
      await seen.reach(1, "the tick of a second")
      await world.pass(1)
      await seen.reach(2, "the tick of another second")
      await queue.unschedule("seconds", "each")
      if (!world.manualTime) return
      const noon = nextTimeOfDay("UTC", await now(), 12, 0)
      await comesOnce(t, queue, world, { cron: "0 12 * * *", timezone: "UTC" }, noon - (await now()))
    },
  }),
  clause("QUEUE-SCHED-03", {
    why: "Twice a year the report would be missing, or come twice, or an hour off for half a year.",
    fix: "Read local times in the zone: one that does not exist comes later by the gap, one that exists twice comes once.",
    needs: ["schedules"],
    waits: true,
    async check(t, queue, world) {
      const now = await clockOf(t, queue)
      for (const zone of [...ZONES, "Asia/Kolkata", "America/Sao_Paulo"]) {
        const expected = (at: number) => nextTimeOfDay(zone, at, 9, 30)
        const before = await now()
        const next = await nextRunOf(queue, "30 9 * * *", zone)
        t.ok(
          [before, await now()].some((at) => next === expected(at)),
          wrong(`09:30 of ${zone}`, next, expected(before)),
        )
      }
      for (const zone of ZONES) {
        for (const direction of ["forward", "back"] as const) {
          const change = nextChange(zone, await now(), direction)
          if (change === undefined) continue
          const { after, at, before } = change
          // In the middle of what the clocks leave out, or show twice.
          const middle = direction === "forward" ? at + (after - before) / 2 : at - (before - after) / 2
          const noonBefore = noonOf(at - DAY_MS, before)
          const noonAfter = noonOf(at + DAY_MS, after)
          for (const [wanted, offset] of [
            [middle, before],
            [noonBefore, before],
            [noonAfter, after],
          ] as const) {
            const cron = cronOf(wanted + offset)
            const next = await nextRunOf(queue, cron, zone)
            t.ok(next === wanted, wrong(`${cron} of ${zone}, where clocks go ${direction},`, next, wanted))
          }
          const schedule = { cron: cronOf(middle + before), timezone: zone }
          if (world.manualTime) await comesOnce(t, queue, world, schedule, middle - (await now()))
        }
      }
    },
  }),
]

/** Noon of the local day of an instant. */
function noonOf(at: number, offset: number): number {
  return Math.floor((at + offset) / DAY_MS) * DAY_MS + DAY_MS / 2 - offset
}

/** The minute and the day of a local time, in a year. */
function cronOf(local: number): string {
  const date = new Date(local)
  return `${date.getUTCMinutes()} ${date.getUTCHours()} ${date.getUTCDate()} ${date.getUTCMonth() + 1} *`
}

/** A tick comes at its time, not before, and not again an hour later. */
async function comesOnce(
  t: Checks,
  queue: QueueClient,
  world: QueueWorld,
  schedule: { cron: string; timezone: string },
  waitMs: number,
): Promise<void> {
  const what = `the tick of ${schedule.cron} in ${schedule.timezone}`
  const seen = await listen(t, queue, what)
  await queue.schedule(what, "once", schedule)
  await world.pass(waitMs / 1000 - 1)
  await seen.stay(0, `${what} comes early`)
  await world.pass(1)
  await seen.reach(1, what)
  await world.pass((3 * 60 * MINUTE_MS) / 1000)
  await seen.stay(1, `${what} comes again`)
  await queue.unschedule(what, "once")
}

function wrong(what: string, next: number | undefined, wanted: number): string {
  const shown = (at: number | undefined) => (Number.isFinite(at) ? new Date(at ?? 0).toISOString() : String(at))
  return `${what} has its next tick at ${shown(next)}, want ${shown(wanted)}`
}

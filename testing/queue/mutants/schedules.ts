import type { Schedule } from "../../../contracts/queue/optional-interfaces.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"
import type { HeldSchedule } from "../reference/store.ts"

const HOUR_MS = 3_600_000

/** How many clients were made, to tell them apart. */
let clients = 0

export const schedulesMutants = mutants({
  "QUEUE-SCHED-01": {
    "first-tick-after-its-distance": seam.firstAt(
      "A schedule of once a day does nothing on the day it is made.",
      ({ self }, schedule) => self.nextAt(schedule, self.clock.now()),
      "setInterval, and node-schedule: the first run is one distance away",
    ),
    "first-tick-only": seam.nextTickAt(
      "The second tick waits until somebody publishes.",
      () => Number.POSITIVE_INFINITY,
    ),
    "distance-in-seconds": seam.nextAt("Ticks come a thousand times too rarely.", ({ next }, schedule, after) =>
      next("everyMs" in schedule ? { everyMs: schedule.everyMs * 1000 } : schedule, after),
    ),
    "ticks-twice-as-often": seam.nextAfterTick("Ticks come between their times.", ({ next }, held) => {
      const { schedule } = held
      return next("everyMs" in schedule ? { ...held, schedule: { everyMs: schedule.everyMs / 2 } } : held)
    }),
  },
  "QUEUE-SCHED-02": {
    "zone-of-the-machine": seam.zoneOf(
      "Midnight is at another time on each developer's machine.",
      ({ next }, { timezone }) => next({ timezone: timezone ?? "Asia/Kolkata" }),
      "node-cron, cron and BullMQ's cron-parser: without a zone that of the process counts",
    ),
    "both-days-must-fit": seam.nextAt(
      "What is for the 13th and for Fridays comes on few of either.",
      ({ next }, schedule, after) => {
        if ("everyMs" in schedule) return next(schedule, after)
        const [weekday = "*", month = "*", date = "*", ...time] = schedule.cron.split(" ").reverse()
        if (date === "*" || weekday === "*") return next(schedule, after)
        const cron = (...fields: string[]) => ({ ...schedule, cron: [...fields, ...time].reverse().join(" ") })
        let at = next(cron("*", month, date), after)
        while (next(cron(weekday, month, "*"), at - 1) !== at) at = next(cron("*", month, date), at)
        return at
      },
      "quartz and systemd timers: the two fields of days are joined by and",
    ),
    "seconds-left-out": seam.nextAt("What is for each second comes each minute.", ({ next }, schedule, after) => {
      if ("everyMs" in schedule) return next(schedule, after)
      return next({ ...schedule, cron: schedule.cron.split(" ").slice(-5).join(" ") }, after)
    }),
  },
  "QUEUE-SCHED-03": {
    "zone-taken-and-ignored": seam.zoneOf("Everything is in UTC, whatever was said.", () => "UTC"),
    "offset-of-winter": seam.nextAt(
      "From spring to autumn everything is an hour off.",
      ({ next }, schedule, after) =>
        next(
          "cron" in schedule && schedule.timezone === "Europe/Berlin"
            ? { ...schedule, timezone: "Etc/GMT-1" }
            : schedule,
          after,
        ),
      "schedulers that keep the offset of the day on which the schedule was made",
    ),
    "missing-hour-has-no-tick": seam.nextAt(
      "In the night in which clocks go forward the report is missing.",
      ({ next }, schedule, after) => {
        const at = next(schedule, after)
        if ("everyMs" in schedule || schedule.timezone === undefined) return at
        const hour = new Intl.DateTimeFormat("en", { timeZone: schedule.timezone, hourCycle: "h23", hour: "numeric" })
        const wanted = schedule.cron.split(" ").at(-4)
        return wanted === undefined || Number.isNaN(Number(wanted)) || hour.format(at) === wanted.padStart(2, "0")
          ? at
          : next(schedule, at)
      },
      "cron-parser 5.10: ticks are lost where clocks change by half an hour",
    ),
    "second-time-of-two": seam.nextAt(
      "In the night in which clocks go back the report is an hour late.",
      ({ next }, schedule, after) => {
        const at = next(schedule, after)
        if ("everyMs" in schedule || schedule.timezone === undefined) return at
        const local = new Intl.DateTimeFormat("en", {
          timeZone: schedule.timezone,
          dateStyle: "full",
          timeStyle: "short",
        })
        return local.format(at) === local.format(at + HOUR_MS) ? at + HOUR_MS : at
      },
    ),
  },
  "QUEUE-SCHED-04": {
    "tick-without-data": seam.runTick("A tick does not say what it is for.", ({ next }, queue, held) => {
      const { data } = held
      held.data = "null"
      next(queue, held)
      held.data = data
    }),
    "tick-has-one-attempt": seam.maxAttemptsOf(
      "A report that failed for a moment is missing until tomorrow.",
      ({ next, self }, message) => {
        const ticks = [...self.queueOf(message.queue).schedules.values()].map(({ latest }) => latest)
        return ticks.includes(message.id) ? 1 : next(message)
      },
      "node-cron, and Agenda by default: a run that throws is not repeated",
    ),
    "tick-has-an-id-of-its-own-form": seam.add(
      "What keeps ids of messages has no room for those of ticks.",
      ({ next, self }, queue, data, options) => {
        const tick = [...self.queueOf(queue).schedules].find(([, held]) => held.nextAt <= self.clock.now())
        return next(
          queue,
          data,
          tick && options === undefined ? { id: `repeat:${tick[0]}:${tick[1].nextAt}` } : options,
        )
      },
      "BullMQ 6.7: the jobs of a scheduler are called repeat:name:time",
    ),
  },
  "QUEUE-SCHED-05": {
    "old-schedule-goes-on": seam.hold(
      "What was changed runs twice, once as it was.",
      ({ next, self }, queue, name, schedule, data) => {
        const { schedules } = self.queueOf(queue)
        const old = schedules.get(name)
        next(queue, name, schedule, data)
        if (old !== undefined && schedules.get(name) !== old) schedules.set(`${name} ${schedules.size}`, old)
      },
      "BullMQ before its job schedulers: a repeatable job was found by its options",
    ),
    "new-data-dropped": seam.hold(
      "Ticks go on with what the schedule was given first.",
      ({ next, self }, queue, name, schedule, data) => {
        const old = self.queueOf(queue).schedules.get(name)
        next(
          queue,
          name,
          schedule,
          old === undefined || !self.isSame(old.schedule, schedule) ? data : self.copyOut(old.data),
        )
      },
    ),
    "first-schedule-stays": seam.hold(
      "A schedule that was changed in the code stays as it was.",
      ({ next, self }, queue, name, schedule, data) => {
        const old = self.queueOf(queue).schedules.get(name)
        next(queue, name, old?.schedule ?? schedule, data)
      },
    ),
  },
  "QUEUE-SCHED-06": {
    "deployment-makes-a-tick": seam.isSame(
      "Each start of a program runs all that it has scheduled.",
      () => false,
      "BullMQ 6.7: upsertJobScheduler with every makes a tick at once, each time",
    ),
    "deployment-loses-a-tick": seam.hold(
      "What was due while the program was stopped never runs.",
      ({ next, self }, queue, name, schedule, data) => {
        const { messages, schedules } = self.queueOf(queue)
        const due = messages.get(schedules.get(name)?.latest ?? "")
        if (due?.state === "waiting") messages.delete(due.id)
        next(queue, name, schedule, data)
      },
      "BullMQ 6.7: upsertJobScheduler removes the tick that is due and computes the next one from now",
    ),
    "deployment-begins-anew": seam.hold(
      "A program that is started each half-hour never does what is for each hour.",
      ({ next, self }, queue, name, schedule, data) => {
        const { schedules } = self.queueOf(queue)
        const known = schedules.has(name)
        next(queue, name, schedule, data)
        const held = schedules.get(name)
        if (known && held !== undefined) held.nextAt = self.nextAt(schedule, self.clock.now())
      },
      "setInterval in each process: its time begins with the process",
    ),
  },
  "QUEUE-SCHED-07": {
    "ticks-pile-up": seam.isUntaken(
      "A night without a worker is followed by all its ticks at once.",
      () => false,
      "cron that publishes into a queue: while nobody works, it is filled",
    ),
    "missed-ticks-are-dropped": seam.runTick(
      "What was due while nobody worked waits for its next time.",
      ({ next, self }, queue, held) => {
        if (self.queueOf(queue).subscriptions.length > 0) next(queue, held)
        else held.nextAt = self.nextAfterTick(held)
      },
      "node-cron and cron: a time that has passed is not looked at again",
    ),
  },
  "QUEUE-SCHED-08": {
    "ended-schedule-goes-on": seam.unschedule(
      "What was switched off runs on.",
      async ({ self }, queue, name) => {
        self.checkScheduleName(queue, name)
        const { schedules } = self.queueOf(queue)
        const held = schedules.get(name)
        schedules.delete(name)
        if (held !== undefined && "everyMs" in held.schedule) {
          const timer = () => {
            self.add(queue, self.copyOut(held.data))
            self.clock.setTimeout(timer, (held.schedule as { everyMs: number }).everyMs)
          }
          self.clock.setTimeout(timer, held.schedule.everyMs)
        }
        return self.reply(held !== undefined)
      },
      "Bull before 4: removeRepeatable left the delayed job of the next tick",
    ),
    "unschedule-always-true": seam.unschedule(
      "A name with a typing error looks switched off.",
      async ({ next }, ...args) => {
        await next(...args)
        return true
      },
    ),
  },
  "QUEUE-SCHED-09": {
    "schedules-in-order-of-making": seam.listSchedules(
      "Two looks at the same schedules differ.",
      async ({ next, self }, queue) => {
        const infos = await next(queue)
        return [...self.queueOf(queue).schedules.keys()].flatMap((name) => infos.filter((info) => info.name === name))
      },
      "BullMQ 6.7: getJobSchedulers sorts by the next tick",
    ),
    "names-sorted-by-utf16": seam.listSchedules("Names outside the BMP come too early.", async ({ next }, queue) =>
      (await next(queue)).sort((one, other) => (one.name < other.name ? -1 : 1)),
    ),
    "zone-not-told": seam.infoOf("An administrator takes local times for UTC.", ({ next }, name, held) => {
      const { timezone: _, ...info } = next(name, held)
      return info
    }),
    "ticks-not-counted": seam.infoOf("Nobody sees that a schedule never ran.", ({ next }, name, held) => ({
      ...next(name, held),
      runs: 0,
    })),
  },
  "QUEUE-SCHED-10": {
    "next-tick-is-counted": seam.getQueueSize(
      "A queue with a schedule never looks empty.",
      async ({ next, self }, queue) => {
        const size = await next(queue)
        return size + self.queueOf(queue).schedules.size
      },
      "BullMQ 6.7: the next tick of a scheduler is a delayed job, which getDelayedCount counts",
    ),
    "purge-ends-schedules": seam.purge(
      "Removing old work switches off what runs every night.",
      async ({ next, self }, queue) => {
        self.queueOf(queue).schedules.clear()
        return next(queue)
      },
      "BullMQ 6.7: obliterate, and drain with delayed jobs, end schedulers",
    ),
  },
  "QUEUE-SCHED-11": {
    "tick-from-each-client": subclass(
      "Ten processes send ten reports.",
      class extends ReferenceQueue {
        readonly #number = ++clients
        override hold(queue: string, name: string, schedule: Schedule, data: unknown): void {
          super.hold(queue, name, schedule, data)
          const { schedules } = this.queueOf(queue)
          const held = schedules.get(name)
          if (held !== undefined) schedules.set(`${name} of client ${this.#number}`, { ...held })
          schedules.delete(name)
        }
        override infoOf(name: string, held: HeldSchedule) {
          return super.infoOf(name.split(" of client ")[0] ?? name, held)
        }
      },
      "node-cron and setInterval in each process",
    ),
    "tick-to-each-client": seam.runTick(
      "Each process that listens does the work of the tick.",
      ({ next, self }, queue, held) => {
        next(queue, held)
        const others = self.queueOf(queue).subscriptions.length - 1
        for (let number = 0; number < others; number++) self.add(queue, self.copyOut(held.data))
      },
    ),
  },
  "QUEUE-SCHED-12": {
    "any-count-of-fields": seam.scheduleIssue(
      "Four fields are read as five, with another meaning.",
      ({ next }, schedule) => {
        if (!("cron" in schedule) || typeof schedule.cron !== "string") return next(schedule)
        const fields = schedule.cron.split(" ").filter((field) => field !== "")
        return next({ ...schedule, cron: [...fields, "*", "*", "*", "*"].slice(0, 5).join(" ") })
      },
      "cron-parser 5.10: takes fewer fields than five and fills them up",
    ),
    "names-with-at": seam.scheduleIssue(
      "@daily works with one adapter, and another one refuses it.",
      ({ next }, schedule) => ("cron" in schedule && schedule.cron === "@daily" ? undefined : next(schedule)),
      "cron-parser 5.10 and croner: take @daily and its like",
    ),
    "hash-for-a-time": seam.scheduleIssue(
      "H is another time whenever it is read.",
      ({ next }, schedule) =>
        next(
          "cron" in schedule && typeof schedule.cron === "string"
            ? { ...schedule, cron: schedule.cron.replace("H ", "0 ") }
            : schedule,
        ),
      "cron-parser 5.10: H is drawn anew at each parse",
    ),
    "schedule-that-never-comes": seam.scheduleIssue(
      "A schedule for the 31st of February is taken and never runs.",
      ({ next }, schedule) => {
        const issue = next(schedule)
        return issue?.includes("a time that comes") ? undefined : issue
      },
      "BullMQ 6.7: a schedule without a next run resolves undefined and stores nothing",
    ),
    "unknown-zone-is-utc": seam.scheduleIssue("A zone with a typing error is taken for UTC.", ({ next }, schedule) =>
      next("cron" in schedule ? { cron: schedule.cron } : schedule),
    ),
  },
  "QUEUE-SCHED-13": {
    "distance-of-text": seam.scheduleIssue(
      "A number from a configuration file is added as text.",
      ({ next }, schedule) =>
        next(
          "everyMs" in schedule && typeof schedule.everyMs === "string"
            ? { everyMs: Number(schedule.everyMs) }
            : schedule,
        ),
    ),
    "distance-with-a-fraction": seam.scheduleIssue(
      "The times of ticks are no whole milliseconds.",
      ({ next }, schedule) =>
        next("everyMs" in schedule && schedule.everyMs > 0 ? { everyMs: Math.ceil(schedule.everyMs) } : schedule),
    ),
    "distance-without-end": seam.scheduleIssue(
      "A schedule whose distance could not be computed is taken, and comes once.",
      ({ next }, schedule) =>
        next("everyMs" in schedule && schedule.everyMs === Number.POSITIVE_INFINITY ? { everyMs: 1 } : schedule),
    ),
  },
  "QUEUE-SCHED-14": {
    "names-of-all-queues-in-one": seam.hold(
      "Two teams that call their schedules daily have one.",
      ({ next, self }, queue, name, schedule, data) => {
        for (const held of self.store.queues.values()) if (held !== self.queueOf(queue)) held.schedules.delete(name)
        next(queue, name, schedule, data)
      },
      "Agenda and node-schedule: jobs have one space of names",
    ),
    "unschedule-in-every-queue": seam.unschedule(
      "Switching off one team's schedule switches off another's.",
      async ({ next, self }, queue, name) => {
        const ended = await next(queue, name)
        for (const held of self.store.queues.values()) held.schedules.delete(name)
        return ended
      },
    ),
  },
  "QUEUE-SCHED-15": {
    "changed-distance-waits": seam.hold(
      "A schedule that was shortened seems not to work.",
      ({ next, self }, queue, name, schedule, data) => {
        const { schedules } = self.queueOf(queue)
        const known = schedules.get(name)
        next(queue, name, schedule, data)
        const held = schedules.get(name)
        if (known === undefined || held === undefined || held === known || !("everyMs" in known.schedule)) return
        held.nextAt = self.nextAt(schedule, self.clock.now())
      },
    ),
    "changed-distance-keeps-its-tick": seam.hold(
      "A schedule of once a day that was changed to once an hour does nothing until tomorrow.",
      ({ next, self }, queue, name, schedule, data) => {
        const { schedules } = self.queueOf(queue)
        const known = schedules.get(name)
        next(queue, name, schedule, data)
        const held = schedules.get(name)
        if (known !== undefined && held !== undefined && "everyMs" in schedule) held.nextAt = known.nextAt
      },
      "a row in a table of schedules whose next time is computed after each run only",
    ),
  },
  "QUEUE-SCHED-16": {
    "ticks-without-metadata": seam.tickOptionsOf(
      "What a tick does belongs to no trace, and nobody knows who asked.",
      () => undefined,
    ),
  },
})

import { isMessageId } from "../../../contracts/queue/arguments.ts"
import type { Schedule } from "../../../contracts/queue/optional-interfaces.ts"
import { clause, listen, type QueueClient, type QueueWorld } from "../clause.ts"

/** Nobody waits for its second tick. */
const HOURLY = { everyMs: 3_600_000 } as const
const YEARLY = { cron: "0 0 1 1 *" } as const

/** A distance of ticks that is short to wait for. */
function shortly(world: QueueWorld): { everyMs: number } {
  return { everyMs: Math.ceil(world.step * 1000) }
}

async function namesOf(queue: QueueClient, name: string): Promise<string[]> {
  return (await queue.listSchedules(name)).map((info) => info.name)
}

/** QUEUE-SCHED: schedules, and their ticks. Those of cron are in `schedule-times.ts`. */
export const schedulesClauses = [
  clause("QUEUE-SCHED-01", {
    why: "Who says every hour does not want to wait an hour to see that it works.",
    fix: "Make the first tick due now, and each other one everyMs after the one before.",
    needs: ["schedules"],
    waits: true,
    async check(t, queue, world) {
      const rare = await listen(t, queue, "rare")
      await queue.schedule("rare", "tick", HOURLY)
      await rare.reach(1, "the first tick of a schedule that has one an hour")
      const schedule = shortly(world)
      const seen = await listen(t, queue, "often")
      const first = world.window(world.step)
      await queue.schedule("often", "tick", schedule)
      await seen.reach(1, "the first tick")
      await world.pass(world.step * 0.4)
      t.equal(seen.messages.length, 1, "ticks before its distance has passed")
      first.close()
      await world.pass(world.step * 0.6)
      await seen.reach(2, "the second tick, after its distance")
      if (world.manualTime) {
        await world.pass(world.step * 0.9)
        await seen.stay(2, "a third tick before its distance had passed")
        await world.pass(world.step * 0.1)
      }
      await seen.reach(3, "the third tick, after its distance")
      await rare.stay(1, "a second tick within an hour")
    },
  }),
  clause("QUEUE-SCHED-04", {
    why: "The work of a tick fails like any other work, and must be done all the same.",
    fix: "Publish each tick with the data of its schedule, as publish does.",
    needs: ["schedules"],
    waits: true,
    async check(t, queue, world) {
      const seen = await listen(t, queue, "reports", (message, context) => {
        if (message.attempts === 1) throw new Error("failed")
        context.dead("no use")
      })
      await queue.schedule("reports", "hourly", HOURLY, { of: "sales" })
      await seen.reach(1, "the tick")
      await world.pass(1)
      await seen.reach(2, "the second attempt of the tick")
      const [first, second] = seen.messages
      t.equal([first?.data, first?.attempts], [{ of: "sales" }, 1], "data and attempts of the tick")
      t.equal([second?.data, second?.attempts, second?.id], [{ of: "sales" }, 2, first?.id], "its second attempt")
      t.ok(isMessageId(first?.id ?? ""), `the id of the tick is ${first?.id}`)
      const nothing = await listen(t, queue, "nothing")
      await queue.schedule("nothing", "hourly", HOURLY)
      await nothing.reach(1, "a tick without data")
      t.equal(nothing.data, [null], "the data of a tick without data")
      if (!world.capabilities.deadLetters) return
      const listed = async () => (await queue.listFailed("reports")).items.some(({ id }) => id === first?.id)
      await t.eventually(listed, "a tick that died is listed")
    },
  }),
  clause("QUEUE-SCHED-05", {
    why: "A schedule that was changed in the code goes on as it was, beside the new one.",
    fix: "Keep one schedule by name, and put the new one in its place.",
    needs: ["schedules"],
    waits: true,
    async check(t, queue, world) {
      const seen = await listen(t, queue, "reports")
      await queue.schedule("reports", "sales", shortly(world), "old")
      await seen.reach(1, "the first tick")
      await queue.schedule("reports", "sales", shortly(world), "new")
      await world.pass(world.step)
      await t.eventually(() => seen.data.at(-1) === "new", "a tick with the data that the schedule was given last")
      await queue.schedule("reports", "sales", YEARLY, "rare")
      const listed = (await queue.listSchedules("reports")).map(({ cron, data, everyMs, name }) => ({
        name,
        cron,
        everyMs,
        data,
      }))
      t.equal(listed, [{ name: "sales", cron: YEARLY.cron, everyMs: undefined, data: "rare" }], "all schedules")
      await world.pass(world.step)
      await world.pass(world.step * 0.5)
      const count = seen.messages.length
      await world.pass(world.step * 2)
      await seen.stay(count, "the schedule that was replaced has another tick")
    },
  }),
  clause("QUEUE-SCHED-06", {
    why: "Programs call it each time they start: a deployment must not lose a tick, nor make one.",
    fix: "Compare with what is there first, and write nothing where it is the same.",
    needs: ["schedules"],
    waits: true,
    async check(t, queue, world) {
      await queue.schedule("reports", "sales", HOURLY, { of: "sales" })
      await world.pass(world.step)
      await queue.schedule("reports", "sales", { ...HOURLY }, { of: "sales" })
      await world.pass(world.step)
      const seen = await listen(t, queue, "reports")
      await seen.reach(1, "the tick that was due before schedule was called again")
      await queue.schedule("reports", "sales", { ...HOURLY }, { of: "sales" })
      await seen.stay(1, "a second tick within the hour, after schedule was called again")
      const next = async () => (await queue.listSchedules("reports"))[0]?.nextRunAt
      const before = await next()
      await world.pass(world.step)
      await queue.schedule("reports", "sales", { ...HOURLY }, { of: "sales" })
      t.equal(await next(), before, "nextRunAt after schedule was called again")
    },
  }),
  clause("QUEUE-SCHED-07", {
    why: "A night without a worker must not be followed by a thousand reports in the morning.",
    fix: "While a tick waits for a handler, add no other.",
    needs: ["schedules"],
    waits: true,
    async check(t, queue, world) {
      await queue.schedule("rare", "tick", HOURLY)
      await queue.schedule("often", "tick", shortly(world))
      await world.pass(world.step * 5.5)
      const rare = await listen(t, queue, "rare")
      await rare.reach(1, "a tick that nobody was there to take")
      const window = world.window(world.step)
      const often = await listen(t, queue, "often")
      await often.reach(1, "the ticks that nobody was there to take")
      // Where time is real the next one may come as well.
      const most = world.manualTime ? 1 : 2
      await often.stay(most, "ticks that nobody was there to take come one by one")
      window.close()
      await world.pass(world.step)
      await often.reach(2, "the tick after those")
    },
  }),
  clause("QUEUE-SCHED-08", {
    why: "What was switched off must not run any more.",
    fix: "Remove the schedule with its next tick in one step, and say whether it was there.",
    needs: ["schedules"],
    waits: true,
    async check(t, queue, world) {
      const seen = await listen(t, queue, "reports")
      await queue.schedule("reports", "sales", shortly(world), "sales")
      await queue.schedule("reports", "stays", YEARLY)
      await seen.reach(1, "the first tick")
      t.equal(await queue.unschedule("reports", "other"), false, "of a name that has no schedule")
      t.equal(await queue.unschedule("other", "sales"), false, "of another queue")
      t.equal(await queue.unschedule("reports", "sales"), true, "of a schedule")
      t.equal(await queue.unschedule("reports", "sales"), false, "of a schedule that was ended")
      t.equal(await namesOf(queue, "reports"), ["stays"], "the schedules that are left")
      await world.pass(world.step * 0.5)
      const count = seen.messages.length
      await world.pass(world.step * 2)
      await seen.stay(count, "a tick after the end of its schedule")
    },
  }),
  clause("QUEUE-SCHED-09", {
    why: "An administrator looks at what will run, and at what is missing.",
    fix: "List what schedule was given, with the next tick, sorted by code points.",
    needs: ["schedules"],
    async check(t, queue) {
      t.equal(await queue.listSchedules("unused"), [], "of a queue without schedules")
      const names = ["é", "B", "\u{1f4e6}", "a", "\uffee", "a b", "__proto__"]
      for (const name of names) await queue.schedule("reports", name, YEARLY, { name })
      await queue.schedule("reports", "every", HOURLY)
      await queue.schedule("reports", "zone", { cron: "30 6 * * 1", timezone: "Europe/Berlin" }, [1])
      await queue.schedule("other", "apart", YEARLY)
      const infos = await queue.listSchedules("reports")
      const sorted = ["B", "__proto__", "a", "a b", "every", "zone", "é", "\uffee", "\u{1f4e6}"]
      t.equal(
        infos.map(({ name }) => name),
        sorted,
        "names",
      )
      const of = (name: string) => infos.find((info) => info.name === name)
      t.equal(
        [of("B")?.cron, of("B")?.everyMs, of("B")?.data],
        [YEARLY.cron, undefined, { name: "B" }],
        "a cron schedule",
      )
      t.ok(
        ["UTC", undefined].includes(of("B")?.timezone),
        `the time zone of a schedule without one is ${of("B")?.timezone}`,
      )
      t.equal(
        [of("every")?.everyMs, of("every")?.cron, of("every")?.data],
        [HOURLY.everyMs, undefined, null],
        "an everyMs schedule",
      )
      t.equal(
        [of("zone")?.cron, of("zone")?.timezone, of("zone")?.data],
        ["30 6 * * 1", "Europe/Berlin", [1]],
        "a time zone",
      )
      for (const { name, nextRunAt, runs, shifted, skipped } of infos) {
        t.ok(Number.isFinite(nextRunAt), `nextRunAt of ${name}`)
        if (name !== "every") t.equal([runs, shifted, skipped], [0, 0, 0], `ticks of ${name}`)
      }
      const seen = await listen(t, queue, "reports")
      await seen.reach(1, "the first tick")
      const runs = async () => (await queue.listSchedules("reports")).find(({ name }) => name === "every")?.runs
      await t.eventually(async () => (await runs()) === 1, "runs after the first tick is 1")
    },
  }),
  clause("QUEUE-SCHED-10", {
    why: "A purge of old work must not switch off what runs every night.",
    fix: "Keep the next tick apart from messages until it is due.",
    needs: ["schedules"],
    methods: ["getQueueSize", "purge"],
    waits: true,
    async check(t, queue, world) {
      const { management } = world.capabilities
      await queue.schedule("reports", "yearly", YEARLY)
      t.equal(await queue.getQueueSize("reports"), 0, "getQueueSize beside a schedule")
      const seen = await listen(t, queue, "reports")
      await queue.schedule("reports", "often", shortly(world))
      await seen.end(1, "the first tick")
      const guard = world.window(world.step)
      t.equal(await queue.getQueueSize("reports"), 0, "getQueueSize between two ticks")
      if (management) {
        const stats = () => queue.getQueueStats("reports")
        await t.eventually(async () => (await stats()).active === 0, "the first tick is done")
        const { delayed, waiting } = await stats()
        t.equal([waiting, delayed], [0, 0], "waiting and delayed between two ticks")
      }
      guard.close()
      t.equal(await queue.purge("reports"), 0, "purge beside schedules")
      t.equal(await namesOf(queue, "reports"), ["often", "yearly"], "schedules after a purge")
      await world.pass(world.step)
      await seen.reach(2, "a tick after the purge")
    },
  }),
  clause("QUEUE-SCHED-11", {
    why: "Every process of a program makes its schedules: ten processes must not send ten reports.",
    fix: "Let the store make each tick, in one step, under the name of its schedule.",
    needs: ["schedules", "shared"],
    waits: true,
    async check(t, queue, world) {
      const clients = [queue, await world.connect(), await world.connect()]
      const rare = await listen(t, queue, "rare")
      const often = await listen(t, queue, "often")
      for (const client of clients.slice(1)) {
        await client.subscribe("rare", rare.handler)
        await client.subscribe("often", often.handler)
      }
      const guard = world.window(world.step)
      await Promise.all(
        clients.flatMap((client) => [
          client.schedule("rare", "tick", HOURLY),
          client.schedule("often", "tick", shortly(world)),
        ]),
      )
      await often.reach(1, "the first tick")
      await rare.reach(1, "the first tick of the hour")
      await rare.stay(1, "a tick comes more than once")
      t.equal(often.messages.length, 1, "first ticks of a schedule that three clients made")
      guard.close()
      await world.pass(world.step)
      await often.reach(2, "the second tick")
      if (world.manualTime) await often.stay(2, "the second tick comes more than once")
      t.equal(await namesOf(queue, "often"), ["tick"], "schedules")
    },
  }),
  clause("QUEUE-SCHED-12", {
    why: "A schedule that means something else than its author thinks, or nothing, is found out at night.",
    fix: "Count and read the fields yourself, and look for a next time before anything is stored.",
    needs: ["schedules"],
    async check(t, queue) {
      const refused: Record<string, Schedule> = {
        "no fields": { cron: "" },
        "three fields": { cron: "0 0 *" },
        "four fields": { cron: "0 0 1 *" },
        "seven fields": { cron: "0 0 0 1 1 * 2030" },
        "a name with @": { cron: "@daily" },
        "another name with @": { cron: "@every 5m" },
        H: { cron: "H * * * *" },
        "H in a range": { cron: "H(0-29) * * * *" },
        "a minute of 60": { cron: "60 * * * *" },
        "a month of 13": { cron: "0 0 1 13 *" },
        words: { cron: "every day at noon" },
        "a day that never comes": { cron: "0 0 31 2 *" },
        "another day that never comes": { cron: "0 0 31 4,6,9,11 *" },
        "a number": { cron: 5 as unknown as string },
        "a time zone that does not exist": { cron: "0 0 * * *", timezone: "Mars/Olympus" },
        "an empty time zone": { cron: "0 0 * * *", timezone: "" },
      }
      for (const [what, schedule] of Object.entries(refused)) {
        await t.rejects(() => queue.schedule("reports", what, schedule), "INVALID_ARGUMENT", what)
      }
      t.equal(await queue.listSchedules("reports"), [], "schedules that were refused")
      for (const cron of ["0 0 29 2 *", "0 0 31 2 1", "*/15 0-6,22 * * MON-FRI", "0 0 0 1 1 *"]) {
        const { error } = await t.outcome(() => queue.schedule("reports", cron, { cron }), cron)
        t.equal(error, undefined, cron)
      }
    },
  }),
  clause("QUEUE-SCHED-13", {
    why: "A distance of nothing never ends, and one of text is added as text.",
    fix: "Refuse everyMs that is no whole number from 1 on before anything is stored.",
    needs: ["schedules"],
    async check(t, queue) {
      for (const everyMs of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "1000", null, undefined]) {
        const schedule = { everyMs } as { everyMs: number }
        await t.rejects(() => queue.schedule("reports", "bad", schedule), "INVALID_ARGUMENT", `everyMs of ${everyMs}`)
      }
      t.equal(await queue.listSchedules("reports"), [], "schedules that were refused")
    },
  }),
  clause("QUEUE-SCHED-14", {
    why: "Two teams call their schedules daily.",
    fix: "Keep schedules under the name of their queue and their own.",
    needs: ["schedules"],
    async check(t, queue) {
      const one = await listen(t, queue, "one")
      const other = await listen(t, queue, "other")
      await queue.schedule("one", "daily", HOURLY, 1)
      await queue.schedule("other", "daily", HOURLY, 2)
      await one.reach(1, "the tick of one queue")
      await other.reach(1, "the tick of the other queue")
      t.equal([one.data, other.data], [[1], [2]], "data of both")
      const data = async (name: string) => (await queue.listSchedules(name)).map((info) => info.data)
      t.equal([await data("one"), await data("other")], [[1], [2]], "listed data of both")
      await queue.unschedule("one", "daily")
      t.equal([await data("one"), await data("other")], [[], [2]], "after unschedule of one")
    },
  }),
  clause("QUEUE-SCHED-15", {
    why: "Who shortens a distance wants to see it at work, as when it was made.",
    fix: "Make the first tick of a changed distance due now.",
    needs: ["schedules"],
    async check(t, queue) {
      const seen = await listen(t, queue, "reports")
      await queue.schedule("reports", "sales", HOURLY)
      await seen.reach(1, "the first tick")
      await queue.schedule("reports", "sales", { everyMs: HOURLY.everyMs * 2 })
      await seen.reach(2, "the first tick of the changed distance")
      await queue.schedule("reports", "sales", { everyMs: HOURLY.everyMs / 2 })
      await seen.reach(3, "the first tick of the distance that was changed again")
      await seen.stay(3, "more than one tick for a change")
    },
  }),
  clause("QUEUE-SCHED-16", {
    why: "A trace context goes along with messages as metadata, and so it must with those that come by themselves.",
    fix: "Keep the metadata with the schedule, and give it to each tick.",
    needs: ["schedules"],
    waits: true,
    async check(t, queue, world) {
      const schedule = shortly(world)
      const seen = await listen(t, queue, "reports")
      const guard = world.window(world.step)
      await queue.schedule("reports", "sales", schedule, 1, { metadata: { trace: "1" } })
      await seen.end(1, "the first tick")
      await queue.schedule("reports", "sales", schedule, 1, { metadata: { trace: "2" } })
      guard.close()
      await world.pass(world.step)
      await seen.reach(2, "the second tick")
      const told = seen.messages.map(({ metadata }) => metadata)
      t.equal(told.slice(0, 2), [{ trace: "1" }, { trace: "2" }], "metadata of two ticks")
    },
  }),
]

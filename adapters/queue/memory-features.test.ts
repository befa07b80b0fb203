import { AsyncLocalStorage } from "node:async_hooks"
import { describe, expect, it } from "vitest"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { createMemoryQueue } from "./memory.ts"
import { openQueue } from "./open-queue.fixture.ts"
import { gate, recorder } from "./recorder.fixture.ts"

const fail = () => {
  throw new Error("no")
}
const once = { maxAttempts: 1 }

describe("memory queue: dead letters", () => {
  it("lists the dead in pages, also while some are replayed", async () => {
    const { clock, queue } = openQueue()
    await queue.subscribe("q", fail, { concurrency: 10 })
    const ids = await queue.publishMany(
      "q",
      Array.from({ length: 7 }, (_, data) => ({ data, options: once })),
    )
    await clock.advance(0)
    await queue.unsubscribe("q")
    const listed = async (cursor?: string) => {
      const page = await queue.listFailed("q", { limit: 3, cursor })
      return [page.items.map(({ data }) => data), page.cursor] as const
    }
    const [first, cursor] = await listed()
    expect([first, (await listed(cursor))[0]]).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
    for (const index of [2, 3]) await queue.replay("q", ids[index] as string)
    const [second, next] = await listed(cursor)
    expect([second, next]).toEqual([[4, 5, 6], undefined])
    await expect(queue.listFailed("q", { cursor: "odd" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
  })

  it("replays with all attempts and the priority, and purges", async () => {
    const { clock, queue } = openQueue()
    const id = await queue.publish("q", "bad", { maxAttempts: 1, priority: 0 })
    await queue.subscribe("q", fail)
    await clock.advance(0)
    await queue.unsubscribe("q")
    await queue.publish("q", "other", { priority: 1 })
    await queue.replay("q", id)
    await expect(queue.replay("q", id)).rejects.toMatchObject({ code: "NOT_FOUND", operation: "replay" })
    expect(await queue.getTask("q", id)).toMatchObject({ status: "queued", attempts: 0, failures: [], priority: 0 })
    const { data, handler, messages } = recorder()
    await queue.subscribe("q", (message) => {
      handler(message)
      fail()
    })
    await clock.advance(100_000)
    expect([data()[0], messages[0]?.attempts, data().length]).toEqual(["bad", 1, 4])
    expect((await queue.listFailed("q")).items.map(({ data }) => data)).toEqual(["bad", "other"])
    expect([await queue.replayAll("q"), await queue.purgeFailed("q")]).toEqual([2, 0])
    await clock.advance(100_000)
    expect([await queue.purgeFailed("q"), await queue.purgeFailed("q")]).toEqual([2, 0])
    expect(await queue.getTask("q", id)).toBeUndefined()
  })

  it("puts a copy into the dead letter queue", async () => {
    const { clock, queue } = openQueue()
    await queue.defineQueue({ name: "q", deadLetterQueue: "graves" })
    await queue.subscribe("q", fail)
    const id = await queue.publish("q", { a: 1 }, { ...once, type: "mail", metadata: { trace: "1" } })
    const { handler, messages } = recorder()
    await queue.subscribe("graves", handler)
    await clock.advance(0)
    await clock.advance(0)
    const metadata = { trace: "1", deadLetterOf: id }
    expect(messages).toMatchObject([{ queue: "graves", data: { a: 1 }, type: "mail", attempts: 1, metadata }])
  })
})

describe("memory queue: rate limit and groups", () => {
  it("starts so many in a window that opens with its first start", async () => {
    const { clock, queue } = openQueue()
    const starts: number[] = []
    await queue.subscribe("q", () => void starts.push(clock.monotonic()), {
      rateLimit: { max: 2, durationMs: 100 },
      concurrency: 9,
    })
    await clock.advance(50)
    await queue.publishMany(
      "q",
      Array.from({ length: 5 }, (_, data) => ({ data })),
    )
    await clock.advance(1000)
    expect(starts).toEqual([50, 50, 150, 150, 250])
  })

  it("has other numbers for a later subscription, which begins when the earlier one has ended", async () => {
    const { clock, queue } = openQueue()
    const { handler, open: letGo } = gate()
    await queue.subscribe("q", handler, { rateLimit: { max: 2, durationMs: 100 } })
    await queue.publish("q", 1)
    await clock.advance(0)
    const ended = queue.unsubscribe("q")
    const rateLimit = { max: 3, durationMs: 100 }
    await expect(queue.subscribe("q", handler, { rateLimit })).rejects.toMatchObject({ code: "ALREADY_EXISTS" })
    letGo()
    await ended
    await queue.subscribe("q", handler, { rateLimit })
  })

  it("runs one of a group at a time, and lets groups take turns", async () => {
    const { clock, queue } = openQueue()
    const { data, handler } = recorder()
    for (const one of ["a1", "a2", "a3", "b1", "b2"]) await queue.publish("q", one, { groupKey: one[0] })
    await queue.publish("q", "none")
    let running = 0
    await queue.subscribe(
      "q",
      async (message) => {
        handler(message)
        expect(++running).toBeLessThanOrEqual(3)
        await clock.sleep(10)
        running--
      },
      { concurrency: 9 },
    )
    await clock.advance(0)
    expect(data()).toEqual(["a1", "b1", "none"])
    await clock.advance(10)
    expect(data().slice(3)).toEqual(["a2", "b2"])
    await clock.advance(10)
    expect(data().slice(5)).toEqual(["a3"])
  })
})

describe("memory queue: schedules", () => {
  const DAY = 86_400_000

  it("has a tick at once and then at its distance, by the monotonic clock", async () => {
    const { clock, queue } = openQueue()
    const at: number[] = []
    await queue.subscribe("q", () => void at.push(clock.monotonic()))
    await queue.schedule("q", "n", { everyMs: 100 }, "tick")
    await clock.advance(0)
    clock.adjust(-1e9)
    await clock.advance(350)
    expect(at).toEqual([0, 100, 200, 300])
    await queue.schedule("q", "n", { everyMs: 100 }, "tick")
    await clock.advance(49)
    expect(at.length).toBe(4)
    await queue.schedule("q", "n", { everyMs: 500 }, "tick")
    await clock.advance(501)
    expect(at.slice(4)).toEqual([399, 899])
    expect([await queue.unschedule("q", "n"), await queue.unschedule("q", "n")]).toEqual([true, false])
    await clock.advance(5000)
    expect(at.length).toBe(6)
  })

  it("has ticks of cron by the wall clock, also when it is set", async () => {
    const { clock, queue } = openQueue()
    const at: string[] = []
    await queue.subscribe("q", () => void at.push(new Date(clock.now()).toISOString()))
    await queue.schedule("q", "n", { cron: "0 6 * * *", timezone: "Europe/Berlin" })
    await clock.advance(2 * DAY)
    expect(at).toEqual(["2026-01-01T05:00:00.000Z", "2026-01-02T05:00:00.000Z"])
    clock.adjust(4.9 * 3_600_000)
    await clock.advance(10 * 60_000)
    expect(at.slice(2)).toEqual(["2026-01-03T05:00:00.000Z"])
  })

  it("collapses the ticks that nobody took, and counts them", async () => {
    const { clock, queue } = openQueue()
    await queue.schedule("q", "n", { everyMs: 1000 }, 1)
    await queue.schedule("q", "c", { cron: "*/10 * * * * *" }, 2)
    await clock.advance(60_500)
    expect(await queue.getQueueSize("q")).toBe(2)
    const { data, handler } = recorder()
    await queue.subscribe("q", handler)
    await clock.advance(0)
    expect(data()).toEqual([1, 2])
    expect(await queue.listSchedules("q")).toMatchObject([
      { name: "c", cron: "*/10 * * * * *", runs: 1, skipped: 5, nextRunAt: Date.UTC(2026, 0, 1, 0, 1, 10) },
      { name: "n", everyMs: 1000, runs: 1, skipped: 60, nextRunAt: Date.UTC(2026, 0, 1, 0, 1, 1) },
    ])
  })

  it("counts a tick that was moved by the change to summer time", async () => {
    const clock = createManualClock(Date.parse("2027-03-28T00:00Z"))
    const queue = createMemoryQueue({}, { clock })
    const { handler, messages } = recorder()
    await queue.subscribe("q", handler)
    await queue.schedule("q", "n", { cron: "30 2 * * *", timezone: "Europe/Berlin" })
    await clock.advance(DAY)
    expect(messages.map(({ timestamp }) => new Date(timestamp).toISOString())).toEqual(["2027-03-28T01:30:00.000Z"])
    expect(await queue.listSchedules("q")).toMatchObject([{ runs: 1, shifted: 1, skipped: 0 }])
  })

  it("gives a tick that waits the data of a schedule that was replaced", async () => {
    const { clock, queue } = openQueue()
    await queue.schedule("q", "n", { everyMs: 1000 }, "old")
    await queue.schedule("q", "n", { everyMs: 1000 }, "new")
    await queue.schedule("q", "m", { everyMs: 1000 }, "old")
    await queue.schedule("q", "m", { everyMs: 2000 }, "other")
    const { data, handler } = recorder()
    await queue.subscribe("q", handler)
    await clock.advance(0)
    expect(data()).toEqual(["new", "other"])
  })
})

describe("memory queue: what a handler is told", () => {
  it("is where its message comes from: a schedule, a replay, or nothing of a publish", async () => {
    const { clock, queue } = openQueue()
    const origins: unknown[] = []
    let fails = true
    await queue.subscribe("q", (_, { origin }) => {
      origins.push(origin)
      if (fails) fail()
    })
    const id = await queue.publish("q", 1, once)
    await clock.advance(0)
    fails = false
    await queue.replay("q", id)
    await queue.publish("q", 2)
    await queue.schedule("q", "n", { everyMs: 1000 })
    await clock.advance(0)
    expect(origins).toEqual([undefined, "replay", undefined, "schedule"])
  })

  it("is no async context, neither that of the subscription nor that of a publish", async () => {
    const contexts = new AsyncLocalStorage<string>()
    const { clock, queue } = openQueue()
    const seen: unknown[] = []
    await contexts.run("start", () => queue.subscribe("q", () => void seen.push(contexts.getStore() ?? "none")))
    await contexts.run("request", () => queue.publish("q", 1))
    await clock.advance(0)
    expect(seen).toEqual(["none"])
  })
})

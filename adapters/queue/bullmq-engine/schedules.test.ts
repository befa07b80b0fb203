import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Schedule } from "../../../contracts/queue/optional-interfaces.ts"
import { findRedis, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { freshPrefix, openQueue } from "./ways.fixture.ts"

const HOUR_MS = 3_600_000

describe.skipIf(findRedis() === undefined)("schedules of BullMQ", () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  /** A queue with more schedules that are due than one step takes. */
  async function overdue(count: number) {
    const keyPrefix = freshPrefix()
    const queue = await openQueue("redis", server.port, { keyPrefix })
    for (let index = 0; index < count; index++) await queue.schedule("p", `s${index}`, { everyMs: HOUR_MS })
    return { queue, keyPrefix }
  }

  it("go on when their ticks are purged, however many are due", async () => {
    const { queue } = await overdue(1100)
    expect(await queue.purge("p")).toBe(1100)
    expect(await queue.getQueueSize("p")).toBe(0)
    const schedules = await queue.listSchedules("p")
    expect(schedules.filter(({ nextRunAt }) => nextRunAt !== undefined && nextRunAt <= Date.now())).toEqual([])
  })

  it("go on when the tick of the last one is cancelled, however many are due", async () => {
    const { queue, keyPrefix } = await overdue(600)
    const key = (await server.command("KEYS", `${keyPrefix}*schedule:s599`)).trim()
    const id = (await server.command("HGET", key, "tick")).trim()
    expect(await queue.cancel("p", id)).toBe(true)
    expect(await queue.getTask("p", id)).toBeUndefined()
    expect(await queue.getQueueSize("p")).toBe(599)
  })

  it("whose ticks nothing can follow do not hold up purge and cancel", async () => {
    const { queue, keyPrefix } = await overdue(600)
    const id = await queue.publish("p", 1, { priority: 9 })
    const broken = JSON.stringify({ cron: "no cron", timezone: "UTC" })
    for (const key of (await server.command("KEYS", `${keyPrefix}*schedule:*`)).trim().split("\n")) {
      await server.command("HSET", key.trim(), "definition", broken)
    }
    const key = (await server.command("KEYS", `${keyPrefix}*schedule:s599`)).trim()
    const tick = (await server.command("HGET", key, "tick")).trim()
    expect(await queue.cancel("p", tick)).toBe(false)
    expect(await queue.purge("p")).toBe(1)
    expect(await queue.getTask("p", id)).toBeUndefined()
    expect(await queue.getQueueSize("p")).toBe(600)
  })

  it("take a kind that is undefined as one that is left out", async () => {
    const queue = await openQueue("redis", server.port)
    await queue.schedule("q", "cron", { cron: "0 0 1 1 *", everyMs: undefined } as unknown as Schedule)
    await queue.schedule("q", "every", { everyMs: HOUR_MS, cron: undefined } as unknown as Schedule)
    expect(await queue.listSchedules("q")).toMatchObject([
      { name: "cron", cron: "0 0 1 1 *", timezone: "UTC" },
      { name: "every", everyMs: HOUR_MS },
    ])
  })
})

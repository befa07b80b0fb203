import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { systemClock } from "../../../contracts/foundation/clock.ts"
import { findRedis, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { freshPrefix, openQueue } from "./ways.fixture.ts"

const PATIENCE = { timeout: 15_000, interval: 20 }
const HOUR_MS = 3_600_000

describe.skipIf(findRedis() === undefined)("a publisher of BullMQ whose clock is wrong", () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  async function open(aheadMs: number) {
    const keyPrefix = freshPrefix()
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs }
    return {
      queue: await openQueue("redis", server.port, { keyPrefix }),
      wrong: await openQueue("redis", server.port, { keyPrefix }, { clock }),
    }
  }

  it("does not make the delayed messages of others due", async () => {
    const { queue, wrong } = await open(HOUR_MS)
    const id = await queue.publish("q", 1, { delay: 60_000 })
    await wrong.publish("q", 2)
    expect(await queue.getQueueStats("q")).toMatchObject({ waiting: 1, delayed: 1 })
    await wrong.schedule("q", "hourly", { everyMs: HOUR_MS })
    expect((await queue.getTask("q", id))?.status).toBe("pending")
  })

  it("has its own delayed messages wait as long as it says, where it is ahead", async () => {
    const { queue, wrong } = await open(HOUR_MS)
    const seen: unknown[] = []
    await queue.subscribe("q", ({ data }) => void seen.push(data))
    await wrong.publish("q", 1, { delay: 50 })
    await expect.poll(() => seen, PATIENCE).toEqual([1])
  })

  it("has its own delayed messages wait as long as it says, where it is behind", async () => {
    const { queue, wrong } = await open(-HOUR_MS)
    const before = Date.now()
    const id = await wrong.publish("q", 1, { delay: 60_000 })
    const dueAt = (await queue.getTask("q", id))?.dueAt ?? 0
    expect(dueAt).toBeGreaterThanOrEqual(before + 60_000)
    expect(dueAt).toBeLessThanOrEqual(Date.now() + 60_001)
  })
})

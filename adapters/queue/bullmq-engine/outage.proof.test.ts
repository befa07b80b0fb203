import { setTimeout as sleep } from "node:timers/promises"
import { Redis } from "ioredis"
import { describe, expect, it } from "vitest"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import { findRedis, startRedis } from "../../../servers/redis.ts"
import { createBullmqQueue } from "../bullmq.ts"

const MESSAGES = 5000
const PUBLISHERS = 20
const RESUME_MS = 5000

const libraries = {
  "@redis/client": (port: number) => ({
    queue: createBullmqQueue({ host: "127.0.0.1", port, keyPrefix: "outage" }),
    async end() {},
  }),
  ioredis(port: number) {
    const client = new Redis({ port, enableOfflineQueue: false, autoResendUnfulfilledCommands: false })
    client.on("error", () => {})
    return { queue: createBullmqQueue({ client, keyPrefix: "outage" }), end: async () => client.disconnect() }
  },
}

describe.skipIf(findRedis() === undefined).each(Object.entries(libraries))("over %s, Redis killed for", (_, open) => {
  it.each([2000, 12_000])(
    "%i ms amid 5,000 messages loses none, doubles none, and work resumes",
    async (awayMs) => {
      const server = await startRedis({ appendOnly: true })
      const { end, queue } = open(server.port)
      const handled = new Map<number, number>()
      const idsOf = new Map<number, Set<string>>()
      let resumedAt = Number.NaN
      let backAt = Number.POSITIVE_INFINITY
      await queue.subscribe<number>(
        "work",
        ({ data, id }) => {
          handled.set(data, (handled.get(data) ?? 0) + 1)
          idsOf.set(data, (idsOf.get(data) ?? new Set()).add(id))
          if (Number.isNaN(resumedAt) && performance.now() > backAt) resumedAt = performance.now()
        },
        { concurrency: 50, visibilityTimeoutMs: 2000 },
      )
      const outage = async () => {
        await expect.poll(() => handled.size).toBeGreaterThan(MESSAGES / 4)
        await server.kill()
        await sleep(awayMs)
        await server.restart()
        backAt = performance.now()
      }
      const [{ accepted, refused }] = await Promise.all([publishAll(queue), outage()])
      await expect.poll(() => [...accepted].filter((number) => !handled.has(number)), { timeout: 60_000 }).toEqual([])
      await queue.whenIdle("work", { timeoutMs: 30_000 })
      expect(resumedAt - backAt).toBeLessThan(RESUME_MS)
      expect([...refused].filter((number) => handled.has(number))).toEqual([])
      // One message a payload, however often its publish was repeated.
      expect([...idsOf].filter(([, ids]) => ids.size > 1)).toEqual([])
      const { dead } = await queue.getQueueStats("work")
      expect(dead).toBe(0)
      await queue.close()
      await end()
      await server.stop()
    },
    240_000,
  )
})

/** Publishes each number until its outcome is known. UNAVAILABLE is final: that number must never appear. */
async function publishAll(queue: Queue) {
  const accepted = new Set<number>()
  const refused = new Set<number>()
  let next = 0
  const publisher = async () => {
    while (next < MESSAGES) {
      const number = next++
      let id: string | undefined
      for (;;) {
        try {
          await queue.publish("work", number, { ...(id !== undefined && { id }), maxAttempts: 10 })
          accepted.add(number)
          break
        } catch (error) {
          if (!ServiceError.is(error)) throw error
          const { code, details } = error
          if (code === "UNAVAILABLE" && id === undefined) {
            refused.add(number)
            await sleep(50)
            break
          }
          // Once its outcome was unknown it may be there, so it is repeated until it is.
          if (code === "TIMEOUT") id = (details as { id?: string } | undefined)?.id
          else if (code !== "UNAVAILABLE") throw error
          await sleep(50)
        }
      }
    }
  }
  await Promise.all(Array.from({ length: PUBLISHERS }, publisher))
  return { accepted, refused }
}

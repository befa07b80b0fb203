import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { QueueMessage } from "../../../contracts/queue/message.ts"
import { findRedis, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { createBullmqQueue } from "../bullmq.ts"
import { forkQueue } from "./forked-queue.fixture.ts"

const ROUNDS = 10
const IN_FLIGHT = 50
const VISIBILITY_MS = 1000
const MAX_ATTEMPTS = 5

describe.skipIf(findRedis() === undefined)("a worker process that is killed with 50 messages in flight", () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  it("loses none, and they are with another worker within three seconds, half of them within two", async () => {
    const late: number[] = []
    for (let round = 0; round < ROUNDS; round++) late.push(...(await killOnce(server.port, `round-${round}`)))
    late.sort((one, other) => one - other)
    expect(late).toHaveLength(ROUNDS * IN_FLIGHT)
    expect(late[Math.floor(late.length / 2)]).toBeLessThan(2000)
    expect(late.at(-1)).toBeLessThan(3000)
  }, 300_000)
})

/** Milliseconds from the kill to the next start, of each message. */
async function killOnce(port: number, keyPrefix: string): Promise<number[]> {
  const options = { host: "127.0.0.1", port, keyPrefix }
  const subscription = { concurrency: IN_FLIGHT, visibilityTimeoutMs: VISIBILITY_MS }
  const queue = createBullmqQueue(options)
  const doomed = await forkQueue(options)
  const starts = new Map<string, number>()
  const begun = ({ id }: QueueMessage) => starts.set(id, (starts.get(id) ?? 0) + 1)
  let never: () => void = () => {}
  const killed = new Promise<void>((resolve) => {
    never = resolve
  })
  await doomed.client.subscribe(
    "work",
    (message) => {
      begun(message)
      return killed
    },
    subscription,
  )
  const published = await Promise.all(
    Array.from({ length: IN_FLIGHT }, (_, number) => queue.publish("work", number, { maxAttempts: MAX_ATTEMPTS })),
  )
  await expect.poll(() => starts.size).toBe(IN_FLIGHT)

  const late = new Map<string, number>()
  await doomed.kill()
  const killedAt = performance.now()
  await queue.subscribe(
    "work",
    (message) => {
      begun(message)
      late.set(message.id, performance.now() - killedAt)
      expect(message.attempts).toBe(2)
    },
    subscription,
  )
  await expect.poll(() => late.size).toBe(IN_FLIGHT)
  never()
  await queue.whenIdle("work", { timeoutMs: 20_000 })
  for (const id of published) {
    expect(await queue.getTask("work", id)).toMatchObject({ status: "completed", attempts: 2 })
    expect(starts.get(id)).toBeLessThanOrEqual(MAX_ATTEMPTS)
  }
  expect(await queue.getQueueStats("work")).toMatchObject({ waiting: 0, delayed: 0, active: 0, dead: 0 })
  await queue.close()
  return [...late.values()]
}

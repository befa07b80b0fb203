import { setTimeout as sleep } from "node:timers/promises"
import { createClient } from "@redis/client"
import { Redis } from "ioredis"
import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import type { Cache } from "../../../contracts/cache/cache.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { findRedis, REDIS_MISSING, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { createRedisCache, type RedisCacheOptions } from "../redis.ts"

const installed = findRedis() !== undefined
const TIMEOUT_MS = 300
/** What the call in the middle may take beyond its deadline; those that a busy machine holds up are fewer. */
const SLACK_MS = 700
const PATIENCE_MS = 30_000
const WORKERS = 10

/** How long the server is away. Without LONG_OUTAGE=1 only the short one. */
const outages = process.env["LONG_OUTAGE"] === "1" ? [2, 12] : [2]

interface Call {
  readonly key: string
  readonly begun: number
  readonly ended: number
  readonly code: string
}

/** Writes on and on, each key once, and notes how each call ended. */
class Load {
  readonly calls: Call[] = []
  readonly #cache: Cache
  readonly #workers: Promise<void>[]
  #stopped = false
  #count = 0

  constructor(cache: Cache) {
    this.#cache = cache
    this.#workers = Array.from({ length: WORKERS }, () => this.#work())
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#workers)
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      const key = `key-${this.#count++}`
      const begun = performance.now()
      const code = await Promise.all([this.#cache.set(key, key), this.#cache.increment("count")]).then(
        () => "fulfilled",
        (error: unknown) => (ServiceError.is(error) ? error.code : String(error)),
      )
      this.calls.push({ key, begun, ended: performance.now(), code })
      // Lets the others in, and the server's process.
      await sleep(1)
    }
  }
}

/** Each way to the server, for caches that are under load at the same time. */
async function openAll(server: RedisServer): Promise<[string, Cache][]> {
  const nodeRedis = createClient({ socket: { port: server.port, reconnectStrategy: 100 }, disableOfflineQueue: true })
  nodeRedis.on("error", () => {})
  await nodeRedis.connect()
  const ioredis = new Redis(server.port, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => 100,
  })
  ioredis.on("error", () => {})
  onTestFinished(() => {
    nodeRedis.destroy()
    ioredis.disconnect()
  })
  const ways: [string, RedisCacheOptions][] = [
    ["own", { port: server.port }],
    ["node-redis", { client: nodeRedis }],
    ["ioredis", { client: ioredis }],
  ]
  return ways.map(([name, options]) => {
    const cache = createRedisCache({ ...options, keyPrefix: name, timeoutMs: TIMEOUT_MS })
    onTestFinished(() => cache.close())
    return [name, cache]
  })
}

const byNumber = (left: number, right: number) => left - right

describe("redis cache under load while the server is away", () => {
  beforeEach((context) => {
    if (!installed) context.skip(REDIS_MISSING)
  })

  it.each(outages)(
    "for %d s: calls end in time, refused ones are never applied, and it works again by itself",
    async (seconds) => {
      const server = await startRedis({ appendOnly: true })
      onTestFinished(() => server.stop())
      const caches = await openAll(server)
      const loads = caches.map(([, cache]) => new Load(cache))
      const worked = (load: Load, since: number) =>
        load.calls.some(({ begun, code }) => begun > since && code === "fulfilled")
      await expect.poll(() => loads.every((load) => worked(load, 0))).toBe(true)

      await server.kill()
      await sleep(seconds * 1000)
      await server.restart()
      const back = performance.now()
      await expect.poll(() => loads.every((load) => worked(load, back))).toBe(true)
      await Promise.all(loads.map((load) => load.stop()))

      for (const [index, [name, cache]] of caches.entries()) {
        const { calls } = loads[index] as Load
        const took = calls
          .flatMap(({ begun, code, ended }) => (code === "fulfilled" ? [] : [ended - begun]))
          .sort(byNumber)
        expect(took[Math.floor(took.length / 2)], `${name}: a refused call`).toBeLessThan(TIMEOUT_MS + SLACK_MS)
        expect(took.at(-1), `${name}: the slowest call`).toBeLessThan(PATIENCE_MS)
        const codes = new Set(calls.map(({ code }) => code))
        for (const code of codes) expect(["fulfilled", "UNAVAILABLE", "TIMEOUT"], name).toContain(code)
        expect(codes, name).toContain("UNAVAILABLE")

        const keysOf = (wanted: string) => calls.filter(({ code }) => code === wanted).map(({ key }) => key)
        const patient = createRedisCache({ port: server.port, keyPrefix: name, timeoutMs: PATIENCE_MS })
        onTestFinished(() => patient.close())
        expect((await patient.getMany(keysOf("UNAVAILABLE"))).size, `${name}: refused and applied`).toBe(0)
        expect((await patient.getMany(keysOf("fulfilled"))).size, `${name}: applied`).toBe(keysOf("fulfilled").length)
        const counted = await patient.get<number>("count")
        expect(counted, `${name}: counted`).toBeGreaterThanOrEqual(keysOf("fulfilled").length)
        expect(counted, `${name}: counted`).toBeLessThanOrEqual(keysOf("fulfilled").length + keysOf("TIMEOUT").length)
        await expect.poll(() => cache.healthCheck(), { message: name }).toMatchObject({ status: "healthy" })
      }
    },
  )
})

import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Cache } from "../../contracts/cache/cache.ts"
import { createServices } from "../../index.ts"
import { findRedis, REDIS_MISSING, type RedisServer, startRedis } from "../../servers/redis.ts"
import { redisCacheSubjects } from "../../subjects/cache.ts"
import { bindContract } from "../../testing/bind.ts"
import { cacheContract } from "../../testing/cache/contract.ts"
import { startTcpProxy, type TcpProxy } from "../../testing/faults/tcp-proxy.ts"
import { createRedisCache, type RedisCacheOptions } from "./redis.ts"

/** A deadline that only a server which is away can miss, however busy the machine is. */
const PATIENCE_MS = 30_000

const installed = findRedis() !== undefined
let server: RedisServer
const opened: Cache[] = []

beforeAll(async () => {
  if (installed) server = await startRedis()
})

afterAll(async () => {
  await Promise.all(opened.map((cache) => cache.close()))
  if (installed) await server.stop()
})

function connect(options: RedisCacheOptions = {}): Cache {
  const cache = createRedisCache({ port: server.port, timeoutMs: PATIENCE_MS, ...options })
  opened.push(cache)
  return cache
}

for (const subject of redisCacheSubjects) bindContract({ describe, it }, cacheContract, subject)

/** A test that needs the server, and says so where there is none. */
function itWithServer(name: string, body: () => Promise<void>): void {
  it(name, async (context) => {
    if (!installed) context.skip(REDIS_MISSING)
    await body()
  })
}

/** A first write that goes through, also where its deadline is short and the machine is busy. */
function works(cache: Cache, key: string): Promise<void> {
  return expect.poll(() => cache.set(key, "value").then(() => "stored", String)).toBe("stored")
}

describe("redis cache", () => {
  itWithServer("keeps JSON that other programs read, under the prefix and a colon", async () => {
    await connect({ keyPrefix: "shop" }).set("user:1", { name: "Ada" })
    expect(await server.command("GET", "shop:user:1")).toBe('{"name":"Ada"}')
  })

  itWithServer("gives entries set without ttl the defaultTtl", async () => {
    const cache = connect({ keyPrefix: "ttl", defaultTtl: 10_000 })
    await cache.set("default", 1)
    await cache.set("never", 1, Number.POSITIVE_INFINITY)
    await cache.setMany([["batch", 1]])
    expect(Number(await server.command("PTTL", "ttl:default"))).toBeGreaterThan(9_900_000)
    expect(Number(await server.command("PTTL", "ttl:batch"))).toBeGreaterThan(9_900_000)
    expect(await server.command("PTTL", "ttl:never")).toBe("-1")
    await cache.increment("counter")
    await cache.setIfAbsent("absent", 1)
    await cache.setTagged("tagged", 1, ["t"])
    await cache.fill("filled", (await cache.lease("filled", 60_000)) ?? "", 1)
    for (const key of ["counter", "absent", "tagged", "filled"]) {
      expect(Number(await server.command("PTTL", `ttl:${key}`)), key).toBeGreaterThan(9_900_000)
    }
  })

  itWithServer("uses the database it is given", async () => {
    await connect({ keyPrefix: "db", database: 3 }).set("key", 1)
    expect(await server.command("EXISTS", "db:key")).toBe("0")
  })

  itWithServer("is made from a URL, with every option that it can carry", async () => {
    const services = await createServices({
      services: ["cache"],
      env: { CACHE_URL: `${server.url}/2?keyPrefix=url&timeoutMs=30000&onCorrupt=miss&cluster=false&tls=0` },
    })
    await services.cache.set("key", 1)
    expect(await services.cache.get("key")).toBe(1)
    expect(await server.command("EXISTS", "url:key")).toBe("0")
    await services.close()
  })

  it.each([
    [{ port: 70_000 }, "port"],
    [{ keyPrefix: "a:b" }, "keyPrefix"],
    [{ timeoutMs: 0 }, "timeoutMs"],
    [{ hosts: "x" }, "hosts"],
    [{ maxValueBytes: 1024 ** 3 }, "maxValueBytes"],
    [{ onCorrupt: "ignore" }, "onCorrupt"],
    [{ cluster: { nodes: ["localhost"] } }, "cluster.nodes.0"],
    [{ cluster: true, database: 1 }, "database"],
  ])("refuses the options %j by name", (options, name) => {
    expect(() => createRedisCache(options as object)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })
})

describe("redis cache without a server", () => {
  it("rejects UNAVAILABLE within the deadline, in calls and in health", async () => {
    const cache = createRedisCache({ port: 1, timeoutMs: 100 })
    await expect(cache.get("key")).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true })
    await expect(cache.set("key", 1)).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect(await cache.healthCheck()).toMatchObject({ status: "unhealthy", details: { code: "UNAVAILABLE" } })
    await cache.close()
  })

  itWithServer("ends every call in time while the server is dead, and works again after its restart", async () => {
    const mortal = await startRedis({ appendOnly: true })
    const cache = createRedisCache({ port: mortal.port, timeoutMs: 300 })
    await works(cache, "before")
    await mortal.kill()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => cache.set(`while dead ${index}`, index)),
    )
    const codes = outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.code : "fulfilled"))
    expect(codes.filter((code) => code !== "UNAVAILABLE" && code !== "TIMEOUT")).toEqual([])
    expect((await cache.healthCheck()).status).toBe("unhealthy")

    await mortal.restart()
    await expect.poll(() => cache.get("before").catch(() => "not yet")).toBe("value")
    const patient = createRedisCache({ port: mortal.port, timeoutMs: PATIENCE_MS })
    for (let index = 0; index < 20; index++) expect(await patient.get(`while dead ${index}`)).toBeUndefined()
    await expect.poll(async () => (await cache.healthCheck()).status).toBe("healthy")
    await patient.close()
    await cache.close()
    await mortal.stop()
  })

  itWithServer("rejects TIMEOUT when the server is there and silent, then recovers", async () => {
    const silent = await startRedis()
    const cache = createRedisCache({ port: silent.port, timeoutMs: 200 })
    await works(cache, "key")
    silent.pause()
    const outcomes = await Promise.allSettled([cache.get("key"), cache.get("key"), cache.has("key")])
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "rejected", reason: { code: "TIMEOUT" } })
    silent.resume()
    await expect.poll(() => cache.get("key").catch(() => "not yet")).toBe("value")
    await cache.close()
    await silent.stop()
  })

  itWithServer("settles what runs when it is closed", async () => {
    const cache = createRedisCache({ port: server.port, keyPrefix: "closing" })
    const running = Array.from({ length: 100 }, (_, index) => cache.set(`key-${index}`, index))
    await cache.close()
    const outcomes = await Promise.allSettled(running)
    expect(outcomes).toHaveLength(100)
    await expect(cache.get("key-1")).rejects.toMatchObject({ code: "CLOSED" })
  })
})

describe("redis cache over a bad line", () => {
  const withProxy = (name: string, body: (cache: Cache, proxy: TcpProxy) => Promise<void>) =>
    itWithServer(name, async () => {
      const proxy = await startTcpProxy({ port: server.port })
      const cache = createRedisCache({ port: proxy.port, keyPrefix: "line", timeoutMs: 300 })
      await works(cache, "key")
      try {
        await body(cache, proxy)
      } finally {
        await cache.close()
        await proxy.close()
      }
    })
  const recovers = (cache: Cache) => expect.poll(() => cache.get("key").catch(() => "not yet")).toBe("value")

  withProxy("works over a slow one", async (cache, proxy) => {
    proxy.latency(40)
    await recovers(cache)
  })

  withProxy("rejects TIMEOUT when it goes silent, within the deadline, and recovers", async (cache, proxy) => {
    proxy.blackHole()
    // A busy machine makes a call late now and then, and not every one.
    const timed = async () => {
      const start = performance.now()
      await expect(cache.get("key")).rejects.toMatchObject({ retryable: true })
      return performance.now() - start
    }
    await expect(cache.get("key")).rejects.toMatchObject({ code: "TIMEOUT", retryable: true })
    await expect.poll(timed).toBeLessThan(600)
    proxy.heal()
    await recovers(cache)
  })

  withProxy("rejects TIMEOUT when it is cut inside a reply, for the outcome is unknown", async (cache, proxy) => {
    proxy.cutAfter(2)
    await expect(cache.set("key", "value")).rejects.toMatchObject({ code: "TIMEOUT" })
    await recovers(cache)
  })

  withProxy("recovers by itself from a reset", async (cache, proxy) => {
    proxy.reset()
    await recovers(cache)
    await expect.poll(async () => (await cache.healthCheck()).status).toBe("healthy")
  })
})

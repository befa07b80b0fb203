import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Cache } from "../../contracts/cache/cache.ts"
import type { Invalidation } from "../../contracts/cache/invalidation-bus.ts"
import { tiered } from "../../core/cache/tiered/tiered.ts"
import { findRedis, REDIS_MISSING, type RedisServer, startRedis } from "../../servers/redis.ts"
import { startRedisCluster } from "../../servers/redis-cluster.ts"
import { startTcpProxy } from "../../testing/faults/tcp-proxy.ts"
import { createMemoryCache } from "./memory.ts"
import { createRedisCache } from "./redis.ts"
import { createRedisBus, type RedisBusOptions } from "./redis-bus.ts"

const installed = findRedis() !== undefined
let server: RedisServer
const opened: { close(): Promise<void> }[] = []
let prefixes = 0

beforeAll(async () => {
  if (installed) server = await startRedis()
})

afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()))
  if (installed) await server.stop()
})

function itWithServer(name: string, body: () => Promise<void>): void {
  it(name, async (context) => {
    if (!installed) context.skip(REDIS_MISSING)
    await body()
  })
}

function keep<One extends { close(): Promise<void> }>(one: One): One {
  opened.push(one)
  return one
}

/** A bus, and what it told. */
function listen(options: RedisBusOptions) {
  const bus = keep(createRedisBus({ host: "127.0.0.1", port: server.port, ...options }))
  const heard: (Invalidation | "connected" | "disconnected")[] = []
  bus.subscribe({
    invalidated: (message) => heard.push(message),
    connected: () => heard.push("connected"),
    disconnected: () => heard.push("disconnected"),
  })
  const connected = () => expect.poll(() => heard.at(-1), { interval: 10 }).toBe("connected")
  return { bus, heard, connected }
}

const modes = ["pubsub", "tracking"] as const

describe.each(modes)("redis bus by %s", (mode) => {
  /** One process of several that share a cache. */
  async function tier(keyPrefix: string, port = server.port): Promise<Cache> {
    const bus = createRedisBus({ host: "127.0.0.1", port, keyPrefix, mode })
    const cache = keep(
      tiered(createMemoryCache(), createRedisCache({ port: server.port, keyPrefix, timeoutMs: 30_000 }), { bus }),
    )
    await cache.get("any")
    await expect.poll(async () => (await cache.healthCheck()).status, { interval: 10 }).toBe("healthy")
    return cache
  }

  const seen = (cache: Cache, value: unknown) => expect.poll(() => cache.get("key"), { interval: 1 }).toEqual(value)

  itWithServer("drops from L1 what another process writes", async () => {
    const keyPrefix = `drops-${mode}-${++prefixes}`
    const [here, there] = [await tier(keyPrefix), await tier(keyPrefix)]
    await here.set("key", 1, 100)
    for (const change of [
      () => there.set("key", 2),
      () => there.setMany([["key", 3]]),
      () => there.delete("key"),
      () => there.set("key", 4),
      () => there.clear(),
    ]) {
      await here.get("key")
      await change()
      await seen(here, await there.get("key"))
    }
  })

  itWithServer("tells of keys as they are, in namespaces too", async () => {
    const keyPrefix = `keys-${mode}-${++prefixes}`
    const [here, there] = [await tier(keyPrefix), await tier(keyPrefix)]
    for (const key of ["key", "\u0000key", "ключ 🔑", "a*b", "\r\n"]) {
      for (const part of [(cache: Cache) => cache, (cache: Cache) => cache.namespace("part")]) {
        await part(here).set(key, "old", 100)
        await part(there).get(key)
        await part(here).set(key, "new", 100)
        await expect.poll(() => part(there).get(key), { interval: 1 }).toBe("new")
      }
    }
  })

  itWithServer("reads past L1 while it is not connected, and empties L1 after", async () => {
    const keyPrefix = `cut-${mode}-${++prefixes}`
    const proxy = await startTcpProxy({ port: server.port })
    const [here, there] = [await tier(keyPrefix, proxy.port), await tier(keyPrefix)]
    await here.set("key", "old", 100)
    await here.get("key")
    proxy.blackHole()
    proxy.reset()
    await expect.poll(async () => (await here.healthCheck()).status, { interval: 10 }).toBe("degraded")
    await there.set("key", "new", 100)
    expect(await here.get("key")).toBe("new")
    proxy.heal()
    await expect.poll(async () => (await here.healthCheck()).status, { interval: 10 }).toBe("healthy")
    expect(await here.get("key")).toBe("new")
    await proxy.close()
  })
})

describe("redis bus", () => {
  itWithServer("ignores its own messages, and those of caches with another prefix", async () => {
    const [one, two, three] = [
      listen({ keyPrefix: "own" }),
      listen({ keyPrefix: "own" }),
      listen({ keyPrefix: "own-2" }),
    ]
    for (const { connected } of [one, two, three]) await connected()
    await one.bus.publish({ keys: ["a"] })
    await one.bus.publish({ all: true })
    await expect.poll(() => two.heard).toEqual(["connected", { keys: ["a"] }, { all: true }])
    expect(one.heard).toEqual(["connected"])
    expect(three.heard).toEqual(["connected"])
  })

  itWithServer("takes what it cannot read for a change of everything", async () => {
    const { heard, connected } = listen({ keyPrefix: "odd" })
    await connected()
    await server.command("PUBLISH", "odd:invalidate", "not json")
    await server.command("PUBLISH", "odd:invalidate", '{"keys":"a"}')
    await expect.poll(() => heard).toEqual(["connected", { all: true }, { all: true }])
  })

  itWithServer("hears of writes by other programs, and of FLUSHALL, when the server tracks", async () => {
    const { heard, connected } = listen({ keyPrefix: "tracked", mode: "tracking" })
    await connected()
    await server.command("SET", "tracked:key", "1")
    await server.command("SET", "tracked-2:key", "1")
    await server.command("SET", "tracked:\u0000~key", "1")
    await server.command("SET", "tracked:\u00004:part:key", "1")
    await expect.poll(() => heard).toEqual(["connected", { keys: ["key"] }, { all: true }])
    await server.command("FLUSHALL")
    await expect.poll(() => heard).toEqual(["connected", { keys: ["key"] }, { all: true }, { all: true }])
  })

  itWithServer("connects to a server that comes later, and says so each time", async () => {
    const mortal = await startRedis()
    const { bus, heard, connected } = listen({ port: mortal.port, keyPrefix: "mortal" })
    await connected()
    await mortal.kill()
    await expect.poll(() => heard).toEqual(["connected", "disconnected"])
    await expect(bus.publish({ all: true })).rejects.toMatchObject({ code: "UNAVAILABLE" })
    await mortal.restart()
    await connected()
    await bus.publish({ all: true })
    await mortal.stop()
  })

  itWithServer("speaks TLS with an authority of one's own", async () => {
    const { ca = "", port, stop } = await startRedis({ tls: true })
    const one = listen({ port, keyPrefix: "tls", tls: { ca } })
    const two = listen({ port, keyPrefix: "tls", tls: { ca } })
    await Promise.all([one.connected(), two.connected()])
    await one.bus.publish({ all: true })
    await expect.poll(() => two.heard).toEqual(["connected", { all: true }])
    await Promise.all([one.bus.close(), two.bus.close()])
    await stop()
  })

  itWithServer("is heard on every node of a cluster, and goes to another one when its own is gone", async () => {
    const cluster = await startRedisCluster()
    const names = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`)
    const options = (nodes: string[]) => ({
      host: undefined,
      port: undefined,
      cluster: { nodes },
      keyPrefix: "cluster",
    })
    const one = listen(options(names))
    const two = listen(options([...names].reverse()))
    await Promise.all([one.connected(), two.connected()])
    await one.bus.publish({ keys: ["key"] })
    await expect.poll(() => two.heard).toEqual(["connected", { keys: ["key"] }])
    await cluster.nodes[0]?.kill()
    await expect.poll(() => one.heard).toEqual(["connected", "disconnected", "connected"])
    await two.bus.publish({ all: true })
    await expect.poll(() => one.heard.at(-1)).toEqual({ all: true })
    await Promise.all([one.bus.close(), two.bus.close()])
    await cluster.stop()
  })

  itWithServer("gives up a line that went silent", async () => {
    const proxy = await startTcpProxy({ port: server.port })
    const { heard, connected } = listen({ port: proxy.port, keyPrefix: "silent" })
    await connected()
    proxy.blackHole()
    await expect.poll(() => heard).toEqual(["connected", "disconnected"])
    proxy.heal()
    await connected()
    await proxy.close()
  })

  it("publishes nothing before it is connected, and closes at any time", async () => {
    const bus = createRedisBus({ port: 1 })
    await expect(bus.publish({ all: true })).rejects.toMatchObject({ code: "UNAVAILABLE" })
    bus.subscribe({ invalidated() {}, connected() {}, disconnected() {} })
    await bus.close()
    await bus.close()
  })

  it.each([
    { port: 70_000 },
    { mode: "both" },
    { keyPrefix: "a:b" },
    { hosts: "x" },
    { client: {} },
    { cluster: true, mode: "tracking" },
  ])("refuses %j", (options) => {
    expect(() => createRedisBus(options as object)).toThrowError(expect.objectContaining({ code: "INVALID_CONFIG" }))
  })
})

import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { createCluster } from "@redis/client"
import { Cluster } from "ioredis"
import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import type { Cache } from "../../../contracts/cache/cache.ts"
import { tiered } from "../../../core/cache/tiered/tiered.ts"
import { findRedis, REDIS_MISSING, type RedisOptions, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { startRedisCluster } from "../../../servers/redis-cluster.ts"
import { findValkey, startValkey, VALKEY_MISSING } from "../../../servers/valkey.ts"
import { createMemoryCache } from "../memory.ts"
import { createRedisCache, type RedisCacheOptions } from "../redis.ts"

/** A deadline that only a server which is away can miss, however busy the machine is. */
const PATIENCE_MS = 30_000

beforeEach((context) => {
  if (findRedis() === undefined) context.skip(REDIS_MISSING)
})

async function start(options?: RedisOptions): Promise<RedisServer> {
  const server = await startRedis(options)
  onTestFinished(() => server.stop())
  return server
}

function connect(options: RedisCacheOptions): Cache {
  const cache = createRedisCache({ keyPrefix: "shop", timeoutMs: PATIENCE_MS, ...options })
  onTestFinished(() => cache.close())
  return cache
}

/** Polled, since a busy machine may answer later than health waits for. */
function becomes(cache: Cache, health: object): Promise<void> {
  return expect.poll(() => cache.healthCheck(), { timeout: PATIENCE_MS, interval: 20 }).toMatchObject(health)
}

/** How the health of a cache says that reads work and writes are refused. */
function refused(reply: string, remedy: string, code = "UNAVAILABLE"): object {
  return {
    status: "unhealthy",
    message: expect.stringMatching(new RegExp(`refuses writes \\(${reply}\\).*${remedy}`)),
    details: { code, reason: "not-writable" },
  }
}

describe("health of a redis cache", () => {
  it("leaves nothing that the cache shows or counts, and after a second nothing at all", async () => {
    const server = await start()
    const cache = connect({ port: server.port })
    await cache.set("key", 1)
    await becomes(cache, { status: "healthy" })
    expect(await cache.stats()).toEqual({ hits: 0, misses: 0, keyCount: 1 })
    for await (const key of cache.keys()) expect(key).toBe("key")
    expect(Number(await server.command("PTTL", "shop#health"))).toBeLessThanOrEqual(1000)
    await expect.poll(() => server.command("KEYS", "*")).toBe("shop:key")
  })

  it("is one command", async () => {
    const server = await start()
    const cache = connect({ port: server.port })
    await becomes(cache, { status: "healthy" })
    const calls = async () => {
      const info = await server.command("INFO", "commandstats")
      return Object.fromEntries(
        [...info.matchAll(/^cmdstat_(\w+):calls=(\d+)/gm)].map(([, name, n]) => [name, Number(n)]),
      )
    }
    const before = await calls()
    await cache.healthCheck()
    const after = await calls()
    const ours = Object.keys(after).filter((name) => !["info", "quit"].includes(name))
    const more = ours.filter((name) => after[name] !== before[name])
    expect(more).toEqual(["set"])
  })

  it("tells of a server that is full, until there is room", async () => {
    const server = await start({ maxMemory: "4mb" })
    const cache = connect({ port: server.port })
    await cache.set("key", "value")
    const fill = async () => {
      for (let n = 0; ; n++) await cache.set(`fill-${n}`, "x".repeat(100_000))
    }
    await expect(fill()).rejects.toMatchObject({ code: "UNAVAILABLE" })
    await server.command("CONFIG", "SET", "maxmemory", "1mb")
    await becomes(cache, refused("OOM", "raise its maxmemory"))
    expect(await cache.get("key")).toBe("value")
    await cache.clear()
    await server.command("CONFIG", "SET", "maxmemory", "100mb")
    await becomes(cache, { status: "healthy" })
  })

  it("tells of a replica, until it is a primary, through a tiered cache too", async () => {
    const primary = await start()
    const replica = await start()
    const cache = connect({ port: replica.port })
    const layered = tiered(createMemoryCache(), connect({ port: replica.port }))
    onTestFinished(() => layered.close())
    await becomes(cache, { status: "healthy" })
    await replica.command("REPLICAOF", "127.0.0.1", String(primary.port))
    await becomes(cache, refused("READONLY", "connect to the primary"))
    await becomes(layered, refused("READONLY", "connect to the primary"))
    await replica.command("REPLICAOF", "NO", "ONE")
    await becomes(cache, { status: "healthy" })
    await becomes(layered, { status: "healthy" })
  })

  it("tells of a replica that gives no reads either as of a server that is away", async () => {
    const server = await start()
    const cache = connect({ port: server.port })
    await server.command("CONFIG", "SET", "replica-serve-stale-data", "no")
    await server.command("REPLICAOF", "127.0.0.1", "1")
    await becomes(cache, { status: "unhealthy", message: expect.stringContaining("MASTERDOWN") })
    expect((await cache.healthCheck()).details).toEqual({ code: "UNAVAILABLE" })
  })

  it("tells of a server that misses its replicas", async () => {
    const server = await start()
    const cache = connect({ port: server.port })
    await server.command("CONFIG", "SET", "min-replicas-to-write", "1")
    await becomes(cache, refused("NOREPLICAS", "min-replicas-to-write"))
    await expect(cache.set("key", 1)).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true })
  })

  it("tells of a server that cannot save to its disk", async () => {
    const server = await start()
    const cache = connect({ port: server.port })
    await cache.set("key", 1)
    // No file can take the place of a folder.
    const [, directory = ""] = (await server.command("CONFIG", "GET", "dir")).split(/\s+/)
    mkdirSync(join(directory, "dump.rdb"))
    await server.command("CONFIG", "SET", "save", "3600 1")
    await server.command("BGSAVE")
    await becomes(cache, refused("MISCONF", "make room on its disk"))
    await expect(cache.set("key", 2)).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true })
    expect(await cache.get("key")).toBe(1)
    await server.command("CONFIG", "SET", "save", "")
    await becomes(cache, { status: "healthy" })
  })

  it("tells of a user who may read and not write, and of one who may nothing", async () => {
    const server = await start()
    await server.command("ACL", "SETUSER", "reader", "on", ">secret-1", "~*", "&*", "+@all", "-@write")
    await server.command("ACL", "SETUSER", "guest", "on", ">secret-2", "~other:*", "&*", "+@all")
    const reader = connect({ port: server.port, username: "reader", password: "secret-1" })
    await becomes(reader, refused("NOPERM", "allow its user", "PERMISSION_DENIED"))
    const guest = connect({ port: server.port, username: "guest", password: "secret-2" })
    await becomes(guest, { status: "unhealthy", message: expect.stringContaining("does not allow") })
    const { details, message } = await guest.healthCheck()
    expect(details).toEqual({ code: "PERMISSION_DENIED" })
    expect(message).not.toContain("secret")
  })

  it("is unhealthy while the server is dead, and healthy after its restart, with the same client", async () => {
    const server = await start({ appendOnly: true })
    const cache = connect({ port: server.port, timeoutMs: 300 })
    await becomes(cache, { status: "healthy" })
    await server.kill()
    const { details, status } = await cache.healthCheck()
    expect(status).toBe("unhealthy")
    expect(details?.["code"]).toMatch(/UNAVAILABLE|TIMEOUT/)
    expect(details).not.toHaveProperty("reason")
    await server.restart()
    await becomes(cache, { status: "healthy" })
  })

  it("is that of Valkey too", async (context) => {
    if (findValkey() === undefined) context.skip(VALKEY_MISSING)
    const server = await startValkey()
    onTestFinished(() => server.stop())
    const cache = connect({ port: server.port })
    await becomes(cache, { status: "healthy" })
    await server.command("REPLICAOF", "127.0.0.1", "1")
    await becomes(cache, refused("READONLY", "connect to the primary"))
  })
})

describe("health of a redis cache in a cluster", () => {
  it("looks at each server, with each client", async () => {
    const cluster = await startRedisCluster()
    onTestFinished(() => cluster.stop())
    const library = createCluster({
      rootNodes: [{ socket: { host: "127.0.0.1", port: cluster.port } }],
      defaults: { disableOfflineQueue: true },
      RESP: 2,
    })
    await library.connect()
    onTestFinished(() => library.destroy())
    const ioredis = new Cluster([{ host: "127.0.0.1", port: cluster.port }], {
      redisOptions: { autoResendUnfulfilledCommands: false },
    })
    onTestFinished(() => ioredis.disconnect())
    const caches = [
      connect({ port: cluster.port, cluster: true }),
      connect({ client: library }),
      connect({ client: ioredis }),
    ]
    for (const cache of caches) await becomes(cache, { status: "healthy" })
    const keys = await Promise.all(cluster.nodes.map((node) => node.command("KEYS", "*")))
    expect(keys.every((key) => /^shop#health:\{\d+\}$/.test(key.trim()))).toBe(true)
    for (const node of cluster.nodes) {
      await node.command("CONFIG", "SET", "maxmemory", "1")
      for (const cache of caches) await becomes(cache, refused("OOM", "raise its maxmemory"))
      await node.command("CONFIG", "SET", "maxmemory", "0")
    }
    for (const cache of caches) await becomes(cache, { status: "healthy" })
  })
})

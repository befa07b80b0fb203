import { describe, expect, expectTypeOf, it } from "vitest"
import * as z from "zod"
import type { Cache } from "./contracts/cache/cache.ts"
import { ServiceError } from "./contracts/foundation/errors.ts"
import {
  builtinAdapters,
  createServices,
  createTestServices,
  defineAdapter,
  describeConfig,
  parseConfig,
  safeParseConfig,
} from "./index.ts"

const issuesOf = async (promise: Promise<unknown>): Promise<{ path: string; message: string }[]> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code: "INVALID_CONFIG" })
  return (error as ServiceError).details?.["issues"] as { path: string; message: string }[]
}

describe("createServices", () => {
  it("gives every service in memory when nothing is configured", async () => {
    const services = await createServices({ env: {} })
    await services.cache.set("key", 1)
    expect(await services.cache.get("key")).toBe(1)
    expect((await services.health()).status).toBe("healthy")
    await services.ready()
    await services.close()
    await expect(services.cache.get("key")).rejects.toMatchObject({ code: "CLOSED" })
    expect((await services.health()).status).toBe("unhealthy")
  })

  it("works when its functions are taken out of it", async () => {
    const { cache, close, health, ready } = await createServices({ services: ["cache"], env: {} })
    await ready()
    expect(await cache.getOrSet("key", () => 1)).toBe(1)
    expect(Object.keys((await health()).services)).toEqual(["cache"])
    await close()
    await close()
  })

  it("creates, types and requires exactly what is selected", async () => {
    const services = await createServices({
      services: ["cache"],
      env: { NODE_ENV: "production", CACHE_URL: "memory:" },
    })
    expectTypeOf(services.cache).toEqualTypeOf<Cache>()
    expectTypeOf<keyof typeof services>().toEqualTypeOf<
      "cache" | "health" | "readiness" | "getMetrics" | "ready" | "close" | typeof Symbol.asyncDispose
    >()
    expect(Object.keys(services).sort()).toEqual(["cache", "close", "getMetrics", "health", "readiness", "ready"])
    await services.close()
  })

  it("takes the names of its instances as required, and no others", async () => {
    const services = { pages: "cache", jobs: "queue" } as const
    const { close, health } = await createServices({ services, required: ["pages"], env: {} })
    expect((await health()).status).toBe("healthy")
    await close()
    await createServices({ required: ["cache"], env: {} }).then((all) => all.close())
    // @ts-expect-error The instances have names of their own.
    const wrong = createServices({ services, required: ["cache"], env: {} })
    expect(await issuesOf(wrong)).toMatchObject([{ path: "required.cache" }])
  })

  it("makes named instances, each with its own URL and its own entries", async () => {
    const services = await createServices({
      services: { pages: "cache", userSessions: "cache" },
      env: { PAGES_URL: "memory:?maxEntries=1", USER_SESSIONS_URL: "memory:" },
    })
    expectTypeOf(services.userSessions).toEqualTypeOf<Cache>()
    await services.pages.set("a", 1)
    await services.pages.set("b", 1)
    await services.userSessions.set("a", 2)
    expect([await services.pages.has("a"), await services.userSessions.get("a")]).toEqual([false, 2])
    await services.close()
  })

  it("makes a cache of a foreign implementation of the six methods", async () => {
    const entries = new Map()
    const tiny = defineAdapter({
      service: "cache",
      name: "tiny",
      contractVersion: 1,
      schemes: ["tiny"],
      optionsSchema: z.strictObject({ size: z.number().default(3) }),
      create: () => ({
        get: async (key: string) => entries.get(key),
        set: async (key: string, value: unknown) => void entries.set(key, value),
        delete: async (key: string) => entries.delete(key),
        has: async (key: string) => entries.has(key),
        clear: async () => entries.clear(),
        stats: async () => ({ hits: 0, misses: 0, keyCount: entries.size }),
      }),
    })
    const { cache, close } = await createServices({
      services: ["cache"],
      adapters: [...builtinAdapters, tiny],
      env: { CACHE_URL: "tiny:?size=5" },
    })
    await cache.setMany([["a", 1]])
    expect(await cache.getOrSet("a", () => 2)).toBe(1)
    await expect(cache.set("", 1)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", adapter: "tiny" })
    await close()
  })

  it("closes in reverse order, all of them, also when one fails", async () => {
    const closed: string[] = []
    const failing = (name: string) =>
      defineAdapter({
        service: name,
        name: "memory",
        contractVersion: 1,
        schemes: ["memory"],
        optionsSchema: z.strictObject({}),
        create: () => ({
          async close() {
            closed.push(name)
            throw new ServiceError("INTERNAL", `${name} cannot close`)
          },
        }),
      })
    const services = await createServices({ adapters: [failing("first"), failing("second")], env: {} })
    await expect(services.close()).rejects.toThrow("second cannot close")
    expect(closed).toEqual(["second", "first"])
  })

  it("demands a choice in production, and says how to choose memory", async () => {
    const issues = await issuesOf(createServices({ env: { NODE_ENV: "production" } }))
    expect(issues.map(({ path }) => path)).toEqual(["CACHE_URL", "QUEUE_URL", "STORAGE_URL"])
    expect(issues[0]?.message).toContain("CACHE_URL=memory:")
  })

  it("tells every issue at once, each with its path, and creates nothing", async () => {
    const issues = await issuesOf(
      createServices({
        env: {
          CACHE_URL: "redis://user:hunter2@localhost:6379?timeoutMs=soon&colour=red",
          QUEUE_URL: "carrier-pigeon:",
          SEARCH_URL: "not a url",
        },
        config: { storage: { options: { bucket: 1 } }, mail: { adapter: "smtp" } },
      }),
    )
    expect(issues.map(({ path }) => path).sort()).toEqual([
      "CACHE_URL?colour",
      "CACHE_URL?timeoutMs",
      "QUEUE_URL",
      "SEARCH_URL",
      "config.mail",
      "config.storage.options.bucket",
    ])
    expect(JSON.stringify(issues)).not.toContain("hunter2")
  })

  it.each([
    [{ services: ["cash"] }, "services.cash"],
    [{ services: { health: "cache" } }, "services.health"],
    [{ services: { readiness: "cache" } }, "services.readiness"],
    [{ services: { getMetrics: "cache" } }, "services.getMetrics"],
    [{ services: ["cache", "cache"] }, "services.cache"],
    [{ services: ["cache"], config: { cache: { adapter: "memcached" } } }, "config.cache.adapter"],
    [{ services: ["cache"], config: { cache: { url: "redis://x", adapter: "memory" } } }, "config.cache.url"],
    [{ services: ["cache"], config: { cache: { ttl: 1 } } }, "config.cache.ttl"],
    [{ services: ["cache"], adapters: [...builtinAdapters, builtinAdapters[0]] }, "adapters"],
    [{ services: ["cache"], env: { CACHE_URL: "redis://localhost:99999" } }, "CACHE_URL"],
    [{ services: ["cache"], env: { CACHE_URL: "redis://localhost/first" } }, "CACHE_URL (database)"],
  ])("refuses %j", async (options, path) => {
    const issues = await issuesOf(createServices({ env: {}, ...options } as Parameters<typeof createServices>[0]))
    expect(issues.map((issue) => issue.path)).toEqual([path])
  })
})

describe("configuration", () => {
  it("prefers the explicit object to the environment, and both to defaults", async () => {
    const [planned] = await parseConfig({
      services: ["cache"],
      env: { CACHE_URL: "redis://localhost:7000?timeoutMs=50&keyPrefix=env" },
      config: { cache: { options: { keyPrefix: "explicit" } } },
    })
    expect(planned?.definition.name).toBe("redis")
    expect(planned?.options).toMatchObject({ port: 7000, timeoutMs: 50, keyPrefix: "explicit", database: 0 })
  })

  it("ignores the environment where the object chooses the adapter", async () => {
    const [planned] = await parseConfig({
      services: ["cache"],
      env: { CACHE_URL: "redis://localhost" },
      config: { cache: { adapter: "memory", options: { maxEntries: 5 } } },
    })
    expect(planned).toMatchObject({ chosenBy: "config.cache", options: { maxEntries: 5 } })
  })

  it("is described with where each value came from and without secrets", async () => {
    const text = String(
      await describeConfig({
        services: ["cache"],
        env: { CACHE_URL: "redis://ada:hunter2@localhost:7000?timeoutMs=50" },
        config: { cache: { options: { keyPrefix: "shop" } } },
      }),
    )
    expect(text).toContain("cache: redis (CACHE_URL, redis://ada:***@localhost:7000)")
    expect(text).toContain("timeoutMs = 50 (CACHE_URL?timeoutMs)")
    expect(text).toContain('keyPrefix = "shop" (config.cache.options.keyPrefix)')
    expect(text).toContain("database = 0 (default)")
    expect(text).not.toContain("hunter2")
  })

  it("comes as a Result too", async () => {
    const good = await safeParseConfig({ services: ["cache"], env: {} })
    expect(good.isOk()).toBe(true)
    const bad = await safeParseConfig({ services: ["cache"], env: { CACHE_URL: "ftp:" } })
    expect(bad._unsafeUnwrapErr()).toMatchObject({ code: "INVALID_CONFIG" })
  })
})

describe("createTestServices", () => {
  it("stands still until time is moved", async () => {
    const { advance, cache, clock, close } = await createTestServices({ services: ["cache"] })
    const start = clock.now()
    await cache.set("key", 1, 60)
    await advance(59_999)
    expect(await cache.has("key")).toBe(true)
    await advance(1)
    expect(await cache.has("key")).toBe(false)
    expect(clock.now() - start).toBe(60_000)
    await close()
  })

  it("is asked for its health each time, though time stands still", async () => {
    const { cache, health, readiness, close } = await createTestServices({ services: ["cache"], required: ["cache"] })
    await expect(health()).resolves.toMatchObject({ status: "healthy" })
    await cache.close()
    await expect(health()).resolves.toMatchObject({ status: "unhealthy" })
    await expect(readiness()).resolves.toMatchObject({ status: "unhealthy" })
    await close()
  })
})

import { describe, expect, it } from "vitest"
import { createMemoryCache } from "../../adapters/cache/memory.ts"
import { defaultContext } from "../../adapters/kit/context.ts"
import type { CacheImplementation } from "../../contracts/cache/cache.ts"
import { callApi } from "../http/call-api.fixture.ts"
import { disabledCache } from "./disabled-cache.ts"
import { asCache } from "./portable-cache.ts"
import { cacheRoutes } from "./routes.ts"

/** A cache of these methods; the others do nothing. */
function cacheOf(methods: Partial<CacheImplementation>) {
  const nothing = async () => undefined as never
  const stats = async () => ({ hits: 0, misses: 0, keyCount: 0 })
  const implementation = {
    get: nothing,
    set: nothing,
    delete: nothing,
    has: nothing,
    clear: nothing,
    stats,
    ...methods,
  }
  return asCache(implementation, { adapter: "stub" })
}

const statsOf = (cache: object) => callApi({ cache }, "cache/stats")

describe("the cache routes", () => {
  it("are those of the requirement document, each with a permission", () => {
    expect(cacheRoutes.map(({ method, path, permission }) => [method, path, permission])).toEqual([
      ["GET", "/api/v1/cache/stats", "cache.read"],
    ])
  })

  it("tell the status of the cache with its counts", async () => {
    const cache = createMemoryCache()
    await cache.set("a", 1)
    await cache.get("a")
    await cache.get("b")
    const { capabilities } = cache
    const features = Object.keys(capabilities).filter(
      (name) => capabilities[name as keyof typeof capabilities] === true,
    )
    expect(features).toContain("tags")
    expect(await statsOf(cache)).toEqual({
      status: 200,
      body: {
        ...{ name: "cache", enabled: true, status: "running", provider: "memory", features },
        stats: { hits: 1, misses: 1, keyCount: 1 },
      },
    })
  })

  it("show a cache that its health check finds wanting", async () => {
    for (const status of ["degraded", "unhealthy"] as const) {
      const cache = cacheOf({ healthCheck: async () => ({ status, latency: 0, message: "secret" }) })
      const answer = await statsOf(cache)
      expect(answer).toMatchObject({ status: 200, body: { status: "degraded", provider: "stub", enabled: true } })
      expect(JSON.stringify(answer)).not.toContain("secret")
    }
  })

  it("show a cache that is switched off", async () => {
    const cache = asCache(disabledCache.create({}, defaultContext("cache")) as CacheImplementation, {
      adapter: disabledCache.name,
    })
    expect(await statsOf(cache)).toMatchObject({ status: 200, body: { enabled: false, provider: "disabled" } })
  })

  it("say 503 of a cache that is closed, and 500 of one that fails", async () => {
    const closed = createMemoryCache()
    await closed.close()
    expect(await statsOf(closed)).toMatchObject({ status: 503, body: { error: { code: "CLOSED" } } })
    const failing = cacheOf({ stats: () => Promise.reject(new Error("secret")) })
    const answer = await statsOf(failing)
    expect(answer).toMatchObject({ status: 500, body: { error: { code: "INTERNAL" } } })
    expect(JSON.stringify(answer)).not.toContain("secret")
  })
})

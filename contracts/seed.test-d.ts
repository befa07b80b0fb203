/** The seed's signatures are fixed: a change here breaks every implementation there is. */
import { describe, expectTypeOf, it } from "vitest"
import type { z } from "zod"
import type { Cache, CacheStats, ICacheService } from "./cache/cache.ts"
import type { cacheStatsSchema } from "./cache/schemas.ts"
import type { IHealthCheckable, PluginHealthStatus } from "./foundation/health.ts"
import type { pluginHealthStatusSchema } from "./foundation/schemas.ts"
import type { ISearchService, SearchQuery, SearchResult } from "./search/search.ts"

interface SeedCacheService {
  get<T = unknown>(key: string): Promise<T | undefined>
  set<T = unknown>(key: string, value: T, ttl?: number): Promise<void>
  delete(key: string): Promise<boolean>
  has(key: string): Promise<boolean>
  clear(): Promise<void>
  stats(): Promise<{ hits: number; misses: number; keyCount: number; memoryUsage?: number }>
}

interface SeedHealthCheckable {
  healthCheck(): Promise<{
    status: "healthy" | "degraded" | "unhealthy"
    message?: string
    latency: number
    details?: Record<string, unknown>
  }>
  getMetrics(): Promise<Record<string, number>>
}

interface SeedSearchService {
  index(object: string, id: string, doc: Record<string, unknown>): Promise<void>
  search(query: SearchQuery): Promise<SearchResult>
  deleteIndex(name: string): Promise<void>
}

describe("seed signatures", () => {
  it("are those of the requirement document", () => {
    expectTypeOf<ICacheService>().toEqualTypeOf<SeedCacheService>()
    expectTypeOf<IHealthCheckable>().toEqualTypeOf<SeedHealthCheckable>()
    expectTypeOf<ISearchService>().toEqualTypeOf<SeedSearchService>()
  })

  it("have no further member, required or optional", () => {
    expectTypeOf<keyof ICacheService>().toEqualTypeOf<keyof SeedCacheService>()
    expectTypeOf<keyof IHealthCheckable>().toEqualTypeOf<keyof SeedHealthCheckable>()
    expectTypeOf<keyof ISearchService>().toEqualTypeOf<keyof SeedSearchService>()
  })

  it("are what a portable cache offers", () => {
    expectTypeOf<Cache>().toExtend<ICacheService>()
    expectTypeOf<Cache["get"]>().toEqualTypeOf<SeedCacheService["get"]>()
    expectTypeOf<Cache["set"]>().toEqualTypeOf<SeedCacheService["set"]>()
  })

  it("match the schemas of their data", () => {
    expectTypeOf<z.output<typeof cacheStatsSchema>>().toEqualTypeOf<CacheStats>()
    expectTypeOf<z.output<typeof pluginHealthStatusSchema>>().toEqualTypeOf<PluginHealthStatus>()
  })
})

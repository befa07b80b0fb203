/** The routes of the requirement document over a cache. */
import * as z from "zod/mini"
import type { Cache } from "../../contracts/cache/cache.ts"
import { portableInfo } from "../foundation/base.ts"
import { defineRoute, type Route } from "../foundation/http/route.ts"
import { disabledCache } from "./disabled-cache.ts"

const count = (description: string) => z.number().check(z.minimum(0), z.describe(description))

const cacheStats = z.strictObject({
  hits: count("Keys found by get and getMany since the process started."),
  misses: count("Keys not found by get and getMany."),
  keyCount: count("Live keys."),
  memoryUsage: z.optional(count("Bytes, where the adapter knows.")),
})

/** ServiceStatus of the platform, with the counts of the cache. */
const cacheStatus = z.strictObject({
  name: z.literal("cache").check(z.describe("The name of the service on the platform.")),
  enabled: z
    .boolean()
    .check(z.describe("False where the configuration switched the cache off, so that it stores nothing.")),
  status: z
    .enum(["running", "stopped", "degraded", "initializing"])
    .check(z.describe("running: its health check passes. degraded: it does not.")),
  provider: z.optional(z.string().check(z.describe("The adapter, such as redis."))),
  features: z.array(z.string()).check(z.describe("The capabilities of the adapter that are true.")),
  stats: cacheStats,
})

export const cacheRoutes: readonly Route[] = [
  defineRoute({
    method: "GET",
    path: "/api/v1/cache/stats",
    operationId: "getCacheStats",
    summary: "The status of the cache, and how often keys were found.",
    permission: "cache.read",
    answers: { 200: { description: "The status, with the counts of this process.", schema: cacheStatus } },
    handle: statusOf,
  }),
]

async function statusOf(cache: Cache): Promise<z.input<typeof cacheStatus>> {
  const [health, stats] = await Promise.all([cache.healthCheck(), cache.stats()])
  const provider = portableInfo(cache)?.adapter
  return {
    name: "cache",
    enabled: provider !== disabledCache.name,
    status: health.status === "healthy" ? "running" : "degraded",
    provider,
    features: Object.entries(cache.capabilities).flatMap(([name, can]) => (can === true ? [name] : [])),
    stats,
  }
}

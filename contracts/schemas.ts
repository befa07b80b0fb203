/**
 * The data of the contracts as zod schemas, for what crosses a process: health endpoints, statistics, events.
 *
 * They stand apart from the contracts, so that importing the package does not load zod.
 */
import { z } from "zod"
import { STANDARD_EVENT_NAMES } from "./foundation/events.ts"
import { SERVICE_NAMES } from "./foundation/names.ts"

export const pluginHealthStatusSchema = z.strictObject({
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  message: z.string().exactOptional(),
  latency: z.number().nonnegative(),
  details: z.record(z.string(), z.unknown()).exactOptional(),
})

export const cacheStatsSchema = z.strictObject({
  hits: z.int().nonnegative(),
  misses: z.int().nonnegative(),
  keyCount: z.int().nonnegative(),
  memoryUsage: z.number().nonnegative().exactOptional(),
})

export const serviceNameSchema = z.enum(SERVICE_NAMES)

export const standardEventNameSchema = z.enum(STANDARD_EVENT_NAMES)

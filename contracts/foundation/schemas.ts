/**
 * The data of the contracts as zod schemas, for what crosses a process: health endpoints, events.
 *
 * They stand apart from the contracts, so that importing the package does not load zod.
 */
import * as z from "zod/mini"
import { STANDARD_EVENT_NAMES } from "./events.ts"
import { SERVICE_NAMES } from "./names.ts"

export const pluginHealthStatusSchema = z.strictObject({
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  message: z.exactOptional(z.string()),
  latency: z.number().check(z.nonnegative()),
  details: z.exactOptional(z.record(z.string(), z.unknown())),
})

export const serviceNameSchema = z.enum(SERVICE_NAMES)

export const standardEventNameSchema = z.enum(STANDARD_EVENT_NAMES)

import * as z from "zod/mini"
import { defineRoute } from "../foundation/http/route.ts"
import type { ServicesControl } from "../services.ts"

/** The metrics of every service. */
export const metricsRoute = defineRoute({
  method: "GET",
  path: "/api/v1/metrics",
  operationId: "getMetrics",
  summary: "The numbers that every service counts.",
  permission: "metrics.read",
  answers: {
    200: {
      description: "Numbers by `<instance>.<metric>`, such as `cache.hits`.",
      schema: z.record(z.string(), z.number()),
    },
  },
  handle: (services: Pick<ServicesControl, "getMetrics">) => services.getMetrics(),
})

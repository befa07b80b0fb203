import * as z from "zod/mini"
import { defineRoute, type Route } from "../foundation/http/route.ts"
import type { ServicesControl } from "../services.ts"

/** The metrics of every service, and of what is part of the whole besides them. */
export function metricsRoute(sources: readonly Pick<ServicesControl, "getMetrics">[]): Route<unknown> {
  return defineRoute({
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
    handle: async () => Object.assign({}, ...(await Promise.all(sources.map((source) => source.getMetrics())))),
  })
}

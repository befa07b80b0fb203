/** The routes over a tracing: how it is configured, and what became of its spans. */
import * as z from "zod/mini"
import type { Tracing } from "../../contracts/tracing/tracing.ts"
import { defineRoute, type Route } from "../foundation/http/route.ts"
import { tracingConfig } from "./http/config-schema.ts"

const count = (description: string) => z.int().check(z.minimum(0), z.describe(description))

const tracingStats = z.strictObject({
  started: count("Spans that were started."),
  ended: count("Of these, those that have ended."),
  exported: count("Of the ended ones, those that the receiver took."),
  dropped: count("Those that it refused or did not get."),
  pending: count("Those that wait to be sent."),
  sampledOut: count("Those that sampling left out."),
})

export const tracingRoutes: readonly Route[] = [
  defineRoute({
    method: "GET",
    path: "/api/v1/tracing/config",
    operationId: "getTracingConfig",
    summary: "How tracing is configured.",
    permission: "tracing.read",
    answers: { 200: { description: "The configuration with its defaults, without secrets.", schema: tracingConfig } },
    handle: (tracing: Tracing) => tracing.getConfig(),
  }),
  defineRoute({
    method: "GET",
    path: "/api/v1/tracing/stats",
    operationId: "getTracingStats",
    summary: "Counts the spans of this process by what became of them.",
    permission: "tracing.read",
    answers: { 200: { description: "The counts since the process started.", schema: tracingStats } },
    handle: (tracing: Tracing) => tracing.stats(),
  }),
]

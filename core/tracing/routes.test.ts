import { describe, expect, expectTypeOf, it } from "vitest"
import type * as z from "zod/mini"
import { createMemoryTracing } from "../../adapters/tracing/memory.ts"
import type {
  OpenTelemetryConfig,
  SpanLimits,
  TracePropagationConfig,
  TraceSamplingConfig,
  TracingConfig,
} from "../../contracts/tracing/tracing.ts"
import { callApi } from "../http/call-api.fixture.ts"
import type { tracingConfig } from "./http/config-schema.ts"
import { asTracing } from "./portable-tracing.ts"
import { tracingRoutes } from "./routes.ts"

describe("the tracing routes", () => {
  it("are two, each with a permission", () => {
    expect(tracingRoutes.map(({ method, path, permission }) => [method, path, permission])).toEqual([
      ["GET", "/api/v1/tracing/config", "tracing.read"],
      ["GET", "/api/v1/tracing/stats", "tracing.read"],
    ])
  })

  it("tell the configuration with its defaults", async () => {
    const tracing = createMemoryTracing({ sampling: { type: "trace_id_ratio", ratio: 0.5 } })
    expect(await callApi({ tracing }, "tracing/config")).toMatchObject({
      status: 200,
      body: { name: "objectos", enabled: true, sampling: { type: "trace_id_ratio", ratio: 0.5 } },
    })
  })

  it("have a schema of the keys that the contract has", () => {
    type Answered = z.output<typeof tracingConfig>
    expectTypeOf<keyof Answered>().toEqualTypeOf<keyof TracingConfig>()
    expectTypeOf<keyof NonNullable<Answered["sampling"]>>().toEqualTypeOf<keyof TraceSamplingConfig>()
    expectTypeOf<keyof NonNullable<Answered["propagation"]>>().toEqualTypeOf<keyof TracePropagationConfig>()
    expectTypeOf<keyof NonNullable<Answered["openTelemetry"]>>().toEqualTypeOf<keyof OpenTelemetryConfig>()
    expectTypeOf<keyof NonNullable<Answered["spanLimits"]>>().toEqualTypeOf<keyof SpanLimits>()
  })

  it("tell a configuration with everything", async () => {
    const config: TracingConfig = {
      ...{ name: "shop", label: "Shop", enabled: true, traceIdGenerator: "uuid" },
      sampling: {
        type: "composite",
        parentBased: { root: "always_on", rootRatio: 0.1 },
        composite: [{ strategy: "probability", ratio: 0.1, condition: { "http.route": "/a" } }],
        rules: [{ name: "probes", match: { spanName: "GET /*" }, decision: "drop", rate: 1 }],
        rateLimit: 5,
      },
      propagation: { formats: ["w3c", "b3"], extract: true, inject: true, baggage: { allowedKeys: ["tenant"] } },
      openTelemetry: {
        exporter: { type: "otlp_http", endpoint: "http://collector:4318/v1/traces", headers: {}, batch: {} },
        resource: { serviceName: "shop", attributes: { zone: ["a", "b"] } },
      },
      spanLimits: { maxAttributes: 1 },
      performance: { asyncExport: true, exportInterval: 5000 },
    }
    const tracing = asTracing({ getConfig: () => config, stats: () => ({}) } as never)
    expect(await callApi({ tracing }, "tracing/config")).toEqual({ status: 200, body: config })
  })

  it("tell the counts", async () => {
    const tracing = createMemoryTracing()
    tracing.startSpan("a").end()
    tracing.startSpan("b")
    // The request has a span itself, which runs while it is answered.
    expect(await callApi({ tracing }, "tracing/stats")).toEqual({
      status: 200,
      body: { started: 3, ended: 1, exported: 1, dropped: 0, pending: 0, sampledOut: 0 },
    })
  })
})

import * as api from "@opentelemetry/api"
import { describe, expect, it, onTestFinished } from "vitest"
import { parseConfig } from "../../index.ts"
import { createOpenTelemetryTracing, type OpenTelemetryTracingOptions, opentelemetryTracing } from "./opentelemetry.ts"

/** What the options would be of a URL in the environment. */
async function optionsOf(url: string): Promise<Record<string, unknown>> {
  const [planned] = await parseConfig({ services: ["tracing"], env: { TRACING_URL: url } })
  return planned?.options as Record<string, unknown>
}

async function open(options: OpenTelemetryTracingOptions = {}) {
  const tracing = await createOpenTelemetryTracing(options)
  onTestFinished(() => tracing.close())
  return tracing
}

const provider = { getTracer: () => ({ startSpan: () => api.trace.wrapSpanContext(api.INVALID_SPAN_CONTEXT) }) }

describe("options", () => {
  it.each([
    [{ unknown: 1 }, "unknown"],
    [{ exporter: { type: "otlp_grpc" } }, "exporter.type"],
    [{ exporter: { endpoint: "localhost:4318" } }, "exporter.endpoint"],
    [{ exporter: { endpoint: "http://user:secret@localhost" } }, "exporter.endpoint"],
    [{ exporter: { type: "console", endpoint: "http://localhost" } }, "exporter.endpoint"],
    [{ exporter: { type: "console", headers: { a: "b" } } }, "exporter.headers"],
    [{ exporter: { protocol: "grpc" } }, "exporter.protocol"],
    [{ exporter: { type: "zipkin", protocol: "http/protobuf" } }, "exporter.protocol"],
    [{ exporter: { headers: { "a b": "c" } } }, "exporter.headers"],
    [{ exporter: { headers: { a: "secret\n" } } }, "exporter.headers"],
    [{ exporter: { headers: { "Content-Type": "secret" } } }, "exporter.headers"],
    [{ exporter: { timeout: 0 } }, "exporter.timeout"],
    [{ exporter: { compression: "brotli" } }, "exporter.compression"],
    [{ exporter: { batch: { maxQueueSize: 0 } } }, "exporter.batch.maxQueueSize"],
    [{ exporter: { batch: { maxQueueSize: "10" } } }, "exporter.batch.maxQueueSize"],
    [{ exporter: { batch: { maxQueueSize: 10, maxBatchSize: 11 } } }, "exporter.batch.maxBatchSize"],
    [{ resource: { serviceName: "" } }, "resource.serviceName"],
    [{ performance: { exportInterval: 0 } }, "performance.exportInterval"],
    [{ shutdownTimeoutMs: 5001 }, "shutdownTimeoutMs"],
    [{ otel: {} }, "otel"],
    [{ otel: { api, provider: {} } }, "otel"],
    [{ otel: { api }, registerGlobal: true }, "registerGlobal"],
    [{ otel: { api, provider }, exporter: {} }, "exporter"],
    [{ otel: { api, provider }, performance: {} }, "performance"],
  ])("%j are refused by name", async (options, name) => {
    await expect(createOpenTelemetryTracing(options as never)).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      message: expect.stringContaining(name),
    })
    await expect(createOpenTelemetryTracing(options as never)).rejects.not.toThrow("secret")
  })

  it("are those of the adapter of otlp+http: and otlp+https:", () => {
    const schemes = ["otlp+http", "otlp+https"]
    expect(opentelemetryTracing).toMatchObject({ service: "tracing", name: "opentelemetry", schemes })
  })

  it.each([
    ["otlp+http://collector:4318", { endpoint: "http://collector:4318/v1/traces" }],
    ["otlp+https://collector", { endpoint: "https://collector/v1/traces" }],
    ["otlp+https://collector/otlp/v1/traces", { endpoint: "https://collector/otlp/v1/traces" }],
    [
      "otlp+https://user:p%40ss@collector",
      { endpoint: "https://collector/v1/traces", headers: { authorization: `Basic ${btoa("user:p@ss")}` } },
    ],
  ])("are read from %s", async (url, exporter) => {
    expect(await optionsOf(url)).toMatchObject({ exporter: { type: "otlp_http", ...exporter } })
  })
})

describe("a URL without a host", () => {
  it.each(["otlp+http:", "otlp+http://", "otlp+https:///v1/traces"])("is refused: %s", async (url) => {
    await expect(optionsOf(url)).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      message: expect.stringMatching(/TRACING_URL: The URL must have a host/),
    })
  })
})

describe("the configuration", () => {
  it("has its defaults", async () => {
    const { openTelemetry, performance } = (await open()).getConfig()
    expect(openTelemetry).toEqual({
      exporter: {
        type: "otlp_http",
        endpoint: "http://localhost:4318/v1/traces",
        ...{ headers: {}, timeout: 10_000, compression: "none" },
        batch: { maxBatchSize: 512, maxQueueSize: 2048, exportTimeout: 30_000 },
      },
      resource: { serviceName: "unknown_service", attributes: {} },
    })
    expect(performance).toEqual({ asyncExport: true, exportInterval: 5000 })
  })

  it("shows no value of a header, and no query", async () => {
    const exporter = { endpoint: "https://collector/v1/traces?key=secret", headers: { "x-key": "secret" } }
    const config = (await open({ exporter })).getConfig()
    expect(config.openTelemetry?.exporter).toMatchObject({
      endpoint: "https://collector/v1/traces",
      headers: { "x-key": "***" },
    })
    expect(JSON.stringify(config)).not.toContain("secret")
  })

  it("is a copy", async () => {
    const tracing = await open()
    tracing.getConfig().name = "other"
    expect(tracing.getConfig().name).toBe("objectos")
  })

  it("acts alone: variables of OpenTelemetry are those of the application", async () => {
    process.env["OTEL_TRACES_SAMPLER"] = "always_off"
    process.env["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"] = "1"
    onTestFinished(() => {
      delete process.env["OTEL_TRACES_SAMPLER"]
      delete process.env["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"]
    })
    const tracing = await open()
    expect(tracing.startSpan("span").context.sampled).toBe(true)
  })
})

it("can be configured, and its spans leave the process", async () => {
  expect((await open()).capabilities).toEqual({ spans: false, exports: true, configurable: true })
})

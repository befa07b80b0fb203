import { describe, expect, it } from "vitest"
import { memoryTracing } from "../../adapters/tracing/memory.ts"
import type { ServiceError } from "../../contracts/foundation/errors.ts"
import { describeConfig, parseConfig } from "../config/config.ts"
import { createServices, createTestServices } from "../services.ts"

const adapters = [memoryTracing]

/** The issues of a configuration of tracing, as `path: message`. */
async function issuesOf(tracing: object, env: Record<string, string> = {}): Promise<string[]> {
  try {
    await parseConfig({ adapters, config: { tracing }, env })
    return []
  } catch (error) {
    const { issues = [] } = ((error as ServiceError).details ?? {}) as { issues?: { path: string; message: string }[] }
    return issues.map(({ message, path }) => `${path}: ${message}`)
  }
}

/** What the description says of an option: its value, and where it came from. */
async function described(key: string, input: { config?: object; env?: Record<string, string>; services?: string[] }) {
  const { instances } = await describeConfig({ adapters, env: {}, ...input } as never)
  return instances[0]?.options.find((option) => option.key === key)
}

describe("a tracing that nothing chose", () => {
  it("is there and records nothing", async () => {
    await using services = await createServices({ adapters, env: {} })
    const { tracing } = services
    expect(tracing.getConfig().enabled).toBe(false)
    await tracing.withSpan("silent", {}, () => {})
    expect(tracing.getSpans()).toEqual([])
    expect(tracing.stats().started).toBe(0)
  })

  it("records where it is named, configured, or chosen by its URL", async () => {
    for (const chosen of [
      { services: ["tracing"] },
      { config: { tracing: {} } },
      { config: { tracing: { options: { maxSpans: 5 } } } },
      { env: { TRACING_URL: "memory:" } },
    ] as const) {
      await using services = await createServices({ adapters, env: {}, ...chosen } as never)
      expect((services as { tracing: { getConfig(): unknown } }).tracing.getConfig()).toMatchObject({ enabled: true })
    }
  })

  it("records in test services that name it alone", async () => {
    await using named = await createTestServices({ adapters, services: ["tracing"] })
    await using all = await createTestServices({ adapters })
    expect(named.tracing.getConfig().enabled).toBe(true)
    expect(all.tracing.getConfig().enabled).toBe(false)
  })

  it("can be switched off where it is chosen", async () => {
    await using services = await createServices({ adapters, env: {}, config: { tracing: { enabled: false } } })
    expect(services.tracing.getConfig().enabled).toBe(false)
  })
})

describe("the tracing document", () => {
  it("is taken with every key at its default", async () => {
    const defaults = {
      name: "app",
      label: "The application",
      enabled: true,
      sampling: { type: "always_on", rules: [] },
      propagation: { formats: ["w3c"], extract: true, inject: true },
      spanLimits: { maxAttributes: 128, maxEvents: 128, maxLinks: 128, maxAttributeValueLength: 4096 },
      traceIdGenerator: "random",
      performance: { asyncExport: true, exportInterval: 5000 },
    }
    expect(await issuesOf(defaults)).toEqual([])
  })

  it("has options of the adapter, each with its source", async () => {
    const config = { tracing: { sampling: { type: "trace_id_ratio", ratio: 0.5 } } }
    expect(await described("sampling", { config })).toMatchObject({ source: "config.tracing.sampling" })
  })

  it.each([
    [{ surprise: 1 }, "config.tracing.surprise"],
    [{ sampling: { type: "custom" } }, "config.tracing.sampling.type"],
    [{ sampling: { type: "trace_id_ratio", ratio: Number.NaN } }, "config.tracing.sampling.ratio"],
    [{ sampling: { type: "trace_id_ratio", ratio: "0.5" } }, "config.tracing.sampling.ratio"],
    [{ sampling: { type: "always_on", customSamplerId: "mine" } }, "config.tracing.sampling.customSamplerId"],
    [{ propagation: { formats: ["jaeger"] } }, "config.tracing.propagation.formats.0"],
    [{ propagation: { headers: { traceId: "x" } } }, "config.tracing.propagation.headers"],
    [{ spanLimits: { maxAttributeValueLength: 0 } }, "config.tracing.spanLimits.maxAttributeValueLength"],
    [{ traceIdGenerator: "custom" }, "config.tracing.traceIdGenerator"],
    [{ customTraceIdGeneratorId: "mine" }, "config.tracing.customTraceIdGeneratorId"],
    [{ name: "Not a name" }, "config.tracing.name"],
    // Memory exports nothing.
    [{ performance: { asyncExport: false } }, "config.tracing.performance"],
    [{ openTelemetry: { exporter: { type: "otlp_http" } } }, "config.tracing.openTelemetry"],
    [
      { openTelemetry: { exporter: { type: "otlp_http" }, instrumentation: { libraries: ["pg"] } } },
      "config.tracing.openTelemetry.instrumentation.libraries",
    ],
  ])("refuses %j at its path", async (tracing, path) => {
    const issues = await issuesOf(tracing)
    expect(issues.map((issue) => issue.split(": ")[0])).toEqual([path])
  })
})

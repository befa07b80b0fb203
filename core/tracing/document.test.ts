import { describe, expect, it } from "vitest"
import * as z from "zod/mini"
import { memoryTracing } from "../../adapters/tracing/memory.ts"
import { defineAdapter } from "../../contracts/adapter.ts"
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

describe("variables of OpenTelemetry", () => {
  /** An adapter of the name that they choose, with the options of memory and those of exports. */
  const exporting = defineAdapter({
    ...memoryTracing,
    name: "opentelemetry",
    schemes: ["otlp+http"],
    optionsSchema: z.looseObject({ enabled: z._default(z.boolean(), true), exporter: z.optional(z.unknown()) }),
    create: () => ({}),
  })
  const chosenBy = async (env: Record<string, string>, config = {}) => {
    const [planned] = await parseConfig({ adapters: [memoryTracing, exporting], env, config })
    return { adapter: planned?.definition.name, by: planned?.chosenBy, options: planned?.options }
  }
  const OTEL = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }

  it("choose the adapter, by the one that names the receiver", async () => {
    expect(await chosenBy(OTEL)).toMatchObject({
      adapter: "opentelemetry",
      by: "OTEL_EXPORTER_OTLP_ENDPOINT",
      options: { enabled: true, exporter: { endpoint: "http://collector:4318/v1/traces" } },
    })
  })

  it("give way to TRACING_URL and to the configuration", async () => {
    expect(await chosenBy({ ...OTEL, TRACING_URL: "memory:" })).toMatchObject({ adapter: "memory", by: "TRACING_URL" })
    expect(await chosenBy(OTEL, { tracing: { adapter: "memory" } })).toMatchObject({ by: "config.tracing" })
    const sampling = { type: "always_off" }
    const said = await chosenBy({ ...OTEL, OTEL_TRACES_SAMPLER: "always_on" }, { tracing: { sampling } })
    expect(said).toMatchObject({ adapter: "opentelemetry", options: { sampling } })
  })

  it("act on memory where they can", async () => {
    const env = { TRACING_URL: "memory:", OTEL_TRACES_SAMPLER: " Always_Off ", OTEL_SERVICE_NAME: "shop" }
    expect((await chosenBy(env)).options).toMatchObject({ sampling: { type: "always_off" } })
    expect(await described("sampling", { env })).toMatchObject({ source: "OTEL_TRACES_SAMPLER" })
  })

  it("are refused by their names where tracing is chosen, and ignored where it is not", async () => {
    const env = { OTEL_TRACES_SAMPLER: "sometimes", OTEL_TRACES_SAMPLER_ARG: "0.1" }
    expect(await issuesOf({}, env)).toEqual([expect.stringMatching(/^OTEL_TRACES_SAMPLER: must be one of/)])
    expect(await chosenBy(env)).toMatchObject({ adapter: "memory", options: { enabled: false } })
  })

  it("switch tracing off, so that no package is needed", async () => {
    const env = { ...OTEL, OTEL_SDK_DISABLED: "TRUE" }
    expect(await chosenBy(env)).toMatchObject({ adapter: "memory", options: { enabled: false } })
  })

  it("choose what is among the adapters alone", async () => {
    await expect(parseConfig({ adapters, env: OTEL })).rejects.toThrow(
      /OTEL_EXPORTER_OTLP_ENDPOINT:? unknown adapter opentelemetry/,
    )
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

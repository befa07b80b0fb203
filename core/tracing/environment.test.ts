import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readTracingEnvironment } from "./environment.ts"

const OTLP = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }
const ENDPOINT = "http://collector:4318/v1/traces"

function optionsOf(env: Record<string, string>) {
  const { issues, options } = readTracingEnvironment(env)
  expect(issues).toEqual([])
  return options
}

function refusedBy(env: Record<string, string>): string[] {
  return readTracingEnvironment(env).issues.map(({ path }) => path)
}

describe("readTracingEnvironment", () => {
  it("says nothing where nothing is said", () => {
    expect(readTracingEnvironment({ PATH: "/bin" })).toEqual({
      options: {},
      sources: {},
      exporter: undefined,
      issues: [],
    })
  })

  it("takes a value that is empty or blank for none", () => {
    const names = Object.keys(MALFORMED)
    expect(optionsOf(Object.fromEntries(names.map((name) => [name, ""])))).toEqual({})
    expect(optionsOf(Object.fromEntries(names.map((name) => [name, " \t "])))).toEqual({})
  })

  it.each([
    ["true", false],
    [" TRUE ", false],
    ["false", true],
  ])("OTEL_SDK_DISABLED=%j gives enabled %j", (text, enabled) => {
    expect(optionsOf({ OTEL_SDK_DISABLED: text })).toEqual({ enabled })
  })

  it.each([
    ["always_on", { type: "always_on" }],
    [" Always_Off ", { type: "always_off" }],
    ["traceidratio", { type: "trace_id_ratio", ratio: 0.25 }],
    ["parentbased_always_on", { type: "parent_based", parentBased: { root: "always_on" } }],
    ["parentbased_always_off", { type: "parent_based", parentBased: { root: "always_off" } }],
    ["ParentBased_TraceIdRatio", { type: "parent_based", parentBased: { root: "trace_id_ratio", rootRatio: 0.25 } }],
  ])("OTEL_TRACES_SAMPLER=%j", (text, sampling) => {
    expect(optionsOf({ OTEL_TRACES_SAMPLER: text, OTEL_TRACES_SAMPLER_ARG: " .25 " })).toEqual({ sampling })
  })

  it.each([
    ["0", 0],
    ["1", 1],
    ["1.", 1],
    ["0.1", 0.1],
    ["1e-3", 0.001],
  ])("OTEL_TRACES_SAMPLER_ARG=%j is the ratio %d", (text, ratio) => {
    const { sampling } = optionsOf({ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: text })
    expect(sampling?.ratio).toBe(ratio)
  })

  it("takes every trace where a ratio is asked for and not given", () => {
    expect(optionsOf({ OTEL_TRACES_SAMPLER: "traceidratio" }).sampling?.ratio).toBe(1)
  })

  it("does not read the argument of a sampler that has none", () => {
    expect(optionsOf({ OTEL_TRACES_SAMPLER: "always_on", OTEL_TRACES_SAMPLER_ARG: "abc" })).toEqual({
      sampling: { type: "always_on" },
    })
    expect(optionsOf({ OTEL_TRACES_SAMPLER_ARG: "abc" })).toEqual({})
  })

  it.each([
    ["tracecontext,baggage", { formats: ["w3c"], baggage: { enabled: true } }],
    [" B3 , TraceContext,", { formats: ["b3", "w3c"], baggage: { enabled: false } }],
    ["b3multi,b3multi", { formats: ["b3_multi"], baggage: { enabled: false } }],
    ["none", { extract: false, inject: false }],
  ])("OTEL_PROPAGATORS=%j", (text, propagation) => {
    expect(optionsOf({ OTEL_PROPAGATORS: text })).toEqual({ propagation })
  })

  it("reads the limits of spans, those of spans before those of all", () => {
    const general = { OTEL_ATTRIBUTE_COUNT_LIMIT: "5", OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "6" }
    expect(optionsOf(general).spanLimits).toEqual({ maxAttributes: 5, maxAttributeValueLength: 6 })
    const own = {
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: "0",
      OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: " 1 ",
      OTEL_SPAN_EVENT_COUNT_LIMIT: "2",
      OTEL_SPAN_LINK_COUNT_LIMIT: "3",
    }
    expect(optionsOf({ ...general, ...own }).spanLimits).toEqual({
      maxAttributes: 0,
      maxAttributeValueLength: 1,
      maxEvents: 2,
      maxLinks: 3,
    })
  })

  it("adds the path of traces to the endpoint of all signals, and nothing to that of traces", () => {
    const endpointOf = (env: Record<string, string>) => optionsOf(env).exporter?.endpoint
    expect(endpointOf(OTLP)).toBe(ENDPOINT)
    expect(endpointOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector/base/" })).toBe(
      "https://collector/base/v1/traces",
    )
    expect(endpointOf({ ...OTLP, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://other:1/x" })).toBe("http://other:1/x")
    expect(endpointOf({ OTEL_TRACES_EXPORTER: "otlp" })).toBe("http://localhost:4318/v1/traces")
  })

  it.each([
    ["console", { type: "console" }],
    ["Zipkin", { type: "zipkin", endpoint: "http://localhost:9411/api/v2/spans" }],
    [" OTLP", { type: "otlp_http", endpoint: ENDPOINT }],
  ])("OTEL_TRACES_EXPORTER=%j", (text, exporter) => {
    expect(optionsOf({ ...OTLP, OTEL_TRACES_EXPORTER: text })).toEqual({ exporter })
  })

  it("reads what the exporter by OTLP needs, that of traces before that of all signals", () => {
    const shared = {
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20x%3D, x-tenant = acme ,",
      OTEL_EXPORTER_OTLP_TIMEOUT: "1500",
      OTEL_EXPORTER_OTLP_COMPRESSION: "GZIP",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    }
    expect(optionsOf({ ...OTLP, ...shared })).toEqual({
      exporter: {
        type: "otlp_http",
        endpoint: ENDPOINT,
        headers: { authorization: "Bearer x=", "x-tenant": "acme" },
        timeout: 1500,
        compression: "gzip",
      },
    })
    const own = {
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "a=b",
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "7",
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "none",
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "HTTP/protobuf",
    }
    expect(optionsOf({ ...OTLP, ...shared, ...own }).exporter).toEqual({
      type: "otlp_http",
      endpoint: ENDPOINT,
      headers: { a: "b" },
      timeout: 7,
      compression: "none",
    })
  })

  it("reads what the exporter of Zipkin needs", () => {
    const env = {
      OTEL_TRACES_EXPORTER: "zipkin",
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: "https://zipkin/api",
      OTEL_EXPORTER_ZIPKIN_TIMEOUT: "9",
    }
    expect(optionsOf(env).exporter).toEqual({ type: "zipkin", endpoint: "https://zipkin/api", timeout: 9 })
  })

  it("reads how spans are sent together", () => {
    const env = {
      ...OTLP,
      OTEL_BSP_SCHEDULE_DELAY: "0",
      OTEL_BSP_EXPORT_TIMEOUT: "2",
      OTEL_BSP_MAX_QUEUE_SIZE: "4",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "3",
    }
    expect(optionsOf(env).exporter?.batch).toEqual({
      scheduledDelay: 0,
      exportTimeout: 2,
      maxQueueSize: 4,
      maxBatchSize: 3,
    })
  })

  it("has a batch fit a queue that is smaller than the default of a batch", () => {
    expect(optionsOf({ ...OTLP, OTEL_BSP_MAX_QUEUE_SIZE: "100" }).exporter?.batch).toEqual({
      maxQueueSize: 100,
      maxBatchSize: 100,
    })
    expect(optionsOf({ ...OTLP, OTEL_BSP_MAX_QUEUE_SIZE: "512" }).exporter?.batch).toEqual({ maxQueueSize: 512 })
  })

  it("refuses a batch that is larger than the queue", () => {
    const size = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"
    expect(refusedBy({ [size]: "2048" })).toEqual([])
    expect(refusedBy({ [size]: "2049" })).toEqual([size])
    expect(refusedBy({ [size]: "11", OTEL_BSP_MAX_QUEUE_SIZE: "10" })).toEqual([size])
  })

  it("gives the attributes of a resource that have a key of their own that key", () => {
    const text = "service.name=a,service.version=2%2C0,service.instance.id=i,service.namespace=n,team=x%20y,__proto__=p"
    const { resource } = optionsOf({ OTEL_RESOURCE_ATTRIBUTES: `${text},deployment.environment.name=prod` })
    expect(resource).toEqual({
      serviceName: "a",
      serviceVersion: "2,0",
      serviceInstanceId: "i",
      serviceNamespace: "n",
      deploymentEnvironment: "prod",
      attributes: { team: "x y", ["__proto__"]: "p" },
    })
    expect(optionsOf({ OTEL_RESOURCE_ATTRIBUTES: "service.name=" })).toEqual({})
  })

  it("has OTEL_SERVICE_NAME go before the attributes of the resource", () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: "service.name=a", OTEL_SERVICE_NAME: " b " }
    expect(optionsOf(env)).toEqual({ resource: { serviceName: "b" } })
  })

  it("tells the variable that each option comes of, and which one chose an exporter", () => {
    const { exporter, sources } = readTracingEnvironment({
      ...OTLP,
      OTEL_SDK_DISABLED: "false",
      OTEL_TRACES_SAMPLER: "traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.5",
      OTEL_PROPAGATORS: "b3",
      OTEL_SPAN_EVENT_COUNT_LIMIT: "1",
      OTEL_SPAN_LINK_COUNT_LIMIT: "1",
      OTEL_RESOURCE_ATTRIBUTES: "a=b",
      OTEL_BSP_MAX_QUEUE_SIZE: "1",
    })
    expect(sources).toEqual({
      enabled: "OTEL_SDK_DISABLED",
      sampling: "OTEL_TRACES_SAMPLER",
      propagation: "OTEL_PROPAGATORS",
      spanLimits: "OTEL_SPAN_EVENT_COUNT_LIMIT",
      exporter: "OTEL_EXPORTER_OTLP_ENDPOINT",
      resource: "OTEL_RESOURCE_ATTRIBUTES",
    })
    expect(exporter).toEqual({ variable: "OTEL_EXPORTER_OTLP_ENDPOINT" })
  })

  it.each([
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://a", ...OTLP }, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
    [{ OTEL_TRACES_EXPORTER: "console", ...OTLP }, "OTEL_TRACES_EXPORTER"],
    [{ OTEL_TRACES_EXPORTER: "none", ...OTLP }, undefined],
    [{ OTEL_BSP_MAX_QUEUE_SIZE: "9", OTEL_EXPORTER_OTLP_HEADERS: "a=b" }, undefined],
  ])("chooses an exporter only where one, or an endpoint, is named: %j", (env, variable) => {
    expect(readTracingEnvironment(env).exporter?.variable).toBe(variable)
  })

  it("refuses everything at once", () => {
    const env = { OTEL_SDK_DISABLED: "yes", OTEL_PROPAGATORS: "xray", OTEL_BSP_EXPORT_TIMEOUT: "soon" }
    expect(refusedBy(env)).toEqual(Object.keys(env))
  })

  it("gives no option of what is malformed", () => {
    expect(readTracingEnvironment({ OTEL_TRACES_SAMPLER: "Always_Of" }).options).toEqual({})
  })

  it("reads any text, in time", () => {
    const names = Object.keys(MALFORMED)
    const text = fc.oneof(fc.string(), fc.constantFrom(",", "=", "%", "a=%", "1".repeat(50_000), "a,".repeat(50_000)))
    const env = fc.dictionary(fc.constantFrom(...names), text)
    fc.assert(
      fc.property(env, (env) => {
        const began = performance.now()
        readTracingEnvironment(env)
        return performance.now() - began < 1000
      }),
    )
  })
})

const SECRET = "hunter2 $ecret"

/** What else must be said for a variable to be read, and values that are refused. */
const MALFORMED: Readonly<Record<string, readonly [env: Record<string, string>, values: readonly string[]]>> = {
  OTEL_SDK_DISABLED: [{}, ["1", "yes", SECRET]],
  OTEL_TRACES_SAMPLER: [{}, ["Always_Of", "jaeger_remote", "constructor", SECRET]],
  OTEL_TRACES_SAMPLER_ARG: [
    { OTEL_TRACES_SAMPLER: "traceidratio" },
    ["1.5", "-0.1", "abc", "NaN", "Infinity", "0x1", "0,5", "1e999", SECRET],
  ],
  OTEL_PROPAGATORS: [{}, [",", "baggage", "none,b3", "tracecontext,xray", "tracecontext baggage", SECRET]],
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: [{}, ["-1", "1.5", "1e3", "many", "1000001", "9".repeat(40), SECRET]],
  OTEL_ATTRIBUTE_COUNT_LIMIT: [{}, ["-1", SECRET]],
  OTEL_SPAN_EVENT_COUNT_LIMIT: [{}, ["-1", "1000001", SECRET]],
  OTEL_SPAN_LINK_COUNT_LIMIT: [{}, ["-1", "1000001", SECRET]],
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: [{}, ["0", "10000001", SECRET]],
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: [{}, ["0", SECRET]],
  OTEL_TRACES_EXPORTER: [{}, ["jaeger", "otlp,console", "otlp_http", SECRET]],
  OTEL_EXPORTER_OTLP_ENDPOINT: [
    {},
    ["collector:4318", "localhost", "grpc://a", "http://", "http://ada:hunter2@a", SECRET],
  ],
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: [{}, ["collector:4318", "http://hunter2@a", SECRET]],
  OTEL_EXPORTER_OTLP_PROTOCOL: [OTLP, ["grpc", "http/json", SECRET]],
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: [OTLP, ["grpc", SECRET]],
  OTEL_EXPORTER_OTLP_HEADERS: [
    OTLP,
    ["authorization", "=x", "a=%zz", "a=%0a", "a b=c", "a=%E2%82%AC", "Host=a", SECRET],
  ],
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: [OTLP, ["authorization", "a=%0d", SECRET]],
  OTEL_EXPORTER_OTLP_TIMEOUT: [OTLP, ["0", "10s", "2147483648", SECRET]],
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: [OTLP, ["0", SECRET]],
  OTEL_EXPORTER_OTLP_COMPRESSION: [OTLP, ["zstd", SECRET]],
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: [OTLP, ["br", SECRET]],
  OTEL_EXPORTER_ZIPKIN_ENDPOINT: [{ OTEL_TRACES_EXPORTER: "zipkin" }, ["zipkin:9411", SECRET]],
  OTEL_EXPORTER_ZIPKIN_TIMEOUT: [{ OTEL_TRACES_EXPORTER: "zipkin" }, ["0", SECRET]],
  OTEL_BSP_SCHEDULE_DELAY: [{}, ["-1", "2147483648", SECRET]],
  OTEL_BSP_EXPORT_TIMEOUT: [{}, ["0", SECRET]],
  OTEL_BSP_MAX_QUEUE_SIZE: [{}, ["0", "1000001", SECRET]],
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: [{}, ["0", "100001", SECRET]],
  OTEL_RESOURCE_ATTRIBUTES: [{}, ["service.name", "=x", "a=%", SECRET]],
}

describe.each(Object.entries(MALFORMED))("%s", (name, [env, values]) => {
  it.each(values)("is refused by its name, and its value is not shown: %j", (value) => {
    const { issues } = readTracingEnvironment({ ...env, [name]: value })
    expect(issues.map(({ path }) => path)).toEqual([name])
    expect(issues[0]?.message).toMatch(/^must /)
    expect(JSON.stringify(issues)).not.toContain("hunter2")
    expect(JSON.stringify(issues)).not.toContain("ecret")
  })
})

/**
 * The variables of OpenTelemetry that act here. They are read by us: its SDK takes a value that it does not know as if
 * nothing was said, and records everything.
 */
import type { ErrorIssue } from "../../contracts/foundation/errors.ts"
import { shownName } from "../../contracts/foundation/shown.ts"
import type { SamplingStrategy, TracingConfig } from "../../contracts/tracing/tracing.ts"

type Environment = Readonly<Record<string, string | undefined>>
type Issues = ErrorIssue[]

/** What the environment says, as a configuration. */
export interface TracingEnvironment {
  readonly config: TracingConfig
  readonly issues: readonly ErrorIssue[]
}

const DEFAULT_ENDPOINT = "http://localhost:4318"

/** Reads what is said of traces. Blanks around a value do not count, nor does the case of a name. */
export function readTracingEnvironment(env: Environment): TracingEnvironment {
  const issues: Issues = []
  const read = new Reader(env, issues)
  const exporter = exporterOf(read)
  const config: TracingConfig = {
    ...definedOf({ enabled: enabledOf(read), sampling: samplingOf(read), propagation: propagationOf(read) }),
    ...definedOf({ spanLimits: spanLimitsOf(read) }),
    ...(exporter !== undefined && { openTelemetry: { exporter, resource: resourceOf(read) } }),
  }
  return { config, issues }
}

class Reader {
  readonly #env: Environment
  readonly #issues: Issues

  constructor(env: Environment, issues: Issues) {
    this.#env = env
    this.#issues = issues
  }

  /** The first of the variables that says something, with its name. */
  text(...names: readonly string[]): { readonly name: string; readonly value: string } | undefined {
    for (const name of names) {
      const value = this.#env[name]?.trim()
      if (value) return { name, value }
    }
    return undefined
  }

  refuse(name: string, message: string): undefined {
    this.#issues.push({ path: name, message })
    return undefined
  }

  one<Value>(known: Readonly<Record<string, Value>>, ...names: readonly string[]): Value | undefined {
    const said = this.text(...names)
    if (said === undefined) return undefined
    const value = said.value.toLowerCase()
    if (Object.hasOwn(known, value)) return known[value]
    return this.refuse(said.name, `must be one of ${Object.keys(known).join(", ")}; got ${shownName(said.value)}`)
  }

  /** A whole number within bounds. */
  whole(least: number, ...names: readonly string[]): number | undefined {
    const said = this.text(...names)
    if (said === undefined) return undefined
    if (/^\d{1,9}$/.test(said.value) && Number(said.value) >= least) return Number(said.value)
    return this.refuse(said.name, `must be a whole number of ${least} or more`)
  }

  url(...names: readonly string[]): { readonly name: string; readonly url: URL } | undefined {
    const said = this.text(...names)
    if (said === undefined) return undefined
    const url = URL.canParse(said.value) ? new URL(said.value) : undefined
    if (url !== undefined && /^https?:$/.test(url.protocol)) return { name: said.name, url }
    return this.refuse(said.name, `must be a URL that begins with http:// or https://, such as ${DEFAULT_ENDPOINT}`)
  }

  /** `key=value,key2=value2`, percent-encoded. */
  pairs(...names: readonly string[]): Record<string, string> | undefined {
    const said = this.text(...names)
    if (said === undefined) return undefined
    const pairs = said.value.split(",").map((pair) => pair.trim())
    try {
      const members = pairs.filter((pair) => pair !== "").map(pairOf)
      return Object.fromEntries(members)
    } catch {
      return this.refuse(said.name, "must be pairs such as key=value,key2=value2, percent-encoded")
    }
  }
}

/** @throws Where it is no pair. */
function pairOf(pair: string): [name: string, value: string] {
  const mark = pair.indexOf("=")
  if (mark < 1) throw new TypeError("A pair has a name.")
  return [decodeURIComponent(pair.slice(0, mark).trim()), decodeURIComponent(pair.slice(mark + 1).trim())]
}

function definedOf<Members extends object>(members: Members): Partial<Members> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<Members>
}

function enabledOf(read: Reader): boolean | undefined {
  const isDisabled = read.one({ true: true, false: false }, "OTEL_SDK_DISABLED")
  return isDisabled === undefined ? undefined : !isDisabled
}

const SAMPLERS: Readonly<Record<string, { readonly type: SamplingStrategy; readonly isOfParent: boolean }>> = {
  always_on: { type: "always_on", isOfParent: false },
  always_off: { type: "always_off", isOfParent: false },
  traceidratio: { type: "trace_id_ratio", isOfParent: false },
  parentbased_always_on: { type: "always_on", isOfParent: true },
  parentbased_always_off: { type: "always_off", isOfParent: true },
  parentbased_traceidratio: { type: "trace_id_ratio", isOfParent: true },
}

function samplingOf(read: Reader): TracingConfig["sampling"] {
  const sampler = read.one(SAMPLERS, "OTEL_TRACES_SAMPLER")
  if (sampler === undefined) return undefined
  const { isOfParent, type } = sampler
  const ratio = type === "trace_id_ratio" ? (ratioOf(read) ?? 1) : undefined
  if (!isOfParent) return definedOf({ type, ratio })
  return { type: "parent_based", parentBased: definedOf({ root: type, rootRatio: ratio }) }
}

function ratioOf(read: Reader): number | undefined {
  const said = read.text("OTEL_TRACES_SAMPLER_ARG")
  if (said === undefined) return undefined
  const ratio = /^\d*\.?\d+(e-?\d+)?$/i.test(said.value) ? Number(said.value) : Number.NaN
  return ratio <= 1 ? ratio : read.refuse(said.name, "must be a number from 0 to 1")
}

const PROPAGATORS = { tracecontext: "w3c", b3: "b3", b3multi: "b3_multi", baggage: "baggage", none: "none" } as const

function propagationOf(read: Reader): TracingConfig["propagation"] {
  const said = read.text("OTEL_PROPAGATORS")
  if (said === undefined) return undefined
  const names = said.value.split(",").map((name) => name.trim().toLowerCase())
  const unknown = names.find((name) => !Object.hasOwn(PROPAGATORS, name))
  if (unknown !== undefined) {
    const known = Object.keys(PROPAGATORS).join(", ")
    return read.refuse(said.name, `must be a list of ${known}; got ${shownName(unknown)}`)
  }
  const kinds = names.map((name) => PROPAGATORS[name as keyof typeof PROPAGATORS])
  const formats = kinds.filter((kind) => kind !== "baggage" && kind !== "none")
  if (formats.length === 0) return { extract: false, inject: false, baggage: { enabled: kinds.includes("baggage") } }
  return { formats, baggage: { enabled: kinds.includes("baggage") } }
}

function spanLimitsOf(read: Reader): TracingConfig["spanLimits"] {
  const limits = definedOf({
    maxAttributes: read.whole(0, "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT"),
    maxEvents: read.whole(0, "OTEL_SPAN_EVENT_COUNT_LIMIT"),
    maxLinks: read.whole(0, "OTEL_SPAN_LINK_COUNT_LIMIT"),
    maxAttributeValueLength: read.whole(
      1,
      "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
      "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    ),
  })
  return Object.keys(limits).length === 0 ? undefined : limits
}

const EXPORTERS = { otlp: "otlp_http", zipkin: "zipkin", console: "console", none: "none" } as const

/** Undefined where nothing is to leave the process: no endpoint is named, and no exporter. */
function exporterOf(read: Reader): NonNullable<TracingConfig["openTelemetry"]>["exporter"] | undefined {
  const named = read.one(EXPORTERS, "OTEL_TRACES_EXPORTER")
  const endpoint = otlpEndpoint(read)
  const type = named ?? (endpoint === undefined ? "none" : "otlp_http")
  const batch = batchOf(read)
  if (type === "none") return undefined
  if (type === "console") return { type, ...batch }
  if (type === "zipkin") {
    const url = read.url("OTEL_EXPORTER_ZIPKIN_ENDPOINT")?.url.href ?? "http://localhost:9411/api/v2/spans"
    return { type, endpoint: url, ...definedOf({ timeout: read.whole(1, "OTEL_EXPORTER_ZIPKIN_TIMEOUT") }), ...batch }
  }
  read.one({ "http/protobuf": true }, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
  return {
    type,
    endpoint: endpoint ?? `${DEFAULT_ENDPOINT}/v1/traces`,
    ...definedOf({
      headers: read.pairs("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"),
      timeout: read.whole(1, "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"),
      compression: read.one(
        { gzip: "gzip", none: "none" } as const,
        "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
        "OTEL_EXPORTER_OTLP_COMPRESSION",
      ),
    }),
    ...batch,
  }
}

/** The endpoint of traces is used as it is; that of all signals has a path for each. */
function otlpEndpoint(read: Reader): string | undefined {
  const ofTraces = read.url("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
  if (ofTraces !== undefined) return ofTraces.url.href
  const ofAll = read.url("OTEL_EXPORTER_OTLP_ENDPOINT")
  if (ofAll === undefined) return undefined
  const { url } = ofAll
  url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/traces`
  return url.href
}

function batchOf(read: Reader) {
  const batch = definedOf({
    scheduledDelay: read.whole(0, "OTEL_BSP_SCHEDULE_DELAY"),
    exportTimeout: read.whole(1, "OTEL_BSP_EXPORT_TIMEOUT"),
    maxQueueSize: read.whole(1, "OTEL_BSP_MAX_QUEUE_SIZE"),
    maxBatchSize: read.whole(1, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"),
  })
  return Object.keys(batch).length === 0 ? {} : { batch }
}

function resourceOf(read: Reader): NonNullable<TracingConfig["openTelemetry"]>["resource"] {
  const { "service.name": name, ...attributes } = read.pairs("OTEL_RESOURCE_ATTRIBUTES") ?? {}
  const serviceName = read.text("OTEL_SERVICE_NAME")?.value ?? name ?? "unknown_service"
  return { serviceName, attributes }
}

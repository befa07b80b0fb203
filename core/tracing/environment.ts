/**
 * The variables of OpenTelemetry that act here. They are read by us: its SDK takes a value that it does not know as if
 * nothing was said, and records everything.
 */
import type { ErrorIssue } from "../../contracts/foundation/errors.ts"
import type { OpenTelemetryConfig, SamplingStrategy, TracingConfig } from "../../contracts/tracing/tracing.ts"
import { exporterOf } from "./environment/exporter.ts"
import { type Environment, EnvironmentReader, membersOf } from "./environment/reader.ts"

/** Options of an adapter; those of which the environment says nothing are left out. */
interface EnvironmentOptions extends Pick<TracingConfig, "enabled" | "sampling" | "propagation" | "spanLimits"> {
  exporter?: OpenTelemetryConfig["exporter"] | undefined
  resource?: Partial<OpenTelemetryConfig["resource"]> | undefined
}

/** What the environment says. */
export interface TracingEnvironment {
  readonly options: EnvironmentOptions
  /** The variable that each of the options comes of; where several say it together, the first of them. */
  readonly sources: Readonly<Partial<Record<keyof EnvironmentOptions, string>>>
  /** There where spans are to leave the process: the variable that says so. */
  readonly exporter: { readonly variable: string } | undefined
  readonly issues: readonly ErrorIssue[]
}

/** Reads what is said of traces. What is malformed is an issue under the name of its variable. */
export function readTracingEnvironment(env: Environment): TracingEnvironment {
  const read = new EnvironmentReader(env)
  const parts = {
    enabled: read.part(() => enabledOf(read)),
    sampling: read.part(() => samplingOf(read)),
    propagation: read.part(() => propagationOf(read)),
    spanLimits: read.part(() => spanLimitsOf(read)),
    exporter: read.part(() => exporterOf(read)),
    resource: read.part(() => resourceOf(read)),
  }
  const said = Object.entries(parts).filter(([, { value }]) => value !== undefined)
  const { value, variable } = parts.exporter
  return {
    options: Object.fromEntries(said.map(([key, { value }]) => [key, value])),
    sources: Object.fromEntries(said.map(([key, { variable }]) => [key, variable])),
    exporter: value === undefined || variable === undefined ? undefined : { variable },
    issues: read.issues,
  }
}

function enabledOf(read: EnvironmentReader): boolean | undefined {
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

function samplingOf(read: EnvironmentReader): TracingConfig["sampling"] {
  const sampler = read.one(SAMPLERS, "OTEL_TRACES_SAMPLER")
  if (sampler === undefined) return undefined
  const { isOfParent, type } = sampler
  const ratio = type === "trace_id_ratio" ? (read.ratio("OTEL_TRACES_SAMPLER_ARG") ?? 1) : undefined
  if (!isOfParent) return { type, ...(ratio !== undefined && { ratio }) }
  return { type: "parent_based", parentBased: { root: type, ...(ratio !== undefined && { rootRatio: ratio }) } }
}

const PROPAGATORS = { tracecontext: "w3c", b3: "b3", b3multi: "b3_multi", baggage: "baggage", none: "none" } as const

function propagationOf(read: EnvironmentReader): TracingConfig["propagation"] {
  const name = "OTEL_PROPAGATORS"
  const kinds = read.some(PROPAGATORS, name)
  if (kinds === undefined) return undefined
  if (kinds.includes("none")) {
    if (kinds.length === 1) return { extract: false, inject: false }
    return read.refuse(name, "must be none alone, or without it; got none among others")
  }
  const formats = kinds.filter((kind) => kind !== "baggage" && kind !== "none")
  if (formats.length > 0) return { formats, baggage: { enabled: kinds.includes("baggage") } }
  return read.refuse(
    name,
    "must have tracecontext, b3 or b3multi beside baggage, which travels with a trace; got baggage alone",
  )
}

const MOST = 1_000_000

function spanLimitsOf(read: EnvironmentReader): TracingConfig["spanLimits"] {
  const length = ["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"]
  return membersOf({
    maxAttributes: read.whole(0, MOST, "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT"),
    maxEvents: read.whole(0, MOST, "OTEL_SPAN_EVENT_COUNT_LIMIT"),
    maxLinks: read.whole(0, MOST, "OTEL_SPAN_LINK_COUNT_LIMIT"),
    maxAttributeValueLength: read.whole(1, 10 * MOST, ...length),
  })
}

/** Attributes of a resource that have a key of their own. */
const RESOURCE_KEYS: Readonly<Record<string, keyof OpenTelemetryConfig["resource"]>> = {
  "service.name": "serviceName",
  "service.version": "serviceVersion",
  "service.instance.id": "serviceInstanceId",
  "service.namespace": "serviceNamespace",
  "deployment.environment.name": "deploymentEnvironment",
}

function resourceOf(read: EnvironmentReader): EnvironmentOptions["resource"] {
  const name = read.text("OTEL_SERVICE_NAME")?.value
  const said = Object.entries(read.pairs(() => true, "OTEL_RESOURCE_ATTRIBUTES") ?? {})
  const own = said.flatMap(([key, value]) => {
    const place = Object.hasOwn(RESOURCE_KEYS, key) && value !== "" ? RESOURCE_KEYS[key] : undefined
    return place === undefined ? [] : [[place, value] as const]
  })
  const attributes = said.filter(([key]) => !Object.hasOwn(RESOURCE_KEYS, key))
  return membersOf({
    ...Object.fromEntries(own),
    ...(name !== undefined && { serviceName: name }),
    ...(attributes.length > 0 && { attributes: Object.fromEntries(attributes) }),
  })
}

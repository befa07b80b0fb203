/** TracingConfig of the requirement document. A key at its default is taken by every adapter; any other one acts or is refused. */
import type { SpanAttributes } from "./span.ts"

export interface TracingConfig {
  /** `^[a-z_][a-z0-9_]*$`, at most 64 characters: the scope of the spans. Default `objectos`. */
  name?: string | undefined
  label?: string | undefined
  /** Default true. Otherwise no span is made, and contexts pass through. */
  enabled?: boolean | undefined
  sampling?: TraceSamplingConfig | undefined
  propagation?: TracePropagationConfig | undefined
  /** Where spans go. Default: they stay in memory. */
  openTelemetry?: OpenTelemetryConfig | undefined
  spanLimits?: SpanLimits | undefined
  /** `uuid` has the digits of one. Default `random`. */
  traceIdGenerator?: "random" | "uuid" | undefined
  performance?: TracingPerformance | undefined
}

export type SamplingStrategy =
  | "always_on"
  | "always_off"
  | "trace_id_ratio"
  | "rate_limiting"
  | "parent_based"
  | "probability"
  | "composite"

export type SamplingDecision = "drop" | "record_only" | "record_and_sample"

export interface TraceSamplingConfig {
  /** Default `always_on`. */
  type?: SamplingStrategy | undefined
  /** 0 to 1, of `trace_id_ratio` and `probability`: the decision is that of the trace id alone. */
  ratio?: number | undefined
  /** New traces a second, of `rate_limiting`; a child follows its parent. */
  rateLimit?: number | undefined
  parentBased?: ParentBasedSampling | undefined
  /** Of `composite`: the first whose condition fits decides; where none does, nothing is sampled. */
  composite?: readonly CompositeSampling[] | undefined
  /** Go before the type: the first that fits decides. */
  rules?: readonly SamplingRule[] | undefined
}

export interface ParentBasedSampling {
  /** Default `always_on`. */
  whenParentSampled?: SamplingStrategy | undefined
  /** Default `always_off`. */
  whenParentNotSampled?: SamplingStrategy | undefined
  /** Default `trace_id_ratio`. */
  root?: SamplingStrategy | undefined
  /** Default 0.1. */
  rootRatio?: number | undefined
}

export interface CompositeSampling {
  strategy: SamplingStrategy
  ratio?: number | undefined
  /** Attributes that a span must have when it starts. */
  condition?: Readonly<Record<string, unknown>> | undefined
}

export interface SamplingRule {
  name: string
  match?:
    | {
        /** The name of this service, as its resource says. */
        service?: string | undefined
        /** `*` stands for any text. */
        spanName?: string | undefined
        attributes?: Readonly<Record<string, unknown>> | undefined
      }
    | undefined
  decision: SamplingDecision
  /** 0 to 1: the part of those that fit which the decision is for; the others are dropped. Default 1. */
  rate?: number | undefined
}

export interface TracePropagationConfig {
  /** Default `["w3c"]`. The first that a carrier has is read; all are written. */
  formats?: readonly ("w3c" | "b3" | "b3_multi")[] | undefined
  /** Default true. */
  extract?: boolean | undefined
  /** Default true. */
  inject?: boolean | undefined
  baggage?:
    | {
        /** Default true. */
        enabled?: boolean | undefined
        /** Bytes of the header. Default 8,192. */
        maxSize?: number | undefined
        /** Keys that may leave the process. Default: none. */
        allowedKeys?: readonly string[] | undefined
      }
    | undefined
}

export interface OpenTelemetryConfig {
  exporter: {
    /** `otlp_http` sends protobuf; `jaeger` takes OTLP, and is the same. */
    type: "otlp_http" | "jaeger" | "zipkin" | "console"
    endpoint?: string | undefined
    protocol?: string | undefined
    headers?: Readonly<Record<string, string>> | undefined
    /** Milliseconds. Default 10,000. */
    timeout?: number | undefined
    compression?: "none" | "gzip" | undefined
    batch?:
      | {
          /** Default 512. */
          maxBatchSize?: number | undefined
          /** Default 2,048. */
          maxQueueSize?: number | undefined
          /** Milliseconds. Default 30,000. */
          exportTimeout?: number | undefined
          /** Milliseconds. Default 5,000. */
          scheduledDelay?: number | undefined
        }
      | undefined
  }
  resource: {
    serviceName: string
    serviceVersion?: string | undefined
    serviceInstanceId?: string | undefined
    serviceNamespace?: string | undefined
    deploymentEnvironment?: string | undefined
    attributes?: SpanAttributes | undefined
  }
}

export interface SpanLimits {
  /** The first so many are kept. Default 128; 0 for none. */
  maxAttributes?: number | undefined
  /** The last so many are kept. Default 128; 0 for none. */
  maxEvents?: number | undefined
  /** The last so many are kept. Default 128; 0 for none. */
  maxLinks?: number | undefined
  /** Characters of a text, also in a list. Default 4,096; at least 1. */
  maxAttributeValueLength?: number | undefined
}

export interface TracingPerformance {
  /** Default true. Otherwise each span leaves when it ends. */
  asyncExport?: boolean | undefined
  /** Milliseconds that a span waits at most for others. Default 5,000. */
  exportInterval?: number | undefined
}

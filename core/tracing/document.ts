import { err, ok } from "neverthrow"
import * as z from "zod/mini"
import type { OpenTelemetryConfig, TracingConfig } from "../../contracts/tracing/tracing.ts"
import {
  type DocumentOption,
  type DocumentPlan,
  INSTANCE_KEYS,
  type InstanceConfig,
  type ServiceDocument,
} from "../foundation/document.ts"
import { parseSchema } from "../foundation/parse-schema.ts"
import { issueAt, optionNames, schemaIssues } from "../foundation/schema.ts"
import type { tracingOptions } from "./tracing-config.ts"

/** Configuration of a tracing: with the keys of the tracing document, it says what is recorded, and where it goes. */
export type TracingInstanceConfig = InstanceConfig & Omit<TracingConfig, "openTelemetry"> & DocumentConfig

interface DocumentConfig {
  openTelemetry?: (OpenTelemetryConfig & Instrumentation) | undefined
}

/** No library is instrumented from here: only its default is taken. */
interface Instrumentation {
  instrumentation?: { autoInstrumentation?: true | undefined } | undefined
}

/** What is left to the options of the adapter, which are checked all the same. */
const anything = z.optional(z.unknown())

const openTelemetrySchema = z.strictObject({
  exporter: z.unknown(),
  resource: anything,
  /** No library is instrumented from here: at its default it says nothing. */
  instrumentation: z.optional(z.strictObject({ autoInstrumentation: z._default(z.literal(true), true) })),
})

const performanceSchema = z.strictObject({
  asyncExport: z._default(z.boolean(), true),
  exportInterval: z._default(z.number(), 5000),
})

/** TracingConfig of the requirement document; what it does not know is refused. */
const tracingDocumentSchema = z.strictObject({
  name: anything,
  label: anything,
  enabled: anything,
  sampling: anything,
  propagation: anything,
  spanLimits: anything,
  traceIdGenerator: anything,
  openTelemetry: z.optional(openTelemetrySchema),
  performance: z.optional(performanceSchema),
} satisfies Record<keyof TracingConfig | keyof typeof tracingOptions, unknown>)
type ParsedDocument = z.output<typeof tracingDocumentSchema>

const KEYS = optionNames(tracingDocumentSchema)

/** Translates a tracing document to options of the adapter, which refuses what it does not do, with its path. */
export const tracingDocument: ServiceDocument = {
  keys: KEYS,
  read(raw, path) {
    const parsed = parseSchema(tracingDocumentSchema, raw)
    if (parsed.issues === undefined) return ok(translate(parsed.data, path))
    const issues = schemaIssues(tracingDocumentSchema, parsed.issues, [...INSTANCE_KEYS, ...KEYS])
    return err(issues.map((issue) => issueAt(path, issue)))
  },
}

function translate({ openTelemetry, performance, ...common }: ParsedDocument, path: string): DocumentPlan {
  const at = `${path}.openTelemetry`
  const { exporter, resource } = openTelemetry ?? {}
  const isAtDefault = performance?.asyncExport === true && performance.exportInterval === 5000
  return {
    ...(openTelemetry && { adapter: { name: "opentelemetry", path: at } }),
    issues: [],
    options: [
      ...Object.entries(common).map(([key, value]) => option(key, value, `${path}.${key}`)),
      option("exporter", exporter, `${at}.exporter`),
      option("resource", resource, `${at}.resource`),
      // At its default every adapter takes it.
      option("performance", isAtDefault ? undefined : performance, `${path}.performance`),
    ].filter(({ value }) => value !== undefined),
    parts: [],
    described: [],
    check: () => [],
    compose: async (instance) => instance,
  }
}

function option(key: string, value: unknown, source: string): DocumentOption {
  return { key, value, source, given: true }
}

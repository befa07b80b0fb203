/** TracingConfig of the requirement document, as schemas. Every adapter takes the first part; the second is about exports. */
import * as z from "zod/mini"
import { TRACING_SPAN_LIMITS } from "../../contracts/tracing/arguments.ts"

const ratio = z.number().check(z.gte(0), z.lte(1))
const attributes = z.record(z.string(), z.unknown())
const SIMPLE = ["always_on", "always_off", "trace_id_ratio", "rate_limiting", "probability"] as const
const simpleStrategy = z.enum(SIMPLE)

const parentBasedSchema = z.strictObject({
  whenParentSampled: z._default(simpleStrategy, "always_on"),
  whenParentNotSampled: z._default(simpleStrategy, "always_off"),
  root: z._default(simpleStrategy, "trace_id_ratio"),
  rootRatio: z._default(ratio, 0.1),
})

const compositeSchema = z.strictObject({
  strategy: z.enum(["always_on", "always_off", "trace_id_ratio", "probability"]),
  ratio: z.optional(ratio),
  condition: z.optional(attributes),
})

const ruleSchema = z.strictObject({
  name: z.string().check(z.minLength(1)),
  match: z.optional(
    z.strictObject({
      service: z.optional(z.string()),
      spanName: z.optional(z.string()),
      attributes: z.optional(attributes),
    }),
  ),
  decision: z.enum(["drop", "record_only", "record_and_sample"]),
  rate: z._default(ratio, 1),
})

const RATIO_TYPES: readonly string[] = ["trace_id_ratio", "probability"]

const samplingSchema = z
  .strictObject({
    type: z._default(z.enum([...SIMPLE, "parent_based", "composite"]), "always_on"),
    ratio: z.optional(ratio),
    rateLimit: z.optional(z.number().check(z.gt(0))),
    parentBased: z.optional(parentBasedSchema),
    composite: z.optional(z.array(compositeSchema).check(z.minLength(1))),
    rules: z._default(z.array(ruleSchema), []),
  })
  .check((payload) => {
    const { composite, parentBased, rateLimit, ratio, type } = payload.value
    const strategies: readonly string[] = [type, ...Object.values(parentBased ?? {}).map(String)]
    const belongs = (key: string, isGiven: boolean, isOurs: boolean, owners: string) => {
      if (isGiven === isOurs) return
      const message = isGiven
        ? `must be left out unless the type is ${owners}`
        : `must be given where the type is ${type}`
      payload.issues.push({ code: "custom", input: payload.value, path: [key], message })
    }
    if (RATIO_TYPES.includes(type) || !strategies.some((strategy) => RATIO_TYPES.includes(strategy))) {
      belongs("ratio", ratio !== undefined, RATIO_TYPES.includes(type), "trace_id_ratio or probability")
    }
    belongs("rateLimit", rateLimit !== undefined, strategies.includes("rate_limiting"), "rate_limiting")
    if (parentBased !== undefined) belongs("parentBased", true, type === "parent_based", "parent_based")
    belongs("composite", composite !== undefined, type === "composite", "composite")
  })

const baggageSchema = z.strictObject({
  enabled: z._default(z.boolean(), true),
  maxSize: z._default(z.int().check(z.gte(1), z.lte(8192)), 8192),
  allowedKeys: z._default(z.array(z.string().check(z.minLength(1))), []),
})

const propagationSchema = z.strictObject({
  formats: z._default(z.array(z.enum(["w3c", "b3", "b3_multi"])).check(z.minLength(1)), ["w3c"]),
  extract: z._default(z.boolean(), true),
  inject: z._default(z.boolean(), true),
  baggage: z.prefault(baggageSchema, {}),
})

const count = z.int().check(z.gte(0), z.lte(1_000_000))

const spanLimitsSchema = z.strictObject({
  maxAttributes: z._default(count, TRACING_SPAN_LIMITS.maxAttributes),
  maxEvents: z._default(count, TRACING_SPAN_LIMITS.maxEvents),
  maxLinks: z._default(count, TRACING_SPAN_LIMITS.maxLinks),
  maxAttributeValueLength: z._default(
    z.int().check(z.gte(1), z.lte(10_000_000)),
    TRACING_SPAN_LIMITS.maxAttributeValueLength,
  ),
})

/** The keys that every adapter takes. */
export const tracingOptions = {
  name: z._default(
    z
      .string()
      .check(
        z.maxLength(64),
        z.regex(/^[a-z_][a-z0-9_]*$/, "must begin with a-z or _, and have only a-z, 0-9 and _; got another string"),
      ),
    "objectos",
  ),
  label: z.optional(z.string()),
  enabled: z._default(z.boolean(), true),
  sampling: z.prefault(samplingSchema, {}),
  propagation: z.prefault(propagationSchema, {}),
  spanLimits: z.prefault(spanLimitsSchema, {}),
  traceIdGenerator: z._default(z.enum(["random", "uuid"]), "random"),
} as const

const optionsSchema = z.strictObject(tracingOptions)
/** Options that every adapter takes, with their defaults. */
export type TracingOptions = z.output<typeof optionsSchema>

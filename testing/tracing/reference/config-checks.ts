/** Whether keys of TracingConfig can act. */
type Check = (value: unknown) => boolean

const STRATEGIES = [
  "always_on",
  "always_off",
  "trace_id_ratio",
  "rate_limiting",
  "parent_based",
  "probability",
  "composite",
]
const DECISIONS = ["drop", "record_only", "record_and_sample"]

const isBoolean: Check = (value) => typeof value === "boolean"
const isNumber = (least: number, most: number): Check => {
  return (value) => typeof value === "number" && value >= least && value <= most
}
const isCount = (least: number): Check => {
  return (value) => Number.isSafeInteger(value) && (value as number) >= least
}
const isOneOf = (words: readonly string[]): Check => {
  return (value) => words.includes(value as string)
}
const isListOf = (check: Check, least: number): Check => {
  return (value) => Array.isArray(value) && value.length >= least && value.every(check)
}
const isAny: Check = () => true
const isRatio = isNumber(0, 1)
const isStrategy = isOneOf(STRATEGIES)

/** Each member is known and right. */
const isObjectOf = (checks: Readonly<Record<string, Check>>): Check => {
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(value).every(([key, member]) => member === undefined || checks[key]?.(member) === true)
}

/** The checks of the keys of TracingConfig that every tracing takes. */
export const configChecks: Readonly<Record<string, Check>> = {
  name: (value) => typeof value === "string" && /^[a-z_][a-z0-9_]{0,63}$/.test(value),
  label: (value) => typeof value === "string",
  enabled: isBoolean,
  sampling: isObjectOf({
    type: isStrategy,
    ratio: isRatio,
    rateLimit: isNumber(Number.MIN_VALUE, Number.POSITIVE_INFINITY),
    parentBased: isObjectOf({
      whenParentSampled: isStrategy,
      whenParentNotSampled: isStrategy,
      root: isStrategy,
      rootRatio: isRatio,
    }),
    composite: isListOf(isObjectOf({ strategy: isStrategy, ratio: isRatio, condition: isAny }), 1),
    rules: isListOf(isObjectOf({ name: isAny, match: isAny, decision: isOneOf(DECISIONS), rate: isRatio }), 0),
  }),
  propagation: isObjectOf({
    formats: isListOf(isOneOf(["w3c", "b3", "b3_multi"]), 1),
    extract: isBoolean,
    inject: isBoolean,
    baggage: isObjectOf({ enabled: isBoolean, maxSize: isCount(1), allowedKeys: isListOf(isAny, 0) }),
  }),
  spanLimits: isObjectOf({
    maxAttributes: isCount(0),
    maxEvents: isCount(0),
    maxLinks: isCount(0),
    maxAttributeValueLength: isCount(1),
  }),
  traceIdGenerator: isOneOf(["random", "uuid"]),
}

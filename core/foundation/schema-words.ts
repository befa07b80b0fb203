import type { $ZodRawIssue } from "zod/v4/core"
import { got, typeName } from "../../contracts/foundation/text.ts"

/** Types as zod names them, where `a` before the name is not how we say it. */
const TYPES: Readonly<Record<string, string>> = {
  array: "an array",
  bigint: "a BigInt",
  boolean: "true or false",
  date: "a Date",
  int: "a whole number",
  map: "a Map",
  nan: "NaN",
  null: "null",
  object: "an object",
  record: "an object",
  set: "a Set",
  tuple: "an array",
  undefined: "undefined",
  void: "undefined",
}

const NOT_EMPTY = "not be empty"

/** What a size counts; a number has none. */
const UNITS: Readonly<Record<string, string>> = { string: "characters", array: "items", set: "items", map: "entries" }

/**
 * What is wrong with a value, in our words: what it must be, and what it is. Text of users is never shown.
 *
 * A message that a schema has of its own goes before it.
 */
export function schemaMessage(issue: $ZodRawIssue): string {
  const must = ruleOf(issue)
  return must === NOT_EMPTY ? `must ${must}` : `must ${must}; got ${shown(issue)}`
}

function ruleOf(issue: $ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return typeRule(issue.expected, issue.input)
    case "invalid_value":
      return `be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`
    case "too_small":
      return bound(issue.origin, issue.minimum, comparison(issue, "at least", "more than", "above"))
    case "too_big":
      return bound(issue.origin, issue.maximum, comparison(issue, "at most", "fewer than", "below"))
    case "not_multiple_of":
      return `be a multiple of ${issue.divisor}`
    case "invalid_format":
      return formatRule(issue)
    case "invalid_union":
      return formsOf(issue.errors)
    case "unrecognized_keys":
      return `not have ${issue.keys.join(", ")}`
    default:
      return "be another value"
  }
}

function typeRule(expected: string, input: unknown): string {
  if (expected === "never") return "be left out"
  if (expected === "nonoptional") return "be given"
  if (expected === "number" && typeof input === "number") return "be a finite number"
  return `be ${TYPES[expected] ?? `a ${expected}`}`
}

function formatRule({ format, pattern, prefix, suffix }: $ZodRawIssue & { code: "invalid_format" }): string {
  if (typeof prefix === "string") return `begin with ${prefix}`
  if (typeof suffix === "string") return `end with ${suffix}`
  return format === "regex" && pattern !== undefined ? `match ${pattern}` : `have the format ${format}`
}

function comparison(
  { exact, inclusive, origin }: $ZodRawIssue & { code: "too_small" | "too_big" },
  within: string,
  ofSizes: string,
  ofNumbers: string,
): string {
  if (exact) return "exactly"
  return inclusive ? within : origin in UNITS ? ofSizes : ofNumbers
}

function bound(origin: string, limit: number | bigint, comparison: string): string {
  const unit = UNITS[origin]
  if (unit === undefined) return `be ${comparison} ${origin === "date" ? new Date(Number(limit)).toISOString() : limit}`
  return limit === 1 && comparison === "at least" ? NOT_EMPTY : `have ${comparison} ${limit} ${unit}`
}

/** What a value may be that fits none of several schemas; where it fits one in part, that one is not known. */
function formsOf(
  errors: readonly (readonly { readonly message: string; readonly path: readonly unknown[] }[])[],
): string {
  const forms = errors.map(([first]) =>
    first?.path.length === 0 ? /^must be ([^;]+)/.exec(first.message)?.[1] : undefined,
  )
  const known = forms.filter((form) => form !== undefined)
  return known.length === forms.length && known.length > 0 ? `be ${known.join(", or ")}` : "have one of its forms"
}

/** Issues of numbers, which are shown. */
const NUMERIC = { too_small: true, too_big: true, not_multiple_of: true }

function shown({ code, expected, input, origin }: $ZodRawIssue): string {
  if (code === "too_small" || code === "too_big") {
    const size = (input as { length?: number } | undefined)?.length ?? (input as { size?: number } | undefined)?.size
    if (String(origin) in UNITS && size !== undefined) return String(size)
  }
  if (typeof input === "string" && code !== "invalid_type") return "another string"
  const ofNumbers = code === "invalid_type" ? ["number", "int"].includes(expected) : code in NUMERIC
  return ofNumbers ? got(input) : typeName(input)
}

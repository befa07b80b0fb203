import * as fc from "fast-check"
import type { JsonSchema } from "./document.ts"

/** Keywords of JSON Schema that zod writes. */
interface Keywords {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
  readonly items?: JsonSchema
  readonly prefixItems?: readonly JsonSchema[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly propertyNames?: JsonSchema
}

/** What stands in itself ends here. */
const MAX_DEPTH = 5

/** Values of a schema, most of which it accepts; those at its bounds come often. */
export function valuesOf(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>): fc.Arbitrary<unknown> {
  return generated(schema, 0)

  function generated(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
    const keywords: Keywords = schema
    const { allOf, anyOf, oneOf = anyOf, $ref, type } = keywords
    if (depth > MAX_DEPTH) return fc.constant(null)
    if ($ref !== undefined) return generated(components[$ref.split("/").at(-1) ?? ""] ?? {}, depth + 1)
    if ("const" in schema) return fc.constant(keywords.const)
    if (keywords.enum !== undefined) return fc.constantFrom(...keywords.enum)
    if (oneOf !== undefined) return fc.oneof(...oneOf.map((one) => generated(one, depth + 1)))
    if (allOf !== undefined) return generated(mergedOf([schema, ...allOf]), depth)
    if (typeof type === "object") return fc.oneof(...type.map((one) => generated({ ...schema, type: one }, depth)))
    if (type === "array") return arrayOf(keywords, depth)
    if (type === "object") return objectOf(keywords, depth)
    return scalarOf(keywords)
  }

  function arrayOf({ items = {}, maxItems, minItems = 0, prefixItems }: Keywords, depth: number) {
    if (prefixItems !== undefined) return fc.tuple(...prefixItems.map((item) => generated(item, depth + 1)))
    const item = generated(items, depth + 1)
    const few = fc.array(item, { minLength: minItems, maxLength: Math.min(maxItems ?? Infinity, minItems + 3) })
    const bounds = [minItems, maxItems].filter((bound) => bound !== undefined)
    return fc.oneof(few, ...bounds.map((bound) => item.map((one) => Array(bound).fill(one))))
  }

  function objectOf(keywords: Keywords, depth: number): fc.Arbitrary<unknown> {
    const { additionalProperties, properties = {}, propertyNames, required = [] } = keywords
    const members = Object.entries(properties).map(([name, member]) => [name, generated(member, depth + 1)] as const)
    const known = fc.record(Object.fromEntries(members), { requiredKeys: [...required], noNullPrototype: true })
    if (typeof additionalProperties !== "object") return known
    const names = propertyNames === undefined ? fc.string() : generated(propertyNames, depth + 1).map(String)
    const more = fc.dictionary(names, generated(additionalProperties, depth + 1), { maxKeys: 3, noNullPrototype: true })
    return fc.tuple(more, known).map((both) => Object.assign({}, ...both))
  }
}

/** What all of the schemas say, as far as that is one schema. */
function mergedOf(schemas: readonly JsonSchema[]): JsonSchema {
  const properties = Object.assign({}, ...schemas.map((schema) => schema["properties"]))
  const { allOf: _, ...merged } = Object.assign({}, ...schemas) as Keywords
  return { ...merged, ...(Object.keys(properties).length > 0 && { properties }) }
}

function scalarOf(keywords: Keywords): fc.Arbitrary<unknown> {
  if (keywords.type === "string") return textOf(keywords)
  if (keywords.type === "integer" || keywords.type === "number") return numberOf(keywords)
  if (keywords.type === "boolean") return fc.boolean()
  return keywords.type === "null" ? fc.constant(null) : fc.jsonValue({ maxDepth: 2 })
}

function textOf({ maxLength, minLength = 0, pattern }: Keywords): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, "u"))
  const lengths = { minLength, maxLength: Math.min(maxLength ?? Infinity, minLength + 10) }
  const bounds = [minLength, maxLength].filter((bound) => bound !== undefined)
  const atBounds = bounds.flatMap((bound) => ["a".repeat(bound), "😀".repeat(bound), "😀".repeat(bound >> 1)])
  return fc.oneof(fc.string(lengths), fc.string({ ...lengths, unit: "binary" }), fc.constantFrom(...atBounds))
}

function numberOf(keywords: Keywords): fc.Arbitrary<number> {
  const { exclusiveMaximum, exclusiveMinimum, maximum, minimum, multipleOf = 1, type } = keywords
  const bounds = [minimum, maximum, exclusiveMinimum, exclusiveMaximum].filter((bound) => bound !== undefined)
  const from = Math.max(minimum ?? exclusiveMinimum ?? -Infinity, Number.MIN_SAFE_INTEGER)
  const to = Math.min(maximum ?? exclusiveMaximum ?? Infinity, Number.MAX_SAFE_INTEGER)
  const integers = fc.integer({ min: Math.ceil(from), max: Math.max(Math.ceil(from), Math.floor(to)) })
  const near = fc.constantFrom(...bounds, from, to, 0, 1).map((number) => number * (bounds.length > 0 ? 1 : multipleOf))
  const others = integers.map((number) => number - (number % multipleOf))
  const doubles = fc.double({ min: from, max: to, noNaN: true })
  return fc.oneof(near, others, ...(type === "number" ? [doubles] : []))
}

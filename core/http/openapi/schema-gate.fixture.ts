import { isDeepStrictEqual } from "node:util"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as fc from "fast-check"
import type { $ZodType } from "zod/v4/core"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { checkOf } from "../../foundation/http/check-of.ts"
import { parseSchema } from "../../foundation/parse-schema.ts"
import type { JsonSchema } from "./document.ts"
import { valuesOf } from "./json-values.fixture.ts"
import { mutated } from "./mutated.fixture.ts"
import { Schemas } from "./schemas.ts"

const RUNS = 1000

/**
 * How the JSON Schema of a request says something else than its zod schema, which checks it; undefined where nothing is
 * found. Values are of the JSON Schema, and near these: each must be accepted by both, as it is, or refused by both.
 */
export function differenceOf(schema: $ZodType): string | undefined {
  const schemas = new Schemas()
  const json = schemas.add(schema, "input", "request")
  const components = schemas.components()
  const shown = JSON.stringify({ json, components })
  if (shown.includes('"readOnly":true')) return `the JSON Schema says readOnly, which no request may have: ${shown}`
  // Formats are notes; patterns are rules.
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const validate = ajv.compile({ ...json, components: { schemas: components } })

  const values = valuesOf(json, components)
  const sent = fc.oneof(values, mutated(values)).map((value) => JSON.parse(JSON.stringify(value)) as unknown)
  const check = checkOf(schema, "body")
  const differs = (value: unknown) =>
    isKnownOtherwise(schema, check, value) ?? differsFrom(validate(value), schema, value)
  const property = fc.property(sent, (value) => differs(value) === undefined)
  const { counterexample, failed, seed } = fc.check(property, { numRuns: RUNS })
  if (!failed) return undefined
  const [value] = counterexample ?? []
  return `${differs(value)}: ${JSON.stringify(value)}, of ${shown}, seed ${seed}`
}

/** How the compiled check, which requests meet, says something else than the schema. */
function isKnownOtherwise(schema: $ZodType, check: (value: unknown) => unknown, value: unknown): string | undefined {
  const { data, issues } = parseSchema(schema, value)
  try {
    const known = check(value)
    if (issues !== undefined) return "zod refuses, and its compiled form accepts"
    return isDeepStrictEqual(known, data) ? undefined : "zod and its compiled form give different values"
  } catch (error) {
    if (!ServiceError.is(error)) throw error
    return issues === undefined ? "zod accepts, and its compiled form refuses" : undefined
  }
}

function differsFrom(isValid: boolean, schema: $ZodType, value: unknown): string | undefined {
  const { data, issues } = parseSchema(schema, value)
  if (issues === undefined && !isValid) return "zod accepts, and the JSON Schema refuses"
  if (issues !== undefined && isValid) return "zod refuses, and the JSON Schema accepts"
  return issues === undefined && !isKept(value, data) ? "zod changes" : undefined
}

/** Whether nothing of a value became something else. Defaults may have come to it. */
function isKept(value: unknown, now: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === now
  if (typeof now !== "object" || now === null || Array.isArray(value) !== Array.isArray(now)) return false
  const members = Object.entries(value)
  if (Array.isArray(value) && Object.keys(now).length !== members.length) return false
  return members.every(([name, member]) => Object.hasOwn(now, name) && isKept(member, (now as JsonSchema)[name]))
}

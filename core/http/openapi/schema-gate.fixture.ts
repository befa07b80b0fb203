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

type Check = (value: unknown) => unknown

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
  const differs = (value: unknown) => differsFrom(validate(value), schema, check, value)
  const property = fc.property(sent, (value) => differs(value) === undefined)
  const { counterexample, failed, seed } = fc.check(property, { numRuns: RUNS })
  if (!failed) return undefined
  const [value] = counterexample ?? []
  return `${differs(value)}: ${JSON.stringify(value)}, of ${shown}, seed ${seed}`
}

function differsFrom(isValid: boolean, schema: $ZodType, check: Check, value: unknown): string | undefined {
  const { data, issues } = parseSchema(schema, value)
  if (issues === undefined && !isValid) return "zod accepts, and the JSON Schema refuses"
  if (issues !== undefined && isValid) return "zod refuses, and the JSON Schema accepts"
  if (issues === undefined && !isKept(value, data)) return "zod changes"
  return isDeepStrictEqual(outcomeOf(check, value), data) ? undefined : "the compiled form of the schema differs"
}

/** What a compiled check, which requests meet, hands out; undefined where it refuses. */
function outcomeOf(check: Check, value: unknown): unknown {
  try {
    return check(value)
  } catch (error) {
    if (ServiceError.is(error)) return undefined
    throw error
  }
}

/** Whether nothing of a value became something else. Defaults may have come to it. */
function isKept(value: unknown, now: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === now
  if (typeof now !== "object" || now === null || Array.isArray(value) !== Array.isArray(now)) return false
  const members = Object.entries(value)
  if (Array.isArray(value) && Object.keys(now).length !== members.length) return false
  return members.every(([name, member]) => Object.hasOwn(now, name) && isKept(member, (now as JsonSchema)[name]))
}

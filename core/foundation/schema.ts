import type { $ZodType } from "zod/v4/core"
import type { ErrorIssue } from "../../contracts/foundation/errors.ts"
import { shownName } from "../../contracts/foundation/shown.ts"
import { unknownOption } from "../../contracts/foundation/text.ts"
import type { ParsedIssue } from "./parse-schema.ts"

interface SchemaDefinition {
  readonly type: string
  readonly innerType?: $ZodType
  readonly element?: $ZodType
  /** Of a union. */
  readonly options?: readonly $ZodType[]
  readonly shape?: Readonly<Record<string, $ZodType>>
  /** Of an intersection. */
  readonly left?: $ZodType
  readonly right?: $ZodType
  /** Of a pipe. */
  readonly in?: $ZodType
  readonly out?: $ZodType
  /** Of a record. */
  readonly keyType?: $ZodType
  readonly valueType?: $ZodType
  /** Of what is made when it is needed. */
  readonly getter?: () => $ZodType
  /** Of an enum. */
  readonly entries?: Readonly<Record<string, string | number>>
  /** Of a literal. */
  readonly values?: readonly unknown[]
}

/** Schemas that stand in one another without end are not followed further. */
const MAX_DEPTH = 20
const UNKNOWN: SchemaDefinition = { type: "unknown" }

/** The definition of what goes into a schema: under optional, default and the like. */
export function definitionOf(schema: $ZodType, depth = 0): SchemaDefinition {
  // A schema of another library, or of an older zod, shows none.
  const definition = (schema as Partial<$ZodType>)._zod?.def as SchemaDefinition | undefined
  if (definition === undefined || depth > MAX_DEPTH) return UNKNOWN
  const { getter, in: input, innerType, out, type } = definition
  if (type === "pipe" && input !== undefined) {
    // What is transformed first may be of any type, and then is that which follows, as far as anybody knows.
    const before = definitionOf(input, depth + 1)
    return before.type === "transform" && out !== undefined ? definitionOf(out, depth + 1) : before
  }
  const inner = type === "lazy" ? getter?.() : innerType
  return inner === undefined ? definition : definitionOf(inner, depth + 1)
}

/** The schemas of an option, one of each form that has it. */
export function optionSchemas(schema: $ZodType, key: string, depth = 0): $ZodType[] {
  const { keyType, options = [], left, right, shape, valueType } = definitionOf(schema, depth)
  if (shape !== undefined) return Object.hasOwn(shape, key) && shape[key] !== undefined ? [shape[key]] : []
  if (valueType !== undefined) {
    const names = keyType && keyNames(keyType)
    return names === undefined || names.includes(key) ? [valueType] : []
  }
  const forms = left !== undefined && right !== undefined ? [left, right] : options
  return depth > MAX_DEPTH ? [] : forms.flatMap((form) => optionSchemas(form, key, depth + 1))
}

/** The schema of an option, or undefined where a schema does not have it. */
export function optionSchema(schema: $ZodType, key: string): $ZodType | undefined {
  return optionSchemas(schema, key)[0]
}

/** The names of the options of a schema, as far as they are known. */
export function optionNames(schema: $ZodType): string[] {
  return knownNames(schema) ?? []
}

/** The names of the options of a schema, or undefined where a schema does not show them all. */
function knownNames(schema: $ZodType | undefined, depth = 0): string[] | undefined {
  if (schema === undefined || depth > MAX_DEPTH) return undefined
  const { keyType, left, options, right, shape } = definitionOf(schema, depth)
  if (shape !== undefined) return Object.keys(shape)
  if (keyType !== undefined) return keyNames(keyType)
  const forms = left !== undefined && right !== undefined ? [left, right] : options
  const names = forms?.map((form) => knownNames(form, depth + 1))
  return names?.every((known) => known !== undefined) ? [...new Set(names.flat())] : undefined
}

function keyNames(keyType: $ZodType): string[] | undefined {
  const { entries, values } = definitionOf(keyType)
  return entries === undefined ? values?.map(String) : Object.values(entries).map(String)
}

/** An issue whose path is still in parts. */
export interface SchemaIssue {
  readonly path: readonly string[]
  readonly message: string
}

/** What a schema refuses, each with the path of the option at fault: an unknown option is at fault itself. */
export function schemaIssues(
  schema: $ZodType,
  issues: readonly ParsedIssue[],
  known?: readonly string[],
): SchemaIssue[] {
  return issues.flatMap(({ keys, message, path: parts }) => {
    const path = parts.map(String)
    if (keys === undefined) return [{ path, message }]
    const names = path.length === 0 && known !== undefined ? known : knownNames(schemaAt(schema, path))
    return keys.map((key) => ({ path: [...path, key], message: unknownOption(names) }))
  })
}

/** An issue as errors show it. */
export function issueAt(prefix: string, { message, path }: SchemaIssue): ErrorIssue {
  return { path: [prefix, ...path.map(shownName)].filter((part) => part !== "").join("."), message }
}

function schemaAt(schema: $ZodType, path: readonly string[]): $ZodType | undefined {
  return path.reduce<$ZodType | undefined>(
    (at, key) => at && (definitionOf(at).element ?? optionSchema(at, key)),
    schema,
  )
}

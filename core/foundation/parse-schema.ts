import { type $ZodType, safeParse } from "zod/v4/core"
import { schemaMessage } from "./schema-words.ts"

/** What a schema says is wrong. */
export interface ParsedIssue {
  readonly path: readonly PropertyKey[]
  readonly message: string
  /** The members that an object must not have. */
  readonly keys?: readonly string[] | undefined
}

/** A value with the defaults of its schema, or each issue of it. */
export type Parsed<Output> =
  | { readonly data: Output; readonly issues?: never }
  | { readonly data?: never; readonly issues: readonly ParsedIssue[] }

/**
 * Checks a value by a schema of `zod` or of `zod/mini`; messages that the schema does not have are ours. A schema that
 * has only `safeParse`, as those of zod 3, keeps its own messages, unless they show the value.
 *
 * @throws What a transform or a default of the schema throws, and an error where the schema is async.
 */
export function parseSchema<Output>(schema: $ZodType<Output>, value: unknown): Parsed<Output> {
  if (!("_zod" in schema)) return parseForeign(schema as ForeignSchema<Output>, value)
  const { data, error } = safeParse(schema, value, { error: schemaMessage })
  return error === undefined ? { data } : { issues: error.issues }
}

/** A schema of which no more is known. */
interface ForeignSchema<Output> {
  safeParse?(value: unknown): unknown
  /** Types only. */
  readonly output?: Output
}

interface ForeignResult<Output> {
  readonly success?: boolean
  readonly data?: Output
  readonly error?: { readonly issues?: readonly Partial<ParsedIssue>[] }
}

function parseForeign<Output>(schema: ForeignSchema<Output>, value: unknown): Parsed<Output> {
  const result = schema.safeParse?.(value)
  if (result instanceof Promise) {
    result.catch(() => {})
    throw new AsyncSchemaError()
  }
  const { data, error, success } = (result ?? {}) as ForeignResult<Output>
  if (success === true) return { data: data as Output }
  if (!Array.isArray(error?.issues)) throw new TypeError("safeParse gives neither data nor issues")
  return { issues: error.issues.map((issue: Partial<ParsedIssue>) => foreignIssue(issue, value)) }
}

/** A schema that answers later cannot check a configuration. */
class AsyncSchemaError extends Error {
  override readonly name = "$ZodAsyncError"
}

function foreignIssue({ keys, message = "", path = [] }: Partial<ParsedIssue>, value: unknown): ParsedIssue {
  const at = path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value)
  const hides = message !== "" && !(typeof at === "string" && message.includes(at))
  return { path, keys, message: hides ? message : "must be another value; got another string" }
}

/** Whether an error says that a schema is async. */
export function isAsyncSchema(error: unknown): boolean {
  return error instanceof Error && /ZodAsyncError|ZodAsync/.test(`${error.name} ${error.constructor.name}`)
}

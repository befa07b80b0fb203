import type { $ZodType } from "zod/v4/core"
import { toJSONSchema } from "zod/v4/core"

/** A parameter as the JSON Schema of the query describes it. */
interface ParameterSchema {
  readonly type?: string
  readonly items?: ParameterSchema
}

/** The values of a query as its schema takes them: texts that are numbers or booleans where it wants these, and lists. */
export function queryReader(schema: $ZodType): (query: string) => Record<string, unknown> {
  const { properties = {} } = toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as {
    properties?: Readonly<Record<string, ParameterSchema>>
  }
  return (query) => {
    if (query === "") return {}
    const params = new URLSearchParams(query)
    const names = [...new Set(params.keys())]
    return Object.fromEntries(names.map((name) => [name, valuesOf(params.getAll(name), parameterOf(properties, name))]))
  }
}

function parameterOf(properties: Readonly<Record<string, ParameterSchema>>, name: string): ParameterSchema {
  return (Object.hasOwn(properties, name) ? properties[name] : undefined) ?? {}
}

/** A parameter that comes twice is a list, which only a list may be. */
function valuesOf(texts: readonly string[], { items, type }: ParameterSchema): unknown {
  if (type === "array") return texts.map((text) => scalarOf(text, items?.type))
  return texts.length === 1 ? scalarOf(texts[0] ?? "", type) : texts
}

/** The text itself where it is no value of the type, so that the schema says what is wrong. */
function scalarOf(text: string, type: string | undefined): unknown {
  if ((type === "number" || type === "integer") && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return Number(text)
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true"
  return text
}

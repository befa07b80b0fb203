import type { z } from "zod"

interface SchemaDefinition {
  readonly type: string
  readonly innerType?: z.core.$ZodType
  readonly element?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
}

/** A query parameter as the type that the schema wants. What cannot be read as that type is left for it to refuse. */
export function coerceOption(schema: z.ZodType, key: string, text: string): unknown {
  const field = definitionOf(schema).shape?.[key]
  return field === undefined ? text : coerce(definitionOf(field), text)
}

/** Whether an object schema has the option. */
export function hasOption(schema: z.ZodType, key: string): boolean {
  return definitionOf(schema).shape?.[key] !== undefined
}

function coerce({ element, options = [], type }: SchemaDefinition, text: string): unknown {
  switch (type) {
    case "number":
      return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text)
    case "boolean":
      return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : text
    case "array":
      return text.split(",").map((item) => (element === undefined ? item : coerce(definitionOf(element), item)))
    case "union":
      return options.map((option) => coerce(definitionOf(option), text)).find((value) => value !== text) ?? text
    default:
      return text
  }
}

/** The definition under optional, default and the like. */
function definitionOf(schema: z.core.$ZodType): SchemaDefinition {
  const definition = schema._zod.def as unknown as SchemaDefinition
  return definition.innerType === undefined ? definition : definitionOf(definition.innerType)
}

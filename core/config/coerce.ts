import type { $ZodType } from "zod/v4/core"
import { definitionOf, optionSchemas } from "../foundation/schema.ts"

/**
 * A query parameter as the type that the schema wants: an array has all of its values, and all else the last. What
 * cannot be read as that type is left for the schema to refuse.
 */
export function coerceOption(schema: $ZodType, key: string, texts: readonly string[]): unknown {
  return coerceForms(optionSchemas(schema, key), texts)
}

function coerceForms(forms: readonly $ZodType[], texts: readonly string[]): unknown {
  const text = texts.at(-1)
  return forms.map((form) => coerce(form, texts)).find((value) => value !== text) ?? text
}

function coerce(schema: $ZodType, texts: readonly string[]): unknown {
  const { element, left, options = [], right, type } = definitionOf(schema)
  const text = texts.at(-1) ?? ""
  switch (type) {
    case "number":
      return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text)
    case "boolean":
      return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : text
    case "array":
      return itemsOf(texts).map((item) => (element === undefined ? item : coerce(element, [item])))
    case "union":
      return coerceForms(options, texts)
    case "intersection":
      return coerceForms(left && right ? [left, right] : [], texts)
    default:
      return text
  }
}

function itemsOf(texts: readonly string[]): string[] {
  return texts.length === 1 && texts[0] === "" ? [] : texts.flatMap((text) => text.split(","))
}

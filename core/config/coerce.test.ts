import { describe, expect, it } from "vitest"
import * as z from "zod"
import { coerceOption } from "./coerce.ts"

const schema = z.strictObject({
  flag: z.boolean().default(false),
  either: z.union([z.boolean(), z.strictObject({ nodes: z.array(z.string()) })]).default(false),
  size: z.union([z.number(), z.literal("all")]),
  text: z.string().exactOptional(),
})

describe("a query parameter", () => {
  it.each([
    ["flag", "1", true],
    ["flag", "maybe", "maybe"],
    ["either", "true", true],
    ["either", "0", false],
    ["either", "nodes", "nodes"],
    ["size", "3", 3],
    ["size", "all", "all"],
    ["text", "true", "true"],
    ["unknown", "true", "true"],
  ])("%s=%s is read as the type that the schema wants", (key, text, value) => {
    expect(coerceOption(schema, key, [text])).toBe(value)
  })
})

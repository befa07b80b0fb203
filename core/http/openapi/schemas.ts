import * as z from "zod/mini"
import type { $ZodType } from "zod/v4/core"
import { toJSONSchema } from "zod/v4/core"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { JsonSchema, OpenApiReference } from "./document.ts"

const ZOD_REF = "#/$defs/"
const COMPONENT_REF = "#/components/schemas/"

/** Schemas as the document shows them: those with an id, and those that stand in themselves, are components. */
export class Schemas {
  readonly #components = new Map<string, JsonSchema>()

  /**
   * A schema as JSON Schema: of what is sent, or of what is answered.
   *
   * @throws ServiceError INVALID_CONFIG, with its place, where JSON Schema has no words for it, or where its id stands for
   * another schema already.
   */
  add(schema: $ZodType, io: "input" | "output", place: string): JsonSchema {
    // What stands at the root of zod's own document is never a definition, whatever its id.
    const { $defs = {}, properties } = converted(z.strictObject({ schema }), io, place)
    for (const [id, definition] of Object.entries($defs)) {
      this.define(componentName(id, place), withReferences(definition, place) as JsonSchema)
    }
    return withReferences(properties.schema, place) as JsonSchema
  }

  /** The names and schemas of an object, and which of them must be there. */
  addObject(schema: $ZodType, place: string): { names: Readonly<Record<string, JsonSchema>>; required: string[] } {
    const { $ref, ...inline } = this.add(schema, "input", place) as JsonSchema & { $ref?: string }
    const { properties, required = [] } = ($ref === undefined ? inline : this.#referred($ref)) as ObjectSchema
    if (properties === undefined) throw refused(place, "must be an object schema; use z.strictObject")
    return { names: properties, required }
  }

  /** Makes a component. @returns The reference to it. */
  define(name: string, schema: JsonSchema): OpenApiReference {
    const known = this.#components.get(name)
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw refused(name, "must stand for one schema; got a second one with this id, or one that is answered otherwise")
    }
    this.#components.set(name, schema)
    return { $ref: COMPONENT_REF + name }
  }

  /** By their names, in the order of these. */
  components(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #referred(reference: string): JsonSchema {
    return this.#components.get(reference.slice(COMPONENT_REF.length)) ?? {}
  }
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: string[]
}

interface Converted {
  readonly properties: { readonly schema: JsonSchema }
  readonly $defs?: Readonly<Record<string, JsonSchema>>
}

function converted(schema: $ZodType, io: "input" | "output", place: string): Converted {
  try {
    return toJSONSchema(schema, { target: "draft-2020-12", io }) as unknown as Converted
  } catch (error) {
    throw refused(
      place,
      "must be a schema that JSON Schema has words for; use no transform, date or custom type",
      error,
    )
  }
}

/** Zod numbers what stands in itself and has no id, in each schema from 0. */
function componentName(id: string, place: string): string {
  return id.startsWith("__schema") ? `${place}.${id.slice("__schema".length)}` : id
}

function withReferences(value: unknown, place: string): unknown {
  if (Array.isArray(value)) return value.map((member) => withReferences(member, place))
  if (typeof value !== "object" || value === null) return value
  const members = Object.entries(value).map(([name, member]) =>
    name === "$ref" && typeof member === "string" && member.startsWith(ZOD_REF)
      ? [name, COMPONENT_REF + componentName(member.slice(ZOD_REF.length), place)]
      : [name, withReferences(member, place)],
  )
  return Object.fromEntries(members)
}

function refused(place: string, what: string, cause?: unknown): ServiceError {
  return new ServiceError("INVALID_CONFIG", `The schema ${place} ${what}.`, { cause })
}

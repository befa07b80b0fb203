import { typeName } from "./text.ts"

/** An object that is data: no array, no instance of a class, nothing that inherits members. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // Those of another realm are plain too.
  return (
    prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "toString"))
  )
}

/** The kind of a value that is no plain object where one must be; never its content. */
export function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isPlainObject(value))
    return typeName(value)
  const name = className(value)
  return name === "Object" ? "an object that inherits" : `an instance of ${name}`
}

/** The name of the class of an object, where it has one that can be shown. */
export function className(value: object): string {
  const made: unknown = value.constructor
  const name: unknown = typeof made === "function" ? made.name : undefined
  return typeof name === "string" && /^[\w$]{1,64}$/.test(name) ? name : "a class"
}

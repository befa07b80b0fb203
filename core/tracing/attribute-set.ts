import type { SpanAttributes, SpanAttributeValue } from "../../contracts/tracing/tracing.ts"
import { safeAttribute } from "./safe/attributes.ts"

/** A longer name would make a request that no receiver takes. */
const MAX_KEY_LENGTH = 4096

/** The attributes of a span, an event or a link: the first so many keys, each with a value that every receiver takes. */
export class AttributeSet {
  readonly #maxCount: number
  readonly #maxLength: number
  #values: Record<string, SpanAttributeValue> | undefined
  #count = 0
  #dropped = 0

  constructor(maxCount: number, maxLength: number) {
    this.#maxCount = maxCount
    this.#maxLength = maxLength
  }

  get values(): SpanAttributes {
    return this.#values ?? NONE
  }

  /** Those that were too many, or have no form. */
  get dropped(): number {
    return this.#dropped
  }

  set(name: unknown, value: unknown): void {
    const key = safeKey(name)
    if (key === undefined || !this.#put(key, safeAttribute(value, this.#maxLength))) this.#dropped++
  }

  /** Each own member; one that cannot be read is dropped. */
  setAll(attributes: unknown): void {
    if (attributes === undefined || attributes === null) return
    const keys = keysOf(attributes)
    if (keys === undefined) {
      this.#dropped++
      return
    }
    for (const key of keys) this.set(key, memberOf(attributes, key))
  }

  #put(key: string, value: SpanAttributeValue | undefined): boolean {
    if (value === undefined) return false
    this.#values ??= emptyAttributes()
    if (this.#values[key] === undefined && ++this.#count > this.#maxCount) {
      this.#count--
      return false
    }
    this.#values[key] = value
    return true
  }
}

/** The name of an attribute; undefined where it is none. */
export function safeKey(name: unknown): string | undefined {
  if (typeof name !== "string" || name === "") return undefined
  return name.length > MAX_KEY_LENGTH ? name.slice(0, MAX_KEY_LENGTH) : name
}

/**
 * Has no members, and none by inheritance: each name is a name and no more. Made by a class, since members are added
 * slowly to other objects without a prototype.
 */
class Attributes {
  [name: string]: SpanAttributeValue

  static {
    Reflect.deleteProperty(Attributes.prototype, "constructor")
    Object.freeze(Object.setPrototypeOf(Attributes.prototype, null))
  }
}

const NONE: SpanAttributes = Attributes.prototype

/** An object to which an attribute of any name can be added, quickly. */
export function emptyAttributes(): Record<string, SpanAttributeValue> {
  return new Attributes()
}

/** Undefined where it has no names that can be listed. Those of a list and of bytes are numbers: millions, maybe. */
function keysOf(attributes: unknown): readonly string[] | undefined {
  if (typeof attributes !== "object" || attributes === null) return undefined
  try {
    return Array.isArray(attributes) || ArrayBuffer.isView(attributes) ? undefined : Object.keys(attributes)
  } catch {
    return undefined
  }
}

/** Undefined, which is no value, where it cannot be read. */
function memberOf(attributes: unknown, key: string): unknown {
  try {
    return (attributes as Readonly<Record<string, unknown>>)[key]
  } catch {
    return undefined
  }
}

import type { SpanAttributes, SpanAttributeValue } from "../../contracts/tracing/tracing.ts"
import { cutAttribute, safeAttribute } from "./safe/attributes.ts"

/** The attributes of a span, an event or a link: the first so many keys, each with a value that every receiver takes. */
export class AttributeSet {
  readonly #maxCount: number
  readonly #maxLength: number
  #values: Record<string, SpanAttributeValue> | undefined
  #count = 0
  /** Those that were too many, or have no form. */
  dropped = 0

  constructor(maxCount: number, maxLength: number) {
    this.#maxCount = maxCount
    this.#maxLength = maxLength
  }

  get values(): SpanAttributes {
    return this.#values ?? NONE
  }

  set(key: unknown, value: unknown): void {
    const safe = typeof key === "string" && key !== "" ? safeAttribute(value) : undefined
    if (safe === undefined) {
      this.dropped++
      return
    }
    this.#values ??= Object.create(null) as Record<string, SpanAttributeValue>
    if (this.#values[key as string] === undefined) {
      if (this.#count >= this.#maxCount) {
        this.dropped++
        return
      }
      this.#count++
    }
    this.#values[key as string] = cutAttribute(safe, this.#maxLength)
  }

  /** Each own member; one that cannot be read is dropped. */
  setAll(attributes: unknown): void {
    if (attributes === undefined || attributes === null) return
    if (typeof attributes !== "object") {
      this.dropped++
      return
    }
    try {
      for (const key of Object.keys(attributes)) this.#setMember(attributes as Readonly<Record<string, unknown>>, key)
    } catch {
      this.dropped++
    }
  }

  #setMember(attributes: Readonly<Record<string, unknown>>, key: string): void {
    let value: unknown
    try {
      value = attributes[key]
    } catch {
      this.dropped++
      return
    }
    this.set(key, value)
  }
}

const NONE: SpanAttributes = Object.freeze(Object.create(null) as Record<string, SpanAttributeValue>)

import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { ValueCodec } from "../../kit/codec.ts"

/** Begins the line of tags that stands before the value of a tagged entry. No encoded value begins with it. */
const TAGS = "#"

/** How `increment` must store a number, and the only way in which it can read one. */
const INTEGER = /^(0|-?[1-9]\d*)$/

/** Values as the text that is stored: integers plain, everything else as the codec has it, tags in a line before it. */
export class StoredText {
  readonly #codec: ValueCodec
  readonly #maxBytes: number

  constructor(codec: ValueCodec, maxBytes: number) {
    this.#codec = codec
    this.#maxBytes = maxBytes
  }

  /**
   * @param tags As `encodeTags` gives them.
   * @throws ServiceError LIMIT_EXCEEDED.
   */
  encode(value: unknown, tags: readonly string[] = []): string {
    const integer = Number.isSafeInteger(value) && !Object.is(value, -0)
    const text = integer ? String(value) : this.#codec.encode(value)
    // A UTF-16 unit is at most three bytes, so most values need no counting.
    if (text.length * 3 > this.#maxBytes && Buffer.byteLength(text) > this.#maxBytes) {
      const size = Buffer.byteLength(text)
      throw new ServiceError(
        "LIMIT_EXCEEDED",
        `A value must take at most ${this.#maxBytes} bytes, as maxValueBytes says; got ${size}.`,
      )
    }
    return tags.length === 0 ? text : `${TAGS}${tags.join(",")}\n${text}`
  }

  /** @throws ServiceError CORRUPT for text that is not of this cache. */
  decode(stored: string): unknown {
    const text = stored.startsWith(TAGS) ? stored.slice(stored.indexOf("\n") + 1) : stored
    try {
      return INTEGER.test(text) ? Number(text) : this.#codec.decode(text)
    } catch (cause) {
      throw new ServiceError("CORRUPT", "The stored entry was not written by this cache.", { cause })
    }
  }
}

/** Tags as they are stored and as they stand in keys: distinct, and without comma, brace or line end. */
export function encodeTags(tags: readonly string[]): string[] {
  return [...new Set(tags)].map(encodeURIComponent)
}

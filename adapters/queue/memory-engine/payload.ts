/**
 * JSON data by value. It is checked and copied in one walk, and copied again for each reader, which is several times
 * faster than text and parsing it; strings are shared, whatever their length.
 */
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { utf8Length } from "../../../contracts/foundation/text.ts"
import { queuePayloadIssue } from "../../../contracts/queue/arguments.ts"
import { JSON_MAX_DEPTH } from "../../../contracts/queue/json.ts"
import { clonePlain } from "../../kit/clone.ts"

/** Data that nobody else holds: itself where it has no object inside, so that one spread copies it; else in a `Deep`. */
export type Payload = string | number | boolean | null | Readonly<Record<string, unknown>> | Deep

class Deep {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/** @throws ServiceError INVALID_ARGUMENT for what is not JSON data, LIMIT_EXCEEDED for what is too large. */
export function payloadOf(data: unknown, maxBytes: number): Payload {
  const reader = new Reader(maxBytes)
  const copy = reader.read(data ?? null, 0)
  if (copy === REFUSED) {
    throw new ServiceError(
      "INVALID_ARGUMENT",
      queuePayloadIssue(data) ?? "A payload must not change while it is read; got one that does.",
    )
  }
  if (reader.atMost > maxBytes) refuseOver(maxBytes, utf8Length(JSON.stringify(copy)))
  return (reader.isDeep ? new Deep(copy) : copy) as Payload
}

/** The data for one more reader. */
export function copyOf(payload: Payload): unknown {
  if (typeof payload !== "object" || payload === null) return payload
  return payload instanceof Deep ? clonePlain(payload.value) : { ...payload }
}

export function isSamePayload(one: Payload, other: Payload): boolean {
  return JSON.stringify(copyOf(one)) === JSON.stringify(copyOf(other))
}

/** No JSON data. */
const REFUSED = Symbol("refused")
/** Bytes of a number or a word, and around text, with what stands between members. */
const MAX_WORD_BYTES = 26
const AROUND_TEXT_BYTES = 4
/** A UTF-16 unit is written in six characters at most, `\u0000`. */
const MAX_UNIT_BYTES = 6

/** Reads each member once, so that a getter has no second say. Bytes are bounded from both sides; most need no more. */
class Reader {
  atMost = 0
  isDeep = false
  readonly #maxBytes: number
  #atLeast = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** A copy, or REFUSED. */
  read(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case "string":
        this.#readText(value)
        return value
      case "number":
        this.atMost += MAX_WORD_BYTES
        // JSON has no -0.
        return Number.isFinite(value) ? value + 0 : REFUSED
      case "boolean":
        this.atMost += MAX_WORD_BYTES
        return value
      case "object":
        this.atMost += MAX_WORD_BYTES
        return value === null ? null : this.#readObject(value, depth)
      default:
        return REFUSED
    }
  }

  #readText(text: string): void {
    this.atMost += text.length * MAX_UNIT_BYTES + AROUND_TEXT_BYTES
    this.#atLeast += text.length
  }

  #readObject(value: object, depth: number): unknown {
    if (depth === JSON_MAX_DEPTH) return REFUSED
    if (depth > 0) this.isDeep = true
    this.#atLeast++
    if (this.#atLeast > this.#maxBytes) refuseOver(this.#maxBytes, this.#atLeast)
    if (Array.isArray(value)) return this.#readList(value, depth)
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return REFUSED
    if (Object.getOwnPropertySymbols(value).length > 0) return REFUSED
    return this.#readMembers(value, depth)
  }

  #readList(value: readonly unknown[], depth: number): unknown {
    this.isDeep = true
    const copy = new Array(value.length)
    for (let index = 0; index < copy.length; index++) {
      const member = this.read(value[index], depth + 1)
      if (member === REFUSED) return REFUSED
      copy[index] = member
    }
    return copy
  }

  /** A spread keeps a member called __proto__ a member. */
  #readMembers(value: object, depth: number): unknown {
    const copy = { ...value } as Record<string, unknown>
    let hasAbsent = false
    for (const key in copy) {
      const member = copy[key]
      this.atMost += key.length * MAX_UNIT_BYTES + AROUND_TEXT_BYTES
      if (typeof member === "string") {
        this.#readText(member)
        continue
      }
      // Not what is inherited.
      if (!Object.hasOwn(copy, key)) continue
      if (member === undefined) {
        hasAbsent = true
        continue
      }
      const read = this.read(member, depth + 1)
      if (read === REFUSED) return REFUSED
      if (read !== member || read === 0) copy[key] = read
    }
    return hasAbsent ? Object.fromEntries(Object.entries(copy).filter(([, member]) => member !== undefined)) : copy
  }
}

function refuseOver(maxBytes: number, bytes: number): void {
  if (bytes <= maxBytes) return
  throw new ServiceError(
    "LIMIT_EXCEEDED",
    `A payload must have at most ${maxBytes} bytes, as maxPayloadBytes says; got ${bytes}.`,
  )
}

/**
 * Plain data as text: JSON wherever JSON is exact, so that other programs can read it, and tagged JSON behind a `~`
 * where it is not. The value was checked before: see `contracts/foundation/plain-data.ts`.
 */

/** Begins tagged text, and is the member that marks a tag. No JSON text begins with it. */
const TAG = "~"

/** How values become text: where compression or encryption would go. No text begins with `#`, or is an integer. */
export interface ValueCodec {
  encode(value: unknown): string
  /** @throws Where `encode` cannot have written the text. */
  decode(text: string): unknown
}

export const plainCodec: ValueCodec = { encode: encodePlain, decode: decodePlain }

export function encodePlain(value: unknown): string {
  return isExactInJson(value) ? JSON.stringify(value) : TAG + JSON.stringify(toTagged(value))
}

/** @throws SyntaxError for text that `encodePlain` did not write. */
export function decodePlain(text: string): unknown {
  return text.startsWith(TAG) ? fromTagged(JSON.parse(text.slice(1))) : JSON.parse(text)
}

function isExactInJson(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
    case "bigint":
      return false
  }
  if (value === null) return true
  if (Array.isArray(value)) {
    for (const member of value) if (!isExactInJson(member)) return false
    return true
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  for (const key of Object.keys(value as object)) {
    if (!isExactInJson((value as Record<string, unknown>)[key])) return false
  }
  return true
}

type Tagged = { readonly [TAG]: string; readonly value: unknown }

function toTagged(value: unknown): unknown {
  if (typeof value === "bigint") return tag("bigint", value.toString())
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? value : tagNumber(value)
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(toTagged)
  if (value instanceof Date) return tag("date", Number.isNaN(value.getTime()) ? null : value.getTime())
  if (value instanceof Uint8Array) return tag("bytes", bytesToBase64(value))
  if (value instanceof Map)
    return tag(
      "map",
      Array.from(value, ([key, member]) => [toTagged(key), toTagged(member)]),
    )
  if (value instanceof Set) return tag("set", Array.from(value, toTagged))
  const members = mapMembers(value as Record<string, unknown>, toTagged)
  return Object.hasOwn(members, TAG) ? tag("object", members) : members
}

function tag(type: string, value: unknown): Tagged {
  return { [TAG]: type, value }
}

function tagNumber(value: number): Tagged {
  return tag("number", Object.is(value, -0) ? "-0" : String(value))
}

function fromTagged(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(fromTagged)
  if (!Object.hasOwn(value, TAG)) return mapMembers(value as Record<string, unknown>, fromTagged)
  const { [TAG]: type, value: content } = value as Tagged
  switch (type) {
    case "bigint":
      return asWritten(BigInt(content as string), content)
    case "number":
      return asWritten(Number(content), content)
    case "date":
      return asWritten(new Date((content as number | null) ?? Number.NaN), content)
    case "bytes":
      // What is no text could ask for any number of bytes: { "length": 1e9 }.
      return asWritten(base64ToBytes(typeof content === "string" ? content : ""), content)
    case "map":
      return new Map(list(content).map((entry) => list(entry, 2).map(fromTagged) as [unknown, unknown]))
    case "set":
      return new Set(list(content).map(fromTagged))
    case "object":
      if (typeof content !== "object" || content === null || !Object.hasOwn(content, TAG)) throw notWritten()
      return mapMembers(content as Record<string, unknown>, fromTagged)
    default:
      throw notWritten()
  }
}

/** The value, if it is written as it was found: `BigInt`, `Number` and the like take much more than that. */
function asWritten<T>(value: T, content: unknown): T {
  if ((toTagged(value) as Partial<Tagged>).value !== content) throw notWritten()
  return value
}

function list(content: unknown, length?: number): unknown[] {
  if (!Array.isArray(content) || (length !== undefined && content.length !== length)) throw notWritten()
  return content
}

function notWritten(): SyntaxError {
  return new SyntaxError("The text must be one that encodePlain wrote.")
}

/** A new object, `__proto__` members included, which an assignment would lose. */
function mapMembers(source: Record<string, unknown>, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(source).map(([key, member]) => [key, change(member)]))
}

function bytesToBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")
}

function base64ToBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"))
}

import type { SpanAttributeValue } from "../../../contracts/tracing/span.ts"

const MAX_INT64 = 2 ** 63

/**
 * A value as every receiver takes it, or undefined where there is no form for it. Numbers that JSON or 64 bits do not
 * hold become text.
 */
export function safeAttribute(value: unknown): SpanAttributeValue | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value
    case "number":
      return isSendable(value) ? value : numberText(value)
    case "bigint":
      return value.toString()
  }
  try {
    return Array.isArray(value) ? safeList(value) : undefined
  } catch {
    // A list whose members cannot be read.
    return undefined
  }
}

function isSendable(number: number): boolean {
  return Number.isFinite(number) && !(Number.isInteger(number) && Math.abs(number) >= MAX_INT64)
}

function numberText(number: number): string {
  return Number.isInteger(number) ? BigInt(number).toString() : String(number)
}

/** A list of one kind. Where one of its numbers is text, all are. */
function safeList(list: readonly unknown[]): SpanAttributeValue | undefined {
  const kind = typeof list[0]
  for (let at = 0; at < list.length; at++) if (typeof list[at] !== kind) return undefined
  switch (list.length === 0 ? "string" : kind) {
    case "string":
      return [...(list as readonly string[])]
    case "boolean":
      return [...(list as readonly boolean[])]
    case "number": {
      const numbers = list as readonly number[]
      return numbers.every(isSendable) ? [...numbers] : numbers.map(numberText)
    }
    case "bigint":
      return list.map(String)
  }
  return undefined
}

/** Texts of at most so many characters. */
export function cutAttribute(value: SpanAttributeValue, maxLength: number): SpanAttributeValue {
  if (typeof value === "string") return value.length > maxLength ? value.slice(0, maxLength) : value
  if (!Array.isArray(value) || typeof value[0] !== "string") return value
  return (value as readonly string[]).map((text) => text.slice(0, maxLength))
}

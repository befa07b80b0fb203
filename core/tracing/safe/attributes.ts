import type { SpanAttributeValue } from "../../../contracts/tracing/span.ts"
import { cut } from "./cut.ts"

const MAX_INT64 = 2 ** 63
/** To write one that has millions of digits would take seconds. */
const MAX_BIGINT = 1n << 131_072n
/** To copy one of millions would take as long, and no receiver takes it. */
const MAX_ITEMS = 10_000

/**
 * A value as every receiver takes it, or undefined where there is no form for it. Numbers that JSON or 64 bits do not
 * hold become text; text of more than `maxLength` characters is cut, in lists too. A BigInt of more than 131,072 bits and a
 * list of more than 10,000 members have none.
 */
export function safeAttribute(value: unknown, maxLength: number): SpanAttributeValue | undefined {
  if (typeof value !== "object") return safeItem(value, maxLength)
  try {
    return Array.isArray(value) ? safeList(value, maxLength) : undefined
  } catch {
    // A list that cannot be read.
    return undefined
  }
}

function safeItem(value: unknown, maxLength: number): string | number | boolean | undefined {
  switch (typeof value) {
    case "string":
      return cut(value, maxLength)
    case "boolean":
      return value
    case "number":
      return isSendable(value) ? value : cut(numberText(value), maxLength)
    case "bigint":
      return value < MAX_BIGINT && value > -MAX_BIGINT ? cut(value.toString(), maxLength) : undefined
  }
  return undefined
}

function isSendable(number: number): boolean {
  return Number.isFinite(number) && !(Number.isInteger(number) && Math.abs(number) >= MAX_INT64)
}

function numberText(number: number): string {
  return Number.isInteger(number) ? BigInt(number).toString() : String(number)
}

/** A list of one kind. Where one of its numbers is text, all are. */
function safeList(list: readonly unknown[], maxLength: number): SpanAttributeValue | undefined {
  const { length } = list
  if (length === 0) return []
  if (length > MAX_ITEMS) return undefined
  const kind = typeof list[0]
  const items: (string | number | boolean)[] = []
  for (let at = 0; at < length; at++) {
    const item = list[at]
    const safe = typeof item === kind ? safeItem(item, maxLength) : undefined
    if (safe === undefined) return undefined
    items.push(safe)
  }
  const isText = kind === "number" && items.some((item) => typeof item === "string")
  return (isText ? items.map((item) => numberTextOf(item, maxLength)) : items) as SpanAttributeValue
}

function numberTextOf(item: string | number | boolean, maxLength: number): string {
  return typeof item === "number" ? cut(numberText(item), maxLength) : String(item)
}

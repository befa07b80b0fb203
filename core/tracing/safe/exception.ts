import { TRACING_MAX_CAUSES, TRACING_MAX_MESSAGE_LENGTH } from "../../../contracts/tracing/arguments.ts"
import type { SpanAttributes } from "../../../contracts/tracing/span.ts"
import { cut } from "./cut.ts"
import { safeText } from "./text.ts"

const BEFORE_CAUSE = "\nCaused by: "

/**
 * The attributes of an `exception` event (OpenTelemetry), of whatever was thrown.
 *
 * @param maxLength Characters of an attribute: the stacks of all causes share them.
 */
export function exceptionAttributes(error: unknown, maxLength: number): SpanAttributes {
  const type = typeOf(error)
  const message = messageOf(error)
  const stack = stackOf(error, maxLength)
  return {
    "exception.type": type,
    ...(message !== "" && { "exception.message": message }),
    ...(stack !== "" && { "exception.stacktrace": stack }),
  }
}

/** The name of an error; of all else its kind. The code of an error is an attribute of those who know it. */
export function typeOf(error: unknown): string {
  const name = member(error, "name")
  return typeof name === "string" && name !== "" ? safeText(name, TRACING_MAX_MESSAGE_LENGTH, "Error") : kindOf(error)
}

export function messageOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return safeText(error, TRACING_MAX_MESSAGE_LENGTH, "")
  const message = member(error, "message")
  return typeof message === "string" ? safeText(message, TRACING_MAX_MESSAGE_LENGTH, "") : ""
}

function stackOf(error: unknown, maxLength: number): string {
  const stacks: string[] = []
  let current = error
  for (let depth = 0; depth <= TRACING_MAX_CAUSES && current !== undefined && current !== null; depth++) {
    const stack = member(current, "stack")
    const text = typeof stack === "string" && stack !== "" ? stack : depth === 0 ? "" : titleOf(current)
    if (text !== "") stacks.push(text)
    current = member(current, "cause")
  }
  const whole = stacks.join(BEFORE_CAUSE)
  if (whole.length <= maxLength) return whole
  const share = Math.max(0, Math.floor(maxLength / stacks.length) - BEFORE_CAUSE.length)
  return stacks.map((text) => cut(text, share)).join(BEFORE_CAUSE)
}

function titleOf(error: unknown): string {
  const message = messageOf(error)
  return message === "" ? typeOf(error) : `${typeOf(error)}: ${message}`
}

/** A member that may be a getter that throws. */
function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined
  try {
    return (value as Readonly<Record<string, unknown>>)[name]
  } catch {
    return undefined
  }
}

function kindOf(value: unknown): string {
  return value === null ? "null" : isList(value) ? "array" : typeof value
}

function isList(value: unknown): boolean {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

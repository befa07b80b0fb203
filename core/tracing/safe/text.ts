import { TRACING_MAX_MESSAGE_LENGTH, TRACING_MAX_NAME_LENGTH } from "../../../contracts/tracing/arguments.ts"
import { cut } from "./cut.ts"

/** A text of whatever was given, or the fallback where it has none. */
export function safeText(value: unknown, maxLength: number, fallback: string): string {
  try {
    const text = typeof value === "string" ? value : value === undefined || value === null ? "" : String(value)
    return text === "" ? fallback : cut(text, maxLength)
  } catch {
    return fallback
  }
}

export function safeName(name: unknown): string {
  return safeText(name, TRACING_MAX_NAME_LENGTH, "unnamed")
}

/** Undefined where nothing was said. */
export function safeMessage(message: unknown): string | undefined {
  return safeText(message, TRACING_MAX_MESSAGE_LENGTH, "") || undefined
}

export const MAX_NAME_LENGTH = 256
export const MAX_STATUS_LENGTH = 4096

/** A text of whatever was given, or the fallback where it has none. */
export function safeText(value: unknown, maxLength: number, fallback: string): string {
  try {
    const text = typeof value === "string" ? value : value === undefined || value === null ? "" : String(value)
    return text === "" ? fallback : text.length > maxLength ? text.slice(0, maxLength) : text
  } catch {
    return fallback
  }
}

export function safeName(name: unknown): string {
  return safeText(name, MAX_NAME_LENGTH, "unnamed")
}

/** Undefined where nothing was said. */
export function safeMessage(message: unknown): string | undefined {
  return safeText(message, MAX_STATUS_LENGTH, "") || undefined
}

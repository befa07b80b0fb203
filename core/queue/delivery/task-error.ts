import { typeName } from "../../../contracts/foundation/text.ts"
import type { TaskError } from "../../../contracts/queue/message.ts"

/** Longer text is cut: it is stored with each attempt. */
const MAX_LENGTH = 2000

/** What was thrown, of whatever kind, as what is stored of it. Never throws. */
export function taskErrorOf(thrown: unknown): TaskError {
  try {
    if (typeof thrown === "object" && thrown !== null && "message" in thrown) {
      const { code, message, name } = thrown as { code?: unknown; message: unknown; name?: unknown }
      const text = String(message)
      return {
        message: cut(text === "" ? String(name ?? "An error without a message.") : text),
        ...(typeof code === "string" && code !== "" && { code: cut(code) }),
      }
    }
    if (typeof thrown === "string" && thrown !== "") return { message: cut(thrown) }
    if (typeof thrown === "number" || typeof thrown === "boolean") return { message: `The handler threw ${thrown}.` }
  } catch {}
  return { message: `The handler threw ${thrown === "" ? "an empty text" : typeName(thrown)}.` }
}

function cut(text: string): string {
  const whole = text.toWellFormed()
  return whole.length <= MAX_LENGTH ? whole : `${whole.slice(0, MAX_LENGTH)}…`.toWellFormed()
}

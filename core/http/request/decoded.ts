import { ServiceError } from "../../../contracts/foundation/errors.ts"

/** A part of a URL, decoded once. @throws ServiceError INVALID_ARGUMENT, reason "encoding", where it cannot be. */
export function decoded(text: string, name: string): string {
  if (!text.includes("%")) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ServiceError("INVALID_ARGUMENT", `The URL must have ${name} as encodeURIComponent writes it.`, {
      details: { reason: "encoding" },
    })
  }
}

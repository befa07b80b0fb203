import { ServiceError } from "../../contracts/foundation/errors.ts"

/** The store is not there, or does not answer: not the caller's fault, and not for ever. */
export function isTransient(error: unknown): boolean {
  return ServiceError.is(error) && (error.code === "UNAVAILABLE" || error.code === "TIMEOUT")
}

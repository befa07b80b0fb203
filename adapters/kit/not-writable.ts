import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"

/** `details.reason` of health, and of errors, of a store whose reads work and which refuses writes. */
export const NOT_WRITABLE = "not-writable"

export function notWritable(code: ErrorCode, message: string, cause: unknown): ServiceError {
  return new ServiceError(code, message, { details: { reason: NOT_WRITABLE }, cause })
}

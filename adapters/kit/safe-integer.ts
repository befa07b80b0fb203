import { ServiceError } from "../../contracts/foundation/errors.ts"

/** What counts are kept in. @throws ServiceError PRECONDITION_FAILED for anything else, by the rules of `increment`. */
export function safeInteger(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number
  throw new ServiceError("PRECONDITION_FAILED", "The value and the sum must be safe integers.")
}

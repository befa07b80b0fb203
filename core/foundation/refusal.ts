import type { ErrorCode } from "../../contracts/foundation/errors.ts"

/** Why a call is refused: text alone is INVALID_ARGUMENT. */
export type Refusal = string | { readonly code: ErrorCode; readonly message: string }

/** The code and the message of the error. */
export function refusalParts(refusal: Refusal): { readonly code: ErrorCode; readonly message: string } {
  return typeof refusal === "string" ? { code: "INVALID_ARGUMENT", message: refusal } : refusal
}

/** Whether a call was let in. */
export function isArguments(admitted: readonly unknown[] | Refusal): admitted is readonly unknown[] {
  return Array.isArray(admitted)
}

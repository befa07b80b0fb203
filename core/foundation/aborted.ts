import { ServiceError } from "../../contracts/foundation/errors.ts"

/** Of a call whose signal has aborted. */
export function aborted(signal: AbortSignal): ServiceError {
  return new ServiceError("ABORTED", "The call was aborted by its signal.", { cause: signal.reason })
}

import { ServiceError } from "../../contracts/foundation/errors.ts"

/** What an implementation failed with. The message of a foreign error may hold secrets, so it stays with the cause. */
export function foreignError(error: unknown): ServiceError {
  return new ServiceError("INTERNAL", "The implementation failed; see cause.", { cause: error })
}

/** What failed before the implementation was reached: a layer, or a look at an argument. */
export function callError(error: unknown): ServiceError {
  return new ServiceError("INTERNAL", "A layer or an argument failed the call; see cause.", { cause: error })
}

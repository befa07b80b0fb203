import { ResultAsync } from "neverthrow"
import { ServiceError } from "../../contracts/foundation/errors.ts"

/**
 * A call's outcome as a Result. Services reject; this is for application code that prefers values.
 *
 * @example
 * const user = await attempt(() => cache.get<User>("user:1"))
 * if (user.isErr()) log(user.error.code)
 */
export function attempt<T>(call: () => T | Promise<T>): ResultAsync<T, ServiceError> {
  return ResultAsync.fromThrowable(async () => call(), asServiceError)()
}

function asServiceError(error: unknown): ServiceError {
  if (ServiceError.is(error)) return error
  return new ServiceError("INTERNAL", "The call failed; see cause.", { cause: error })
}

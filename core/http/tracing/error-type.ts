import { ServiceError } from "../../../contracts/foundation/errors.ts"

/** The code that an error is answered with. */
export function errorTypeOf(error: unknown): string {
  return ServiceError.is(error) ? error.code : "INTERNAL"
}

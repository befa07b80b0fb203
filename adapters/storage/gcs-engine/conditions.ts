import type { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { WriteConditions } from "../../../contracts/storage/options.ts"
import { preconditionFailed } from "../../../core/storage/for-adapters.ts"

/** Generations are microseconds since 1970, so no object has this one. */
const NOBODYS = "1"

/** Of an object that is not there the generation is 0. */
export function generationMatch({ ifMatch, ifNoneMatch }: WriteConditions): string | undefined {
  if (ifNoneMatch !== undefined) return "0"
  // An ETag of another storage is no generation, and "0" would be the condition that nothing stands there.
  return ifMatch === undefined || /^[1-9]\d{0,17}$/.test(ifMatch) ? ifMatch : NOBODYS
}

export function isConditional({ ifMatch, ifNoneMatch }: WriteConditions): boolean {
  return ifMatch !== undefined || ifNoneMatch !== undefined
}

export function conditionFailed({ ifNoneMatch }: WriteConditions): ServiceError {
  return preconditionFailed(ifNoneMatch === undefined ? "changed" : "exists")
}

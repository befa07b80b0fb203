import type { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { WriteConditions } from "../../../contracts/storage/options.ts"
import { preconditionFailed } from "../../../core/storage/for-adapters.ts"
import { type Refusal, refusalError } from "./errors.ts"

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

/** What 412 means. Without a condition it is the bucket that does not allow the write, such as by a retention. */
export function conditionFailed(conditions: WriteConditions, refusal: Refusal): ServiceError {
  if (!isConditional(conditions)) return refusalError(refusal)
  return preconditionFailed(conditions.ifNoneMatch === undefined ? "changed" : "exists")
}

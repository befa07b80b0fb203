import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { WriteConditions } from "../../../contracts/storage/options.ts"

/** The conditions of a write, without its other options. */
export function conditionsOf({ ifMatch, ifNoneMatch }: WriteConditions): WriteConditions {
  return { ifMatch, ifNoneMatch }
}

export function isConditional({ ifMatch, ifNoneMatch }: WriteConditions): boolean {
  return ifMatch !== undefined || ifNoneMatch !== undefined
}

/** @throws ServiceError UNSUPPORTED for a write in parts, where the server looks at no condition of those. */
export function refuseConditions(
  conditions: WriteConditions,
  { conditionalComplete }: { conditionalComplete: boolean },
): void {
  if (conditionalComplete || !isConditional(conditions)) return
  throw new ServiceError(
    "UNSUPPORTED",
    "This storage keeps no condition of what is sent in parts; pass the size of a body, so that it is sent whole.",
  )
}

import { ServiceError } from "../../contracts/foundation/errors.ts"

/** Of a publish with the id of a message of which nobody knows any more whether it was there. */
export function droppedOutcome(id: string): ServiceError {
  const message =
    "The message may have been stored, and its record dropped since, as retention says; to publish it anew, leave out its id."
  return new ServiceError("TIMEOUT", message, { details: { outcome: "unknown", id } })
}

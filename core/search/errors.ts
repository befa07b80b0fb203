/** The errors that every search has, in the same words. */
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { aborted } from "../foundation/aborted.ts"

function refused(reason: string, message: string): ServiceError {
  return new ServiceError("INVALID_ARGUMENT", message, { details: { reason } })
}

/** Names of fields are the application's, no data: they are shown. */
export function unknownField(use: string): ServiceError {
  return refused(
    "field",
    `${use} must name fields of every index that is searched; got one that an index does not have.`,
  )
}

/** Of `fields`, `where`, `facets`, `sort` or `highlight`. */
export function unfitField(use: string, can: string): ServiceError {
  return refused("field", `${use} must name fields that are ${can}; got one that is not.`)
}

export function unlikeFields(use: string): ServiceError {
  return refused("type", `${use} must name fields that have one type in all indexes; got one that has several.`)
}

export function typeRefused(what: string, type: string, got: string): ServiceError {
  return refused("type", `${what} must be ${type}, the type of its field; got ${got}.`)
}

/** Of a path that is a field here and an object there. */
export function nestingRefused(): ServiceError {
  return refused(
    "type",
    "A value must be no object where other documents have a field, and no field where they have an object; got the other one.",
  )
}

export function dateRefused(what: string): ServiceError {
  return refused("date", `${what} must be an ISO date, with a zone or of a day alone; got another text.`)
}

export function tooManyFields(most: number): ServiceError {
  return refused("field", `An index must have at most ${most} fields.`)
}

export function cursorRefused(): ServiceError {
  return refused("cursor", "cursor must be * or what the page before gave, for the same query; got another text.")
}

const CONDITIONS = {
  cursor: "This walk has ended: it is too old, or its index was built anew; begin again with cursor: *.",
  definition:
    "The index has a field of another type, analyzer or use; define an index of another name, and fill it from this one.",
  reindex: "Another reindex of this index is under way, or was done first; try again after it.",
} as const

export function preconditionFailed(reason: keyof typeof CONDITIONS, cause?: unknown): ServiceError {
  return new ServiceError("PRECONDITION_FAILED", CONDITIONS[reason], { details: { reason }, cause })
}

/** @throws ServiceError ABORTED where the caller's signal has aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal)
}

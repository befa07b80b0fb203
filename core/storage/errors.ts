/** The errors that every storage has, in the same words. */
import { ServiceError } from "../../contracts/foundation/errors.ts"

export { aborted } from "../foundation/aborted.ts"

export function bucketNotFound(cause?: unknown): ServiceError {
  return new ServiceError("NOT_FOUND", "There is no such bucket; createBucket makes one.", {
    details: { reason: "bucket" },
    cause,
  })
}

export function objectNotFound(cause?: unknown): ServiceError {
  return new ServiceError("NOT_FOUND", "The bucket has no such object.", { details: { reason: "object" }, cause })
}

export function uploadNotFound(cause?: unknown): ServiceError {
  return new ServiceError("NOT_FOUND", "There is no such upload; it was completed, aborted or swept.", {
    details: { reason: "upload" },
    cause,
  })
}

const CONDITIONS = {
  exists: "An object stands under this key.",
  changed: "The object does not have this ETag.",
  "not-modified": "The object still has this ETag.",
  bucket: "The bucket holds objects; delete them first, or pass force: true.",
  read: "This object was read or cancelled; get it again.",
} as const

export function preconditionFailed(reason: keyof typeof CONDITIONS, cause?: unknown): ServiceError {
  return new ServiceError("PRECONDITION_FAILED", CONDITIONS[reason], { details: { reason }, cause })
}

export function rangeRefused(size: number): ServiceError {
  return new ServiceError("INVALID_ARGUMENT", `A range must begin within the object; it has ${size} bytes.`, {
    details: { reason: "range", size },
  })
}

export function sizeRefused(message: string): ServiceError {
  return new ServiceError("INVALID_ARGUMENT", message, { details: { reason: "size" } })
}

export function partTooSmall(number: number, size: number, minPartBytes: number): ServiceError {
  return sizeRefused(
    `Every part but the last must have at least ${minPartBytes} bytes, as minPartBytes says; part ${number} has ${size}.`,
  )
}

/** Of a form that has a file. */
export function formRefused(message: string): ServiceError {
  return new ServiceError("INVALID_ARGUMENT", message, { details: { reason: "body" } })
}

export function checksumRefused(cause?: unknown): ServiceError {
  return new ServiceError("INVALID_ARGUMENT", "The body does not have the checksum that was given.", {
    details: { reason: "checksum" },
    cause,
  })
}

export function checksumBroken(): ServiceError {
  return new ServiceError("CORRUPT", "The object does not have the checksum that it was stored with.", {
    details: { reason: "checksum" },
  })
}

const SIGNED_URLS = {
  signature: "The signed request was changed; ask for another one.",
  expired: "The signed request has expired; ask for another one.",
  early: "The signed request is of a time to come; compare the clocks of the machines.",
  method: "The signed request is good for another method alone.",
} as const

export type SignedUrlReason = keyof typeof SIGNED_URLS

export function signedUrlRefused(reason: SignedUrlReason): ServiceError {
  return new ServiceError("PERMISSION_DENIED", SIGNED_URLS[reason], { details: { reason } })
}

/** Of a signed PUT. */
export function headersRefused(): ServiceError {
  return new ServiceError(
    "PERMISSION_DENIED",
    "The request must have the headers that presign gave, and no other encoding, condition or metadata.",
    { details: { reason: "headers" } },
  )
}

export function cursorRefused(): ServiceError {
  return new ServiceError(
    "INVALID_ARGUMENT",
    "A cursor must be one that list gave for this prefix and delimiter; got another text.",
  )
}

export function tokenRefused(): ServiceError {
  return new ServiceError(
    "INVALID_ARGUMENT",
    "The token of an upload must be one that createUpload gave; got another text.",
  )
}

export function overMaxBytes(what: "body" | "object", limit: string, max: number): ServiceError {
  return new ServiceError("LIMIT_EXCEEDED", `The ${what} must have at most ${max} bytes, as ${limit} says.`)
}

/** More bytes than the runtime can hold in one piece. */
export function noRoom(size: number, cause: unknown): ServiceError {
  return new ServiceError("LIMIT_EXCEEDED", `${size} bytes have no room in memory; read the object by stream().`, {
    cause,
  })
}

/** Nobody knows whether a write was done. */
export function outcomeUnknown(cause?: unknown): ServiceError {
  return new ServiceError("TIMEOUT", "No answer came, and the store does not tell whether the object was stored.", {
    details: { outcome: "unknown" },
    cause,
  })
}

/** Something answers that is no storage. */
export function protocolBroken(cause?: unknown): ServiceError {
  return new ServiceError("UNAVAILABLE", "The answer has not the form of this storage; check the endpoint.", {
    details: { reason: "protocol" },
    cause,
  })
}

/** A body that this package makes failed with an error of its own, which is no bad argument of the caller. */
export function bodyFailure(error: unknown): unknown {
  if (!ServiceError.is(error) || error.details?.["reason"] !== "body") return error
  return ServiceError.is(error.cause) ? error.cause : error
}

/** The end of an object did not come. */
export function cutShort(cause?: unknown): ServiceError {
  return new ServiceError("UNAVAILABLE", "The object was cut on its way; get it again.", { cause })
}

export function readTimedOut(idleMs: number): ServiceError {
  return new ServiceError("TIMEOUT", `Nobody read, or nothing came, for ${idleMs} ms; get the object again.`)
}

import { match, P } from "ts-pattern"
import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import {
  bucketNotFound,
  checksumRefused,
  objectNotFound,
  outcomeUnknown,
  preconditionFailed,
  protocolBroken,
  uploadNotFound,
} from "../../../core/storage/for-adapters.ts"
import type { Failure } from "./failures.ts"

/** Whether a request changes something: an answer that is lost then leaves open whether it did. */
export type RequestKind = "read" | "write"

/**
 * What a request failed with, as ours: by its status first, since HEAD and 304 have no code, then by its code.
 *
 * UNAVAILABLE only where a write never came to be; TIMEOUT where nobody knows.
 */
export function serviceError(failure: Failure, request: RequestKind): ServiceError {
  const { cause } = failure
  const make = (code: ErrorCode, message: string) => new ServiceError(code, message, { cause })
  const told = failure.code === "" ? String(failure.status) : `${failure.status} ${failure.code}`
  return match(failure)
    .with({ kind: "foreign" }, () => protocolBroken(cause))
    .with({ kind: "unsent" }, ({ system }) =>
      make("UNAVAILABLE", `The storage server cannot be reached${system === "" ? "" : ` (${system})`}.`),
    )
    .with({ kind: "stuck" }, () => make("TIMEOUT", "The request did not get out whole in time; nothing was done."))
    .when(
      (each) => request === "write" && isGone(each),
      () => outcomeUnknown(cause),
    )
    .with({ kind: "lost" }, () => make("UNAVAILABLE", "The connection was lost before the answer came."))
    .with({ kind: "late" }, { status: P.union(408, 504) }, { code: "RequestTimeout" }, () =>
      make("TIMEOUT", "The storage server did not answer in time, or the body did not come to it."),
    )
    .with({ code: "NoSuchBucket" }, () => bucketNotFound(cause))
    .with({ code: "NoSuchUpload" }, () => uploadNotFound(cause))
    .with({ status: 404 }, () => objectNotFound(cause))
    .with({ status: 304 }, () => preconditionFailed("not-modified", cause))
    .with({ status: 412 }, () => preconditionFailed("changed", cause))
    .with({ status: 429 }, { code: P.union("SlowDown", "TooManyRequests", "Throttling", "RequestLimitExceeded") }, () =>
      make("RATE_LIMITED", "The storage server takes no more calls for now."),
    )
    .with({ code: P.union("RequestTimeTooSkewed", "RequestInTheFuture", "RequestExpired") }, () =>
      make("PERMISSION_DENIED", "The clock of this machine is too far from that of the storage server."),
    )
    .with({ code: P.union("ExpiredToken", "InvalidToken", "TokenRefreshRequired") }, () => credentialsRefused(cause))
    .with({ status: P.union(401, 403) }, () =>
      make("PERMISSION_DENIED", "The storage server refuses these credentials, or this call to them."),
    )
    .with({ status: P.union(301, 307) }, { code: P.union(...OTHER_REGION) }, () =>
      make("INVALID_CONFIG", "The bucket is in another region; the option region must name that one."),
    )
    .with({ code: P.union("BadDigest", "InvalidDigest", "XAmzContentChecksumMismatch") }, () => checksumRefused(cause))
    .with(
      { status: 413 },
      { code: P.union("EntityTooLarge", "MetadataTooLarge", "KeyTooLongError", "TooManyBuckets") },
      () => make("LIMIT_EXCEEDED", `The storage server answers ${told}.`),
    )
    .with({ code: "BucketNotEmpty" }, () => preconditionFailed("bucket", cause))
    .with({ code: "BucketAlreadyExists" }, () =>
      make("ALREADY_EXISTS", "Somebody else has a bucket of this name; choose another one."),
    )
    .with({ status: P.union(405, 501) }, () => make("UNSUPPORTED", "The storage server does not have this operation."))
    .with({ status: P.number.gte(500) }, { status: 409 }, () =>
      make("UNAVAILABLE", `The storage server answers ${told}.`),
    )
    .with({ status: 400, code: P.union("InvalidArgument", "InvalidBucketName", "InvalidRequest") }, () =>
      make("INVALID_ARGUMENT", `The storage server answers ${told}.`),
    )
    .otherwise(() => make("INTERNAL", `The storage server answers ${told}.`))
}

function credentialsRefused(cause: unknown): ServiceError {
  return new ServiceError("PERMISSION_DENIED", "The session token has expired or is none; get new credentials.", {
    details: { reason: "credentials" },
    cause,
  })
}

const OTHER_REGION = [
  "PermanentRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
] as const

/** Whether the same request may succeed soon. */
export function isTransient({ code, kind, status }: Failure): boolean {
  if (kind === "unsent" || kind === "lost") return true
  return kind === "answer" && ([429, 500, 502, 503, 504].includes(status) || TRANSIENT.has(code))
}

/** Refused, and the server does not say why. */
export function isUnexplained({ code, kind, status }: Failure): boolean {
  return kind === "answer" && status === 403 && code === ""
}

const TRANSIENT = new Set(["SlowDown", "RequestTimeout", "RequestTimeTooSkewed", "OperationAborted"])

/** Whether a write that failed so may have been done: no answer came, or only that of a gateway, or of a server in trouble. */
export function isGone({ kind, status }: Failure): boolean {
  return kind === "lost" || kind === "late" || (kind === "answer" && [500, 502, 504].includes(status))
}

import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"

const STATUS: Readonly<Record<ErrorCode, number>> = {
  INVALID_ARGUMENT: 400,
  INVALID_CONFIG: 500,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PRECONDITION_FAILED: 412,
  PERMISSION_DENIED: 403,
  LIMIT_EXCEEDED: 413,
  RATE_LIMITED: 429,
  UNSUPPORTED: 501,
  TIMEOUT: 504,
  ABORTED: 499,
  UNAVAILABLE: 503,
  CLOSED: 503,
  CORRUPT: 500,
  INTERNAL: 500,
}

/** Statuses that a `details.reason` of a code has instead. */
const OF_REASON: { readonly [Code in ErrorCode]?: Readonly<Record<string, number>> } = {
  INVALID_ARGUMENT: { schema: 422, range: 416 },
  TIMEOUT: { body: 408 },
  PRECONDITION_FAILED: { "not-modified": 304, bucket: 409 },
  PERMISSION_DENIED: { credentials: 401 },
  UNSUPPORTED: { method: 405, "content-type": 415 },
}

/**
 * The HTTP status of an error. 304 is for GET and HEAD, and 499 is never sent, since its client is gone. An error of
 * another kind is 500.
 */
export function httpStatusOf(error: unknown): number {
  if (!ServiceError.is(error)) return 500
  const { code, details } = error
  const reasons = OF_REASON[code] ?? {}
  const reason = String(details?.["reason"])
  return (Object.hasOwn(reasons, reason) ? reasons[reason] : undefined) ?? STATUS[code]
}

/**
 * Errors of every service. The rules are ERROR-01 to 03 and, for stores that fail, FAULT-01 to 09 of `clauses.ts`.
 *
 * Absence is not a failure: reading what is not there resolves `undefined` or `false`.
 */

/** The closed list of codes. Finer differences go into `details.reason`. */
export const ERROR_CODES = [
  /** An argument breaks the contract; nothing was done. */
  "INVALID_ARGUMENT",
  /** The configuration cannot be honoured; `details.issues` lists each problem with its path. */
  "INVALID_CONFIG",
  /** What the call needs is not there and its return type has no room for absence. */
  "NOT_FOUND",
  "ALREADY_EXISTS",
  /** A condition of the call, or of the stored state, did not hold; nothing changed. */
  "PRECONDITION_FAILED",
  /** Credentials are missing, wrong or not sufficient. */
  "PERMISSION_DENIED",
  /** A size or count is over a limit. Final: the same call fails again. */
  "LIMIT_EXCEEDED",
  /** Too many calls for now. Retryable. */
  "RATE_LIMITED",
  /** This adapter does not have the operation; nothing was done. */
  "UNSUPPORTED",
  /** No answer within the deadline: the outcome is unknown. Retryable. */
  "TIMEOUT",
  /** The caller's AbortSignal fired. */
  "ABORTED",
  /** The dependency cannot be reached: the call was not applied, and never will be. Retryable. */
  "UNAVAILABLE",
  /** The service was closed before this call. */
  "CLOSED",
  /** Stored bytes cannot be decoded. */
  "CORRUPT",
  /** A fault of the adapter or of a library under it; see `cause`. */
  "INTERNAL",
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["RATE_LIMITED", "TIMEOUT", "UNAVAILABLE"])
const KNOWN: ReadonlySet<string> = new Set(ERROR_CODES)

/** One problem of a configuration or argument, with the path of the value at fault. */
export interface ErrorIssue {
  readonly path: string
  readonly message: string
}

export interface ServiceErrorOptions {
  readonly service?: string | undefined
  readonly adapter?: string | undefined
  readonly operation?: string | undefined
  readonly details?: Record<string, unknown> | undefined
  /** The original error. It stays on the object for debugging and is left out of `toJSON()`. */
  readonly cause?: unknown
}

/** What `ServiceError.toJSON()` gives: safe to log and to send. */
export interface ServiceErrorJson {
  name: "ServiceError"
  code: ErrorCode
  message: string
  retryable: boolean
  service?: string
  adapter?: string
  operation?: string
  details?: Record<string, unknown>
}

const MARKER = Symbol.for("@objectos/sdk/ServiceError")

/**
 * The one error type of every service.
 *
 * Recognise it with `ServiceError.is(error)`, which also works when the ESM and the CommonJS build, or two
 * versions of the package, are loaded side by side; `instanceof` does not.
 *
 * @example
 * try {
 *   await cache.set("user:1", user)
 * } catch (error) {
 *   if (ServiceError.is(error) && error.retryable) return later()
 *   throw error
 * }
 */
export class ServiceError extends Error {
  override readonly name = "ServiceError"
  readonly code: ErrorCode
  /** True where the same call may succeed later: RATE_LIMITED, TIMEOUT, UNAVAILABLE. */
  readonly retryable: boolean
  readonly service: string | undefined
  readonly adapter: string | undefined
  readonly operation: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: ErrorCode, message: string, options: ServiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = RETRYABLE.has(code)
    this.service = options.service
    this.adapter = options.adapter
    this.operation = options.operation
    this.details = options.details
    Object.defineProperty(this, MARKER, { value: true })
  }

  /** True for a ServiceError of any copy of this package. */
  static is(value: unknown): value is ServiceError {
    return (
      typeof value === "object" &&
      value !== null &&
      (value as Record<symbol, unknown>)[MARKER] === true &&
      KNOWN.has((value as { code?: unknown }).code as string)
    )
  }

  toJSON(): ServiceErrorJson {
    const { code, message, retryable, service, adapter, operation, details } = this
    return {
      name: "ServiceError",
      code,
      message,
      retryable,
      ...(service !== undefined && { service }),
      ...(adapter !== undefined && { adapter }),
      ...(operation !== undefined && { operation }),
      ...(details !== undefined && { details }),
    }
  }
}

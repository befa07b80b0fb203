import { ServiceError } from "../../../contracts/foundation/errors.ts"

/** Why one request did not succeed: before anybody says what that means for the call. */
export class Failure extends Error {
  /**
   * `answer`: the server refused it. `unsent`: it never came to the server, or not whole. `lost`: the connection ended
   * before the answer. `late`: nothing came in time. `stuck`: its time was over before all of it was sent. `foreign`:
   * something else than a storage answered.
   */
  readonly kind: "answer" | "unsent" | "lost" | "late" | "stuck" | "foreign"
  /** HTTP status of an answer. */
  readonly status: number
  /** The code that the server gives with it; empty where it gives none, as to HEAD. */
  readonly code: string
  /** Of the system, or of TLS. */
  readonly system: string
  /** Headers of an answer. */
  readonly headers: Readonly<Record<string, string>>

  constructor(kind: Failure["kind"], description: Partial<Description> = {}, cause?: unknown) {
    super(`The request failed: ${kind}.`, { cause })
    this.kind = kind
    this.status = description.status ?? 0
    this.code = description.code ?? ""
    this.system = description.system ?? ""
    this.headers = description.headers ?? {}
  }
}

interface Description {
  readonly status: number
  readonly code: string
  readonly system: string
  readonly headers: Readonly<Record<string, string>>
}

interface SdkError {
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> }
  readonly Code?: unknown
  readonly code?: unknown
  readonly name?: unknown
  readonly syscall?: unknown
}

/**
 * What a request failed with, whose answer came with this status. The name of an error says nothing: of HEAD and 304 it is
 * Unknown, and that of a reset is TimeoutError.
 */
export function failureOf(error: unknown, came: number): Failure | ServiceError {
  if (ServiceError.is(error) || error instanceof Failure) return error
  const { $metadata, $response, Code, code, name, syscall } = (error ?? {}) as SdkError
  const status = $metadata?.httpStatusCode
  if (status !== undefined) {
    const headers = $response?.headers ?? {}
    const told = typeof Code === "string" ? Code : ""
    if (isForeign(status, headers, told) || isElsewhere(status, headers, told) || status < 300)
      return new Failure("foreign", { status, headers }, error)
    return new Failure("answer", { status: came === 200 ? statusOf(told) : status, headers, code: told }, error)
  }
  const system = typeof code === "string" ? code : ""
  if (typeof name === "string" && name.endsWith("ProviderError")) return credentialsMissing(error)
  if (error instanceof Error && error.message === "Region is missing") return regionMissing(error)
  if (syscall === "connect" || syscall === "getaddrinfo" || UNSENT.test(system)) {
    return new Failure("unsent", { system }, error)
  }
  if (system.startsWith("HPE_") || name === "SyntaxError") return new Failure("foreign", { system }, error)
  if (LOST.test(system) || name === "TimeoutError" || name === "AbortError" || isAborted(error)) {
    return new Failure("lost", { system }, error)
  }
  return new ServiceError("INTERNAL", "The client library failed; see cause.", { cause: error })
}

/** The status that an error has where it comes with none of its own. */
export function statusOf(code: string): number {
  return STATUSES[code] ?? 503
}

const STATUSES: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  ConditionalRequestConflict: 409,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  InvalidArgument: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRequest: 400,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
}

/** How Node.js tells that a body ended too early. */
function isAborted(error: unknown): boolean {
  return error instanceof Error && /^(?:Error )?aborted$/.test(error.message)
}

/**
 * Whether an answer is for people, or of another service: no storage gives one, but an object can be a page. Some servers
 * call no body at all one.
 */
export function isForeign(status: number, headers: Readonly<Record<string, string>>, code = ""): boolean {
  const type = headers["content-type"] ?? ""
  if (status === 304 || status === 204 || headers["content-length"] === "0") return false
  // That of a gateway says nothing of the storage behind it.
  if (status === 502 || status === 504) return false
  if (/^text\/html\b/i.test(type)) return true
  // Only here the status alone would be taken for what a storage says.
  return (status < 300 || status === 404) && code === "" && /^(application\/json|text\/plain)\b/i.test(type)
}

/** A redirect of S3 says where the bucket is. */
function isElsewhere(status: number, headers: Readonly<Record<string, string>>, code: string): boolean {
  const isRedirect = status >= 300 && status < 400 && status !== 304
  return isRedirect && code === "" && headers["x-amz-bucket-region"] === undefined
}

/** What the system, or TLS, says before anything is sent. */
const UNSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|ERR_SSL_.*|ERR_TLS_.*|UNABLE_TO_.*|.*CERT.*)$/
const LOST = /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ERR_STREAM_.*|ERR_SOCKET_.*)$/

function credentialsMissing(cause: unknown): ServiceError {
  return new ServiceError(
    "PERMISSION_DENIED",
    "No credentials were found; give accessKeyId and secretAccessKey, or set what the AWS SDK reads.",
    { details: { reason: "credentials" }, cause },
  )
}

function regionMissing(cause: unknown): ServiceError {
  return new ServiceError("INVALID_CONFIG", "The option region must be given, or AWS_REGION be set.", {
    details: { issues: [{ path: "region", message: "must be given, or AWS_REGION be set" }] },
    cause,
  })
}

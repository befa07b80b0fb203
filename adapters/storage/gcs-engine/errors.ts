/** Refusals of the server, failures of the line and errors of the library, each as one of ours. */
import { match, P } from "ts-pattern"
import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import { protocolBroken } from "../../../core/storage/for-adapters.ts"
import type { LineFailure } from "./exchange.ts"

/** An answer that says no. */
export interface Refusal {
  readonly status: number
  /** What it is about: the reason of the JSON API, such as `notFound`, or the code of the XML API, such as `NoSuchUpload`. */
  readonly word: string | undefined
}

/** Reads a refusal of either API. A text of another form, such as a web page, gives undefined. */
export function readRefusal(status: number, text: string): Refusal | undefined {
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1]
  if (code !== undefined && text.includes("<Error>")) return { status, word: code }
  try {
    const { error } = JSON.parse(text) as { error: { code: unknown; errors?: { reason?: string }[] } }
    return typeof error.code === "number" ? { status, word: error.errors?.[0]?.reason } : undefined
  } catch {
    return undefined
  }
}

/** A refusal that is the same however often it is asked for. */
export function refusalError({ status, word }: Refusal): ServiceError {
  const answer = word === undefined ? `status ${status}` : `${status} ${word}`
  const make = (code: ErrorCode, what: string, details: Record<string, unknown> = {}) =>
    new ServiceError(code, `${what} The server answers ${answer}.`, { details: { status, ...details } })
  return match({ status, word })
    .with({ status: 401 }, () =>
      make("PERMISSION_DENIED", "The server does not know these credentials.", { reason: "credentials" }),
    )
    .with({ status: 403 }, () => make("PERMISSION_DENIED", "The credentials do not allow this."))
    .with({ status: 404 }, () => make("NOT_FOUND", "It is not there."))
    .with({ status: 409 }, () => make("UNAVAILABLE", "Another change was under way; try again."))
    .with({ status: 412 }, () => make("PRECONDITION_FAILED", "The bucket does not allow this."))
    .with({ status: 413 }, () => make("LIMIT_EXCEEDED", "It is larger than the server takes."))
    .with({ status: 501 }, () => make("UNSUPPORTED", "The server does not have this."))
    .with({ status: P.number.lt(400) }, () => protocolBroken())
    .otherwise(() => make("INVALID_ARGUMENT", "The server takes the call for invalid."))
}

/** GCS says so with 429; other servers of Google with 403. */
export function isRateLimit(refusal: Refusal | undefined): boolean {
  return refusal?.status === 403 && /^(?:userR|r)ateLimitExceeded$/.test(refusal.word ?? "")
}

/** A refusal that may not come again. */
export function setbackError(status: number): ServiceError {
  const details = { status }
  if (status === 429 || status === 403) {
    return new ServiceError("RATE_LIMITED", `The server answers ${status}: too many requests for now.`, { details })
  }
  return new ServiceError("UNAVAILABLE", `The server answers ${status}; try again.`, { details })
}

/** What a failure of the line means to a read, which changes nothing. */
export function lineError({ cause, isSent, isSilence }: LineFailure, waitMs: number): ServiceError {
  if (ServiceError.is(cause)) return cause
  if (!isSent) return new ServiceError("UNAVAILABLE", `Cannot connect to the server${codeOf(cause)}.`, { cause })
  if (isSilence) return new ServiceError("TIMEOUT", `No answer within ${waitMs} ms.`, { cause })
  return new ServiceError("UNAVAILABLE", `The connection was lost before the answer came${codeOf(cause)}.`, { cause })
}

export function closed(): ServiceError {
  return new ServiceError("CLOSED", "The storage was closed.")
}

/** A write that may have been applied, or may be yet. */
export function unanswered(cause: unknown): ServiceError {
  return new ServiceError("TIMEOUT", "No answer came, so nobody knows whether it was done; look, or call again.", {
    details: { outcome: "unknown" },
    cause,
  })
}

export function isUnanswered(error: unknown): boolean {
  return ServiceError.is(error) && error.details?.["outcome"] === "unknown"
}

/** The end of a write of which an attempt before may have been applied. One that its caller aborts is ABORTED. */
export function leftOpen(error: unknown): unknown {
  return isUnanswered(error) || (ServiceError.is(error) && error.code === "ABORTED") ? error : unanswered(error)
}

/** The server says that it has stored other bytes than it was sent. */
export function storedOtherwise(): ServiceError {
  return new ServiceError("CORRUPT", "The server has stored other bytes than were sent; put the object again.", {
    details: { reason: "checksum" },
  })
}

/** The server has refused bytes that are not those that were sent. */
export function changedOnItsWay(): ServiceError {
  return new ServiceError("UNAVAILABLE", "The body was changed on its way to the server; send it again.", {
    details: { reason: "checksum" },
  })
}

/** What the library failed with when it was asked for a token, a signature or a project. Nothing was sent to the store. */
export function credentialsError(error: unknown): ServiceError {
  if (ServiceError.is(error)) return error
  const make = (code: ErrorCode, message: string, details: Record<string, unknown> = {}) =>
    new ServiceError(code, message, { details, cause: error })
  const refused = { reason: "credentials" }
  return match(descriptionOf(error))
    .with({ code: P.union("ENOENT", "EACCES", "EISDIR", "ENOTDIR") }, ({ code }) =>
      make("INVALID_CONFIG", `The file of credentials cannot be read (${code}); check keyFilename.`),
    )
    .with(
      { name: "SyntaxError" },
      { code: P.string.startsWith("ERR_OSSL") },
      { text: P.string.regex(/PEM|DECODER/) },
      () =>
        make(
          "INVALID_CONFIG",
          "The key of the service account cannot be used; check credentials, or the file of keyFilename.",
        ),
    )
    .with({ status: P.union(408, 429, P.number.gte(500)) }, ({ status }) =>
      make("UNAVAILABLE", `Google gives no token; it answers ${status}.`),
    )
    .with({ status: P.number.gte(400) }, ({ status }) =>
      make("PERMISSION_DENIED", `Google takes the credentials for invalid; it answers ${status}.`, refused),
    )
    .with({ code: P.string }, { isLate: true }, ({ code }) =>
      make("UNAVAILABLE", `Google gives no token${code === undefined ? " in time" : ` (${code})`}.`),
    )
    .otherwise(() =>
      make(
        "PERMISSION_DENIED",
        "No credentials were found; give keyFilename or credentials, or set GOOGLE_APPLICATION_CREDENTIALS.",
        refused,
      ),
    )
}

export function signerMissing(): ServiceError {
  return new ServiceError(
    "PERMISSION_DENIED",
    "Signed URLs need a service account; give credentials, which are client_email and private_key, or keyFilename.",
    { details: { reason: "credentials" } },
  )
}

/** The library gave nothing in time. */
export class Late extends Error {}

interface Description {
  readonly name: string
  readonly text: string
  readonly isLate: boolean
  readonly code?: string
  readonly status?: number
}

/** Errors of the library carry a status as `code`, a number or a text, as `status`, or in their text alone. */
function descriptionOf(error: unknown): Description {
  const { code, message, name, status } = Object(error) as {
    [Member in "code" | "message" | "name" | "status"]: unknown
  }
  const text = typeof message === "string" ? message : String(error)
  const found = Number(code) || Number(status) || Number(/status(?: code)?:? (\d{3})/.exec(text)?.[1])
  return {
    name: typeof name === "string" ? name : "",
    text,
    isLate: error instanceof Late,
    ...(found > 0 ? { status: found } : typeof code === "string" && { code }),
  }
}

/** A code of the system or of TLS, to append. */
function codeOf(cause: unknown): string {
  const { code } = Object(cause) as { code?: unknown }
  return typeof code === "string" ? ` (${code})` : ""
}

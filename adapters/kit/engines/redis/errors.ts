import { match, P } from "ts-pattern"
import { type ErrorCode, ServiceError } from "../../../../contracts/foundation/errors.ts"

/** First word of an error reply of the server, such as WRONGTYPE; undefined for any other error. */
export function replyOf(error: unknown): string | undefined {
  return descriptionOf(error).reply
}

/** Whether the server is there, and does not take the command. */
export function isRefusal(error: unknown): boolean {
  const reply = replyOf(error)
  return reply !== undefined && reply !== "LOADING" && reply !== "BUSY"
}

/** Where a cluster says that a key is instead: with ASK for the next command only. Undefined for any other error. */
export function redirectOf(error: unknown): { readonly asking: boolean; readonly server: string } | undefined {
  const { reply, text } = descriptionOf(error)
  return reply === "MOVED" || reply === "ASK"
    ? { asking: reply === "ASK", server: text.split(" ")[2] ?? "" }
    : undefined
}

/**
 * What a command failed with, as ours, from either client library. `address` is shown, and holds no credentials.
 *
 * UNAVAILABLE only where the command was not sent or the server refused it; TIMEOUT where nobody knows.
 */
export function commandError(error: unknown, address: string): ServiceError {
  if (ServiceError.is(error)) return error
  const make = (code: ErrorCode, what: string) => new ServiceError(code, `${what}: ${address}.`, { cause: error })
  return match(descriptionOf(error))
    .with(
      { reply: P.union("WRONGPASS", "NOAUTH") },
      { reply: "ERR", text: P.string.regex(/AUTH|unauthenticated/) },
      () => make("PERMISSION_DENIED", "The server refuses these credentials"),
    )
    .with({ reply: "NOPERM" }, () =>
      make("PERMISSION_DENIED", "The server does not allow these credentials the command, or the key"),
    )
    .with({ reply: "ERR", text: P.string.regex(/DB index|SELECT is not allowed/) }, () =>
      make("INVALID_CONFIG", "The server does not have this database"),
    )
    .with({ reply: "ERR", text: P.string.regex(/cluster support disabled/) }, () =>
      make("INVALID_CONFIG", "The server is not part of a cluster, so the option cluster must be false"),
    )
    .with({ reply: P.union("MOVED", "ASK") }, () =>
      make("INVALID_CONFIG", "The server is part of a cluster, so the option cluster must be true"),
    )
    .with({ reply: P.when(isNotNow) }, ({ reply }) => make("UNAVAILABLE", `The server answers ${reply}`))
    .with({ reply: "OOM" }, () => make("UNAVAILABLE", "The server is out of memory"))
    .with({ reply: "WRONGTYPE" }, () => make("CORRUPT", "The key holds another type of data"))
    .with({ reply: P.string }, ({ reply }) => make("INTERNAL", `The server answers ${reply}`))
    .with({ name: "ClientOfflineError" }, { text: P.string.startsWith("Stream isn't writeable") }, () =>
      make("UNAVAILABLE", "There is no connection"),
    )
    .with({ name: "MaxCommandRedirectionsError" }, () => make("UNAVAILABLE", "The nodes of the cluster disagree"))
    .with(
      { name: P.union("SocketClosedUnexpectedlyError", "DisconnectsClientError", "ClientClosedError") },
      { name: P.union("MaxRetriesPerRequestError", "AbortError") },
      { text: P.union("Connection is closed.", P.string.startsWith(FOREIGN)) },
      { code: P.string },
      () => make("TIMEOUT", "The connection was lost before the answer came"),
    )
    .otherwise(() => make("INTERNAL", "The client library failed; see cause"))
}

/** Replies to commands that were not applied, and may be another time. */
function isNotNow(reply: string | undefined): boolean {
  return NOT_NOW.has(reply ?? "")
}

const NOT_NOW = new Set([
  ...["LOADING", "BUSY", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN"],
  // Of a server that cannot save, or has too few replicas, to writes alone.
  ...["MISCONF", "NOREPLICAS"],
])

/** What connecting failed with: nothing was sent. */
export function connectError(error: unknown, address: string): ServiceError {
  const mapped = commandError(innerError(error), address)
  if (mapped.code === "PERMISSION_DENIED" || mapped.code === "INVALID_CONFIG") return mapped
  return new ServiceError("UNAVAILABLE", `Cannot connect${connectReason(error, address)}: ${address}.`, {
    cause: error,
  })
}

/** Why there is no connection, in a few words to append, from what the last attempt failed with. */
export function connectReason(error: unknown, address: string): string {
  // A server of plain text waits for more of what it takes for the beginning of a command.
  if (error === undefined) return address.startsWith("rediss:") ? ", does the server speak TLS?" : ""
  const { code, name, reply, text } = descriptionOf(innerError(error))
  if (text.startsWith(FOREIGN)) return ", the server is not a Redis server"
  if (NO_TLS.test(code ?? "")) return `, the server does not speak TLS there (${code})`
  if (CERTIFICATE.test(code ?? "")) return `, its certificate is not trusted (${code})`
  if (name === "SocketClosedUnexpectedlyError" || code === "ECONNRESET")
    return ", the server hung up; is it one for TLS?"
  return code === undefined && reply === undefined ? "" : ` (${code ?? reply})`
}

/** Whether connecting again with the same options would fail in the same way. */
export function isFinal(error: unknown): boolean {
  const { code = "", text } = descriptionOf(innerError(error))
  if (text.startsWith(FOREIGN) || NO_TLS.test(code) || CERTIFICATE.test(code)) return true
  return connectError(error, "").code !== "UNAVAILABLE"
}

/** How both libraries report bytes that are not of the Redis protocol. */
const FOREIGN = "Unknown RESP type"
const NO_TLS = /^(EPROTO|ERR_SSL_)/
const CERTIFICATE = /CERT|^UNABLE_TO_|^ERR_TLS_/

interface Description {
  readonly name: string
  readonly text: string
  /** First word of an error reply. */
  readonly reply?: string
  /** Of the system, or of TLS. */
  readonly code?: string
}

function descriptionOf(error: unknown): Description {
  if (!(error instanceof Error)) return { name: typeof error, text: "" }
  // One library names its errors by their class, the other by `name`.
  const name = error.name === "Error" ? error.constructor.name : error.name
  const { code } = error as { code?: unknown }
  const isReply = ["ErrorReply", "SimpleError", "BlobError", "ReplyError"].includes(name)
  return {
    name,
    text: error.message,
    ...(isReply && { reply: error.message.split(" ", 1)[0] ?? "" }),
    ...(typeof code === "string" && { code }),
  }
}

/** The libraries wrap why they stopped trying, or what the last node of a cluster said. */
function innerError(error: unknown): unknown {
  const { lastNodeError, originalError } = (error ?? {}) as { lastNodeError?: unknown; originalError?: unknown }
  return originalError ?? lastNodeError ?? error
}

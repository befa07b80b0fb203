import type { Reply } from "./http.ts"
import { document, element } from "./xml.ts"

/** What both APIs say of a refusal: the JSON API by its reason, the XML API by its code. */
interface Words {
  readonly reason: string
  readonly code: string
}

/** An error that GCS answers with. */
export class Refusal extends Error {
  readonly status: number
  readonly words: Words
  /** Of the XML API alone. */
  readonly details: string | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    words: Words,
    message: string,
    more: { readonly details?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message)
    this.status = status
    this.words = words
    this.details = more.details
    this.headers = more.headers ?? {}
  }
}

export const invalid = (message: string, code = "InvalidArgument", details?: string) =>
  new Refusal(400, { reason: "invalid", code }, message, details === undefined ? {} : { details })

export const noSuchBucket = () =>
  new Refusal(404, { reason: "notFound", code: "NoSuchBucket" }, "The specified bucket does not exist.")

export const noSuchObject = (bucket: string, name: string) =>
  new Refusal(404, { reason: "notFound", code: "NoSuchKey" }, `No such object: ${bucket}/${name}`)

export const notModified = () => new Refusal(304, { reason: "notModified", code: "NotModified" }, "Not Modified")

export const preconditionFailed = (which: string) =>
  new Refusal(
    412,
    { reason: "conditionNotMet", code: "PreconditionFailed" },
    "At least one of the pre-conditions you specified did not hold.",
    { details: which },
  )

export const accessDenied = (details: string, code = "AccessDenied") =>
  new Refusal(403, { reason: "forbidden", code }, "Access denied.", { details })

/** What this double does not know: a test must not pass because of it. */
export const unknownHere = (what: string) =>
  new Refusal(501, { reason: "notImplemented", code: "NotImplemented" }, `The double of GCS does not know ${what}.`)

/** A status that a test planned. */
export const planned = (status: number) => {
  const words: Record<number, Words> = {
    408: { reason: "requestTimeout", code: "RequestTimeout" },
    429: { reason: "rateLimitExceeded", code: "SlowDown" },
    503: { reason: "backendError", code: "ServiceUnavailable" },
  }
  return new Refusal(status, words[status] ?? { reason: "backendError", code: "InternalError" }, "Planned by a test.")
}

export function asJson({ headers, message, status, words }: Refusal): Reply {
  if (status === 304) return { status }
  const errors = [{ message, domain: "global", reason: words.reason }]
  return {
    status,
    headers: { "content-type": "application/json; charset=UTF-8", ...headers },
    body: JSON.stringify({ error: { code: status, message, errors } }),
  }
}

/** Downloads of the JSON API name what is wrong as plain text. */
export function asText({ headers, message, status }: Refusal): Reply {
  return status === 304
    ? { status }
    : { status, headers: { "content-type": "text/html; charset=UTF-8", ...headers }, body: message }
}

export function asXml({ details, headers, message, status, words }: Refusal): Reply {
  if (status === 304) return { status }
  const parts = [element("Code", words.code), element("Message", message)]
  if (details !== undefined) parts.push(element("Details", details))
  const type = { "content-type": "application/xml; charset=UTF-8" }
  return { status, headers: { ...type, ...headers }, body: document("Error", parts) }
}

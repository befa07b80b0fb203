import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { JSON_HEADERS, json } from "./json.ts"
import { httpStatusOf } from "./status.ts"
import { traceIdOf } from "./trace-id.ts"

export interface AnswerOptions {
  /**
   * Told of what was answered with a status of 500 or more. What it throws is ignored. Where requests are traced it runs
   * in the span of the request.
   *
   * @example
   * onError: (error, { traceId }) => logger.error("A request failed.", { error, traceId })
   */
  onError?: ((error: unknown, about: ErrorContext) => void) | undefined
}

/** What an error has to do with. */
export interface ErrorContext {
  /** Of the request, and of the body that answers it. Undefined where no request failed, but a connection. */
  readonly traceId?: string | undefined
}

/** The answer to a request, whatever happens: what is thrown becomes one too. */
export async function answering(
  request: Request,
  answer: () => Promise<Response>,
  options: AnswerOptions,
): Promise<Response> {
  try {
    return await answer()
  } catch (error) {
    return errorResponse(request, error, options)
  }
}

/**
 * The answer that tells an error, with the body `{ error: { code, message, details?, traceId } }`.
 *
 * @param given The id of the trace. Default: that of the request's headers, else a new one.
 */
export function errorResponse(
  { headers, method }: Request,
  error: unknown,
  options: AnswerOptions,
  given?: string,
): Response {
  const status = httpStatusOf(error)
  const known = ServiceError.is(error) ? error : new ServiceError("INTERNAL", "")
  const more = headersOf(known, status)
  const bare = () => new Response(null, { status, headers: { ...JSON_HEADERS, ...more } })
  if (status === 304) return bare()
  const traceId = given ?? traceIdOf(headers)
  tellOf(error, options, traceId)
  if (method === "HEAD") return bare()
  const { code } = known
  const details = detailsOf(known)
  return json({ error: { code, message: messageOf(known, status), details, traceId } }, status, more)
}

/** What callers are told of a failure that is not theirs: its own message may show how the inside looks. */
const OF_SERVER: Partial<Record<ServiceError["code"], string>> = {
  UNAVAILABLE: "The service cannot be reached for now; try again later.",
  TIMEOUT: "The service did not answer in time; try again later.",
  CLOSED: "The service is closed; try again later.",
}

/** The message of an error that the request caused says what to do, and shows no secret. */
function messageOf({ code, message }: ServiceError, status: number): string {
  return status < 500 || code === "UNSUPPORTED" ? message : (OF_SERVER[code] ?? "The request failed.")
}

/** Members of `details` that are made for callers. */
const SHOWN = ["reason", "issues", "outcome"]

function detailsOf({ details = {} }: ServiceError): Record<string, unknown> | undefined {
  const shown = SHOWN.flatMap((name) => (details[name] === undefined ? [] : [[name, details[name]] as const]))
  return shown.length === 0 ? undefined : Object.fromEntries(shown)
}

function headersOf({ details = {} }: ServiceError, status: number): Record<string, string> {
  const seconds = details["retryAfterSeconds"]
  return {
    ...(status === 401 && { "www-authenticate": challengeOf(details) }),
    ...(status === 416 && { "content-range": `bytes */${details["size"]}` }),
    ...(Array.isArray(details["allow"]) && { allow: details["allow"].join(", ") }),
    ...(Number.isFinite(seconds) && { "retry-after": String(Math.max(0, Math.ceil(Number(seconds)))) }),
  }
}

/** The scheme that lets a client in; and that its token is at fault, where it sent one. */
function challengeOf(details: Readonly<Record<string, unknown>>): string {
  return details["tokenSent"] === true ? 'Bearer error="invalid_token"' : "Bearer"
}

/** Tells of an error, unless the request caused it. */
export function tellOf(error: unknown, { onError }: AnswerOptions, traceId?: string): void {
  if (httpStatusOf(error) < 500) return
  try {
    onError?.(error, { traceId })
  } catch {
    // It is no part of the answer.
  }
}

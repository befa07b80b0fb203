import { ServiceError } from "../../../contracts/foundation/errors.ts"

/** Why one request did not succeed: before anybody says what that means for the call. */
export class Failure extends Error {
  /**
   * `answer`: the server refused it. `unsent`: it never came to the server. `lost`: the connection ended before the
   * answer. `late`: nothing came in time. `foreign`: something else than Elasticsearch answered.
   */
  readonly kind: "answer" | "unsent" | "lost" | "late" | "foreign"
  /** HTTP status of an answer. */
  readonly status: number
  /** Types of the error, the outermost first; empty where the answer is none of Elasticsearch. */
  readonly types: readonly string[]
  /** For comparisons only: it can hold ids and values. */
  readonly reason: string

  constructor(kind: Failure["kind"], description: Partial<Description> = {}, cause?: unknown) {
    super(`The request failed: ${kind}.`, { cause })
    this.kind = kind
    this.status = description.status ?? 0
    this.types = description.types ?? []
    this.reason = description.reason ?? ""
  }

  /** Whether the error, or what it came of, has this type. */
  is(...types: readonly string[]): boolean {
    return types.some((type) => this.types.includes(type))
  }
}

interface Description {
  readonly status: number
  readonly types: readonly string[]
  readonly reason: string
}

/** An error as Elasticsearch describes it, in an answer or in an item of one. */
export interface ErrorDescription {
  readonly type?: string
  readonly reason?: string
  readonly root_cause?: readonly ErrorDescription[]
  readonly caused_by?: ErrorDescription
  readonly failed_shards?: readonly { readonly reason?: ErrorDescription }[]
}

interface ClientError {
  readonly name?: unknown
  readonly message?: unknown
  readonly statusCode?: unknown
  readonly body?: unknown
}

/** What a request failed with. The client's classes are told by their names: two copies of it may be loaded. */
export function failureOf(error: unknown): Failure | ServiceError {
  if (ServiceError.is(error) || error instanceof Failure) return error
  const { body, message, name, statusCode } = (error ?? {}) as ClientError
  switch (name) {
    case "ResponseError":
      return answerFailure(Number(statusCode), body, error)
    case "ConnectionError":
    case "NoLivingConnectionsError":
      return new Failure(UNSENT.test(String(message)) ? "unsent" : "lost", {}, error)
    case "TimeoutError":
      return new Failure("late", {}, error)
    case "RequestAbortedError":
      return new Failure("lost", {}, error)
    case "ProductNotSupportedError":
    case "DeserializationError":
      return new Failure("foreign", {}, error)
    default:
      return new ServiceError("INTERNAL", "The client library failed; see cause.", { cause: error })
  }
}

/** What the system, or TLS, says before anything is sent. */
const UNSENT =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|Connect Timeout|no living connections|certificate|TLS|SSL/i

function answerFailure(status: number, body: unknown, cause: unknown): Failure {
  const { error } = (body ?? {}) as { error?: ErrorDescription | string }
  if (typeof error === "object" && error !== null) return itemFailure(status, error, cause)
  // Elasticsearch says in JSON what is not there.
  const isForeign = (status === 404 || status === 405) && !isObject(body)
  return new Failure(isForeign ? "foreign" : "answer", { status }, cause)
}

/** As every answer of Elasticsearch is. A redirect is none for the client, and has no body. */
export function isObject(body: unknown): boolean {
  return typeof body === "object" && body !== null && !Array.isArray(body)
}

/** What an answer, or an item of it, failed with. */
export function itemFailure(status: number, error: ErrorDescription, cause?: unknown): Failure {
  const types = new Set<string>()
  addTypes(error, types)
  return new Failure("answer", { status, types: [...types], reason: error.reason ?? "" }, cause)
}

function addTypes(error: ErrorDescription, types: Set<string>, depth = 0): void {
  if (error.type !== undefined) types.add(error.type)
  if (depth > 4) return
  const shards = (error.failed_shards ?? []).flatMap(({ reason }) => (reason === undefined ? [] : [reason]))
  const below = [...(error.root_cause ?? []), ...shards, ...(error.caused_by === undefined ? [] : [error.caused_by])]
  for (const each of below) addTypes(each, types, depth + 1)
}

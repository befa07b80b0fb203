import { match, P } from "ts-pattern"
import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Failure } from "./failures.ts"

/** Whether a request changes something: an answer that is lost then leaves open whether it did. */
export type RequestKind = "read" | "write"

/**
 * What a request failed with, as ours: by the type of the error first, since OpenSearch and Elasticsearch give one type
 * different statuses. No message of the server is shown: it holds ids and values.
 *
 * UNAVAILABLE only where a write never came to be; TIMEOUT where nobody knows.
 */
export function serviceError(failure: Failure, request: RequestKind): ServiceError {
  const { cause } = failure
  const make = (code: ErrorCode, message: string, reason?: string) =>
    new ServiceError(code, message, { cause, details: reason === undefined ? undefined : { reason } })
  const told = failure.types[0] ?? String(failure.status)
  return match(failure)
    .with({ kind: "foreign" }, () =>
      make("UNAVAILABLE", "Something else than Elasticsearch answered; the URL must lead to a node.", "protocol"),
    )
    .with({ kind: "unsent" }, () => make("UNAVAILABLE", "The search server cannot be reached."))
    .when(
      (each) => request === "write" && isGone(each),
      () => outcomeUnknown(cause),
    )
    .with({ kind: "lost" }, () => make("UNAVAILABLE", "The connection was lost before the answer came."))
    .with({ kind: "late" }, { status: P.union(408, 504) }, () =>
      make("TIMEOUT", "The search server did not answer in time."),
    )
    .when(is("too_many_clauses", "too_many_nested_clauses", "too_long_http_line_exception"), () =>
      make("LIMIT_EXCEEDED", `The query is too large for the search server; it answers ${told}.`),
    )
    .with({ status: 413 }, () => make("LIMIT_EXCEEDED", "The documents are too large for the search server."))
    .with({ status: 401 }, () =>
      make("PERMISSION_DENIED", "The search server refuses these credentials, or wants some.", "credentials"),
    )
    .with({ status: 403, types: P.when((types) => !types.includes("cluster_block_exception")) }, () =>
      make("PERMISSION_DENIED", "The search server refuses this call to these credentials."),
    )
    .when(is("cluster_block_exception"), () =>
      make("UNAVAILABLE", "The search server takes no such calls for now: the cluster, or the index, is blocked."),
    )
    .when(is("circuit_breaking_exception", "es_rejected_execution_exception", "rejected_execution_exception"), () =>
      make("RATE_LIMITED", "The search server is too busy, or too short of memory, for this call for now."),
    )
    .with({ status: 429 }, () => make("RATE_LIMITED", "The search server takes no more calls for now."))
    .when(is("document_parsing_exception", "mapper_parsing_exception", "strict_dynamic_mapping_exception"), () =>
      make("INVALID_ARGUMENT", "The document has a value that its field cannot have.", "type"),
    )
    .when(is("media_type_header_exception"), () =>
      make("INVALID_CONFIG", "The client must be of the major version of the search server, or of the one before."),
    )
    .when(is("index_not_found_exception", "no_shard_available_action_exception"), () =>
      make("UNAVAILABLE", "The index went away meanwhile, or none of its copies can be asked."),
    )
    .with({ status: P.number.gte(500) }, { status: 409 }, () =>
      make("UNAVAILABLE", `The search server answers ${told}.`),
    )
    .with({ status: 400 }, () => make("INVALID_ARGUMENT", `The search server refuses the call; it answers ${told}.`))
    .otherwise(() => make("INTERNAL", `The search server answers ${told}.`))
}

function is(...types: readonly string[]): (failure: Failure) => boolean {
  return (failure) => failure.is(...types)
}

/** Whether the same request may succeed soon, and was not done. */
export function isRefusedForNow(failure: Failure): boolean {
  const { kind, status } = failure
  if (kind === "unsent") return true
  if (kind !== "answer" || failure.is("too_many_clauses", "too_many_nested_clauses")) return false
  return status === 429 || failure.is("cluster_block_exception") || (status === 503 && failure.types.length > 0)
}

/** Whether the same request may succeed soon, if doing it twice is harmless. */
export function isTransient(failure: Failure): boolean {
  return isRefusedForNow(failure) || failure.kind === "lost" || [502, 503, 504].includes(failure.status)
}

/** Whether a write that failed so may have been done: no answer came, or only that of a gateway or of a server in trouble. */
export function isGone({ kind, status, types }: Failure): boolean {
  if (kind === "lost" || kind === "late") return true
  return kind === "answer" && ([500, 502, 504].includes(status) || (status === 503 && types.length === 0))
}

export function outcomeUnknown(cause: unknown): ServiceError {
  return new ServiceError("TIMEOUT", "The search server did not answer; nobody knows whether the write was done.", {
    details: { outcome: "unknown" },
    cause,
  })
}

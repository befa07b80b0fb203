import { preconditionFailed } from "../../../core/search/for-adapters.ts"
import type { SearchAnswer } from "./answers.ts"
import { serviceError } from "./errors.ts"
import { type Failure, itemFailure } from "./failures.ts"
import type { CallOptions, Requests, ServerRequest } from "./requests.ts"

/** For so long a walk may rest. */
export const KEEP_ALIVE = "5m"

export interface SnapshotSearchOptions extends Pick<CallOptions<unknown>, "signal" | "until"> {
  /** Whether it was just opened, so that what is refused is the query. */
  readonly isNew?: boolean | undefined
  readonly several?: boolean | undefined
}

/** Points in time of indexes: what is searched in one stays as it was. */
export class Snapshots {
  readonly #requests: Requests

  constructor(requests: Requests) {
    this.#requests = requests
  }

  /** @throws ServiceError PRECONDITION_FAILED where an index is not there. */
  async open(
    indexes: readonly string[],
    options: Pick<CallOptions<unknown>, "signal" | "until"> = {},
  ): Promise<string> {
    const answer = await this.#requests.call<{ id: string } | undefined>(
      { method: "POST", path: `/${indexes.join(",")}/_pit`, query: { keep_alive: KEEP_ALIVE } },
      {
        ...options,
        kind: "read",
        recover: (failure) => (failure.is("index_not_found_exception") ? undefined : failure),
      },
    )
    if (answer === undefined) throw preconditionFailed("cursor")
    return answer.id
  }

  /** One that cannot be closed ends by itself. */
  async close(id: string, until?: number): Promise<void> {
    await this.#requests
      .call({ method: "DELETE", path: "/_pit", body: { id } }, { kind: "read", until })
      .catch(() => {})
  }

  /** Searches in the snapshot that the body names. @throws ServiceError PRECONDITION_FAILED where it has ended. */
  async search(body: object, options: SnapshotSearchOptions = {}): Promise<SearchAnswer> {
    const { isNew = false, several = false, signal, until } = options
    const isOver = (failure: Failure) => failure.is(...ENDED) || (!isNew && isNoSnapshot(failure))
    const answer = await this.#requests.call<SearchAnswer | undefined>(
      { method: "POST", path: "/_search", query: searchParameters(several), body },
      {
        kind: "read",
        signal,
        until,
        // An ended one stays ended.
        isFinal: isOver,
        recover: (failure) => (isOver(failure) || failure.status === 404 ? undefined : failure),
      },
    )
    if (answer === undefined) throw preconditionFailed("cursor")
    refuseIncomplete(answer)
    return answer
  }
}

/** `several`: of several indexes, whose words are then as rare as they are in all of them together. */
export function searchParameters(several: boolean): NonNullable<ServerRequest["query"]> {
  return { allow_partial_search_results: false, ...(several && { search_type: "dfs_query_then_fetch" }) }
}

/** Ended by time, or with its index. */
const ENDED = [
  "search_context_missing_exception",
  "no_shard_available_action_exception",
  "index_not_found_exception",
] as const

/** What a server says of an id that it did not give, or gave before it was another version. */
const NO_SNAPSHOT = ["illegal_argument_exception", "parsing_exception", "x_content_parse_exception"]

function isNoSnapshot({ types: [type = ""] }: Failure): boolean {
  return NO_SNAPSHOT.includes(type)
}

/** @throws ServiceError where a part of the indexes did not answer. */
export function refuseIncomplete({ _shards, timed_out }: SearchAnswer): void {
  if (_shards.failed === 0 && !timed_out) return
  const [first] = _shards.failures ?? []
  throw serviceError(itemFailure(503, first?.reason ?? {}), "read")
}

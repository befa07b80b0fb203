import { preconditionFailed } from "../../../core/search/for-adapters.ts"
import type { SearchAnswer } from "./answers.ts"
import { serviceError } from "./errors.ts"
import { itemFailure } from "./failures.ts"
import type { CallOptions, Requests } from "./requests.ts"

/** For so long a walk may rest. */
export const KEEP_ALIVE = "5m"

/** Points in time of indexes: what is searched in one stays as it was. */
export class Snapshots {
  readonly #requests: Requests

  constructor(requests: Requests) {
    this.#requests = requests
  }

  async open(indexes: readonly string[], signal?: AbortSignal | undefined): Promise<string> {
    const { id } = await this.#requests.call<{ id: string }>(
      { method: "POST", path: `/${indexes.join(",")}/_pit`, query: { keep_alive: KEEP_ALIVE } },
      { kind: "read", signal },
    )
    return id
  }

  /** One that cannot be closed ends by itself. */
  async close(id: string): Promise<void> {
    await this.#requests.call({ method: "DELETE", path: "/_pit", body: { id } }, { kind: "read" }).catch(() => {})
  }

  /** Searches in the snapshot that the body names. @throws ServiceError PRECONDITION_FAILED where it has ended. */
  async search(body: object, options: Pick<CallOptions<unknown>, "signal"> = {}): Promise<SearchAnswer> {
    const request = { method: "POST", path: "/_search", query: { allow_partial_search_results: false }, body } as const
    const answer = await this.#requests.call<SearchAnswer | undefined>(request, {
      ...options,
      kind: "read",
      // An ended one stays ended.
      isFinal: (failure) => failure.is(...ENDED),
      recover: (failure) => (failure.is(...ENDED) || failure.status === 404 ? undefined : failure),
    })
    if (answer === undefined) throw preconditionFailed("cursor")
    refuseIncomplete(answer)
    return answer
  }
}

/** Ended by time, or with its index; or never a snapshot. */
const ENDED = [
  "search_context_missing_exception",
  "no_shard_available_action_exception",
  "index_not_found_exception",
  "illegal_argument_exception",
  "parsing_exception",
  "x_content_parse_exception",
] as const

/** @throws ServiceError where a part of the indexes did not answer. */
export function refuseIncomplete({ _shards, timed_out }: SearchAnswer): void {
  if (_shards.failed === 0 && !timed_out) return
  const [first] = _shards.failures ?? []
  throw serviceError(itemFailure(503, first?.reason ?? {}), "read")
}

import type { Clock, Timer } from "../../../contracts/foundation/clock.ts"
import type { CallOptions, Requests } from "./requests.ts"

/** One that builds an index and was not heard of for so long has ended. */
export const LEASE_MS = 120_000
const RENEW_MS = 20_000

/** Says from time to time that somebody is at work. */
export class Lease {
  readonly #clock: Clock
  readonly #renew: () => Promise<void>
  #timer: Timer | undefined
  #isOver = false

  constructor(clock: Clock, renew: () => Promise<void>) {
    this.#clock = clock
    this.#renew = renew
    this.#start()
  }

  end(): void {
    this.#isOver = true
    this.#timer?.cancel()
  }

  #start(): void {
    if (this.#isOver) return
    this.#timer = this.#clock.setTimeout(() => {
      // One that fails is made up for by the next.
      this.#renew().then(
        () => this.#start(),
        () => this.#start(),
      )
    }, RENEW_MS)
  }
}

/** Resolves once no write to the index is under way any more; those that come are refused, and come again. */
export async function blockWrites(requests: Requests, index: string): Promise<void> {
  await requests.call({ method: "PUT", path: `/${index}/_block/write` }, { kind: "write", isRepeatable: true })
}

export async function unblockWrites(requests: Requests, index: string, outlivesClose = false): Promise<void> {
  await requests.call(
    { method: "PUT", path: `/${index}/_settings`, body: { index: { "blocks.write": null } } },
    { kind: "write", isRepeatable: true, outlivesClose },
  )
}

interface AliasesAnswer {
  /** Whether an action was left out although the call was acknowledged. */
  readonly errors?: boolean
}

/** All of them at once, or none. @returns False where what one of them needs is not there. */
export async function aliasActions(
  requests: Requests,
  actions: readonly object[],
  options: Pick<CallOptions<unknown>, "isRepeatable" | "outlivesClose"> = {},
): Promise<boolean> {
  const answer = await requests.call<AliasesAnswer | undefined>(
    { method: "POST", path: "/_aliases", body: { actions } },
    {
      ...options,
      kind: "write",
      recover: (failure) =>
        failure.is("aliases_not_found_exception", "index_not_found_exception") ? undefined : failure,
    },
  )
  return answer !== undefined && answer.errors !== true
}

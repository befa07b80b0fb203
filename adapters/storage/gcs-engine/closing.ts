import type { BodySource } from "../../../core/storage/for-adapters.ts"
import { closed } from "./errors.ts"

/** What close ends: calls that send a body in several requests, or that wait for one. */
export class Closing {
  readonly #calls = new Set<Promise<unknown>>()
  readonly #awaited = new Set<BodySource>()
  #isOn = false

  /** A call that close waits for. */
  async holds<T>(call: Promise<T>): Promise<T> {
    this.#calls.add(call)
    try {
      return await call
    } finally {
      this.#calls.delete(call)
    }
  }

  /** @throws ServiceError CLOSED where nothing more may be sent. */
  check(): void {
    if (this.#isOn) throw closed()
  }

  /** The pieces of a body, which is waited for no longer than until close. */
  source(body: BodySource, pieces: Pick<BodySource, "next">): Pick<BodySource, "next"> {
    return {
      next: async () => {
        this.check()
        this.#awaited.add(body)
        try {
          return await pieces.next()
        } catch (error) {
          this.check()
          throw error
        } finally {
          this.#awaited.delete(body)
        }
      },
    }
  }

  /** Ends what waits for a body. @returns When no call is left. */
  async begin(): Promise<void> {
    this.#isOn = true
    for (const body of this.#awaited) body.cancel()
    // A call that ends may leave another one behind, which ends its session.
    while (this.#calls.size > 0) await Promise.allSettled(this.#calls)
  }
}

import { closed } from "./errors.ts"

/** What close waits for: calls that send a body in several requests. */
export class Closing {
  readonly #calls = new Set<Promise<unknown>>()
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

  /** Lets nothing new begin. @returns When no call is left: the streams of all were given up before. */
  async begin(): Promise<void> {
    this.#isOn = true
    // A call that ends may leave another one behind, which ends its session.
    while (this.#calls.size > 0) await Promise.allSettled(this.#calls)
  }
}

import { AsyncLocalStorage } from "node:async_hooks"
import { subscribe, unsubscribe } from "node:diagnostics_channel"

/** Where undici, and so `fetch`, tells of a request before it is sent; instrumentations add their headers there. */
const CHANNEL = "undici:request:create"

/** Only those of the request are sent. */
const OWN: readonly string[] = ["traceparent", "tracestate", "baggage"]
/** Those of the request go before others. */
const FIRST: readonly string[] = ["b3", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled"]

/** What undici tells of: the names and values one after the other. */
interface CreatedRequest {
  readonly headers?: unknown
}

/**
 * Sends the trace that a request was given, whatever else instruments `fetch`. An instrumentation adds a second
 * `traceparent`, by which receivers know neither; or puts its own in the place of ours.
 */
export class OutgoingHeaders {
  readonly #running = new AsyncLocalStorage<Headers>()
  #count = 0

  /** Sends a request whose headers are to be kept. */
  async keep<T>(headers: Headers, send: () => Promise<T>): Promise<T> {
    this.#count++
    // The last to subscribe is the last to be told.
    unsubscribe(CHANNEL, this.#onCreated)
    subscribe(CHANNEL, this.#onCreated)
    try {
      return await this.#running.run(headers, send)
    } finally {
      if (--this.#count === 0) unsubscribe(CHANNEL, this.#onCreated)
    }
  }

  readonly #onCreated = (message: unknown): void => {
    const kept = this.#running.getStore()
    const { headers } = (message as { readonly request: CreatedRequest }).request
    if (kept === undefined || !Array.isArray(headers)) return
    const names = new Set([...OWN, ...FIRST.filter((name) => kept.has(name))])
    for (let at = headers.length - 2; at >= 0; at -= 2) {
      if (names.has(String(headers[at]).toLowerCase())) headers.splice(at, 2)
    }
    for (const name of names) {
      const value = kept.get(name)
      if (value !== null) headers.push(name, value)
    }
  }
}

/** One HTTP exchange after the other, with bytes as they travel: nothing is decoded, followed or sent again. */
import * as http from "node:http"
import * as https from "node:https"
import type { Clock, Timer } from "../../../contracts/foundation/clock.ts"
import { aborted } from "../../../core/storage/for-adapters.ts"
import { closed } from "./errors.ts"
import { Exchange, type WireAnswer, type WireRequest } from "./exchange.ts"

const HAVE_BODIES: ReadonlySet<string> = new Set(["POST", "PUT"])

/** Connections that nobody has used for so long are closed: a server may have forgotten them. */
const FREE_MS = 15_000

/** The connections to one server. */
export class Wire {
  readonly #origin: string
  readonly #http: typeof http | typeof https
  readonly #agent: http.Agent
  readonly #idleMs: number
  readonly #clock: Clock
  readonly #exchanges = new Set<Exchange>()
  #isClosing = false
  #isClosed = false

  constructor(origin: string, idleMs: number, clock: Clock) {
    this.#origin = origin
    this.#http = origin.startsWith("https:") ? https : http
    this.#agent = new this.#http.Agent({ keepAlive: true, timeout: FREE_MS })
    this.#idleMs = idleMs
    this.#clock = clock
  }

  /**
   * Sends a request and resolves when the headers of its answer are there; the answer must then be read or released.
   *
   * @throws LineFailure; ServiceError ABORTED, CLOSED, or what the body failed with.
   */
  async send(request: WireRequest): Promise<WireAnswer> {
    const { body, headers, method, path, signal } = request
    if (this.#isClosed || (this.#isClosing && !request.isFarewell)) throw closed()
    if (signal?.aborted) throw aborted(signal)
    const outgoing = this.#http.request(this.#origin, {
      ...{ method, path, agent: this.#agent },
      headers: { ...headers, ...(HAVE_BODIES.has(method) && { "content-length": body?.length ?? 0 }) },
    })
    const exchange = new Exchange(outgoing, request, this.#idleMs, this.#clock)
    this.#exchanges.add(exchange)
    void exchange.ended.then(() => this.#exchanges.delete(exchange))
    return exchange.answer()
  }

  /**
   * Objects that are open end at once. What waits for an answer gets it, and what `calls` waits for has its last
   * requests answered, or all of it ends in this time.
   */
  async close(waitMs: number, calls: Promise<void>): Promise<void> {
    this.#isClosing = true
    for (const exchange of this.#exchanges) if (exchange.isRead) exchange.close(closed())
    let timer: Timer | undefined
    const late = new Promise<void>((resolve) => {
      timer = this.#clock.setTimeout(resolve, waitMs)
    })
    await Promise.race([late, calls.then(() => this.#idle())])
    timer?.cancel()
    this.#isClosed = true
    for (const exchange of this.#exchanges) exchange.close(closed())
    this.#agent.destroy()
  }

  async #idle(): Promise<void> {
    await Promise.all([...this.#exchanges].map(({ ended }) => ended))
  }
}

import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"

/** Keys of this age are read anew. */
const FRESH_MS = 600_000
/** Keys of this age are used no more, though none can be read. */
const USABLE_MS = 3_600_000
/** From a try that failed to the next, and from one unknown key for which all are read anew to the next. */
const PAUSE_MS = 5_000

/** Keys that are read from elsewhere, and kept while they cannot be. Calls at the same time share one try. */
export class KeptKeys<Keys> {
  readonly #read: () => Promise<Keys>
  readonly #clock: Clock
  #kept: { readonly keys: Keys; readonly readAt: number } | undefined
  #reading: Promise<void> | undefined
  /** The last try, where it failed. */
  #failure: { readonly at: number; readonly cause: unknown } | undefined
  #renewedAt = Number.NEGATIVE_INFINITY
  #reads = 0
  #failures = 0

  constructor(read: () => Promise<Keys>, clock: Clock) {
    this.#read = read
    this.#clock = clock
  }

  /** The keys, read anew when it is time. @throws ServiceError UNAVAILABLE without keys of the last hour. */
  async current(): Promise<Keys> {
    const fresh = this.#younger(FRESH_MS)
    if (fresh !== undefined && this.#failure === undefined) return fresh
    // Where the last try failed and old keys do, nobody waits for the next try.
    const mustWait = this.#failure === undefined || this.#younger(USABLE_MS) === undefined
    const reading = this.#try()
    if (mustWait) await reading
    return this.#younger(USABLE_MS) ?? this.#fail()
  }

  /**
   * The keys for a token whose key is unknown: read anew, unless that was done within 5 s.
   *
   * @throws ServiceError UNAVAILABLE where they cannot be: the token may have a new key.
   */
  async renewed(): Promise<Keys> {
    const now = this.#clock.monotonic()
    const isDue = now - this.#renewedAt >= PAUSE_MS
    if (isDue) this.#renewedAt = now
    await (isDue ? this.#try() : this.#reading)
    const keys = this.#younger(USABLE_MS)
    return keys === undefined || this.#failure !== undefined ? this.#fail() : keys
  }

  /** Degraded while old keys stand in for those that cannot be read. */
  get status(): PluginHealthStatus["status"] {
    if (this.#younger(USABLE_MS) === undefined) return "unhealthy"
    return this.#failure === undefined ? "healthy" : "degraded"
  }

  get metrics() {
    return { keySetReads: this.#reads, keySetFailures: this.#failures }
  }

  /** The keys, where they are younger than that. */
  #younger(ms: number): Keys | undefined {
    return this.#kept !== undefined && this.#clock.monotonic() - this.#kept.readAt < ms ? this.#kept.keys : undefined
  }

  /** Reads the keys, unless that failed within 5 s. It never rejects. */
  #try(): Promise<void> | undefined {
    if (this.#reading === undefined && this.#pauseMs() <= 0) {
      this.#reading = this.#readOnce().finally(() => {
        this.#reading = undefined
      })
    }
    return this.#reading
  }

  async #readOnce(): Promise<void> {
    this.#reads++
    try {
      const keys = await this.#read()
      this.#kept = { keys, readAt: this.#clock.monotonic() }
      this.#failure = undefined
    } catch (cause) {
      this.#failures++
      this.#failure = { at: this.#clock.monotonic(), cause }
    }
  }

  /** Milliseconds until the next try. */
  #pauseMs(): number {
    return this.#failure === undefined ? 0 : this.#failure.at + PAUSE_MS - this.#clock.monotonic()
  }

  #fail(): never {
    throw new ServiceError("UNAVAILABLE", "The key set cannot be read; see cause.", {
      details: { retryAfterSeconds: Math.max(1, Math.ceil(this.#pauseMs() / 1000)) },
      cause: this.#failure?.cause,
    })
  }
}

import type { Cache } from "../../../contracts/cache/cache.ts"
import type { Invalidation, InvalidationBus, InvalidationListener } from "../../../contracts/cache/invalidation-bus.ts"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import { KeyVersions, type Ticket } from "./key-versions.ts"

/** A value of L2 and the seconds it has left; undefined where it is gone meanwhile. */
export interface Fetched {
  readonly value: unknown
  readonly ttl: number | undefined
}

/** What a write stores, where L1 may have it too. Without ttl nobody knows how long it lives. */
export interface Written {
  readonly entries: readonly (readonly [string, unknown])[]
  readonly ttl: number | undefined
}

/**
 * L1 in front of L2: keeps for a while what is in L2.
 *
 * It keeps only what was read or written while nobody wrote the key; a write by this process or a message of another
 * one drops it.
 */
export class NearTier {
  readonly #l1: Cache
  readonly #longestTtl: number
  readonly #bus: InvalidationBus | undefined
  readonly #clock: Clock
  readonly #versions = new KeyVersions()
  #usable: boolean
  #started = false
  /** Changes with each connection of the bus, and with its loss. */
  #connections = 0
  /** Others have not been told of something that was written. */
  #untold = false

  constructor(l1: Cache, longestTtl: number, bus: InvalidationBus | undefined, clock: Clock) {
    this.#l1 = l1
    this.#longestTtl = longestTtl
    this.#bus = bus
    this.#clock = clock
    this.#usable = bus === undefined
  }

  /** False while the bus is not connected. */
  get usable(): boolean {
    return this.#usable
  }

  get started(): boolean {
    return this.#started
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    this.#bus?.subscribe(this.#listener)
  }

  async close(): Promise<void> {
    this.#usable = false
    await this.#bus?.close()
  }

  async get<T>(key: string): Promise<T | undefined> {
    if (!this.#started) this.start()
    return this.#usable ? this.#l1.get<T>(key) : undefined
  }

  async getMany<T>(keys: readonly string[]): Promise<Map<string, T>> {
    if (!this.#started) this.start()
    return this.#usable ? this.#l1.getMany<T>(keys) : new Map()
  }

  async has(key: string): Promise<boolean> {
    return this.#usable && this.#l1.has(key)
  }

  /** Reads from L2, and keeps what nobody wrote meanwhile. */
  async fetch<Result extends ReadonlyMap<string, Fetched>>(
    keys: readonly string[],
    read: () => Promise<Result>,
  ): Promise<Result> {
    const tickets = this.#begin(keys)
    const begun = this.#clock.monotonic()
    try {
      const fetched = await read()
      const current = [...fetched].filter(([key]) => tickets.get(key)?.valid)
      await Promise.all(current.map(([key, { ttl, value }]) => this.#put(key, value, this.#left(ttl, begun))))
      return fetched
    } finally {
      end(tickets)
    }
  }

  /**
   * Writes to L2, and tells the others. L1 keeps what was written, unless the write resolved false or another one of
   * the same key came in between.
   */
  async change<T>(keys: readonly string[] | "all", write: () => Promise<T>, written?: Written): Promise<T> {
    if (!this.#started) this.start()
    this.#outdate(keys)
    const tickets = this.#begin(keys === "all" ? [] : keys)
    const entries = written?.ttl === undefined ? [] : written.entries
    const values = new Map(entries.map(([key, value]) => [key, snapshot(value)]))
    const begun = this.#clock.monotonic()
    try {
      const result = await write()
      await this.#update(keys, tickets, result === false ? new Map() : values, this.#left(written?.ttl, begun))
      await this.#tell(keys)
      return result
    } catch (error) {
      // It may have been written all the same.
      await this.#update(keys, tickets, new Map(), undefined)
      void this.#tell(keys)
      throw error
    } finally {
      end(tickets)
    }
  }

  /** Called when L2 has answered: until here L1 has what was there before. */
  async #update(
    keys: readonly string[] | "all",
    tickets: ReadonlyMap<string, Ticket>,
    values: ReadonlyMap<string, unknown>,
    ttl: number | undefined,
  ): Promise<void> {
    const valid = new Set([...tickets.keys()].filter((key) => tickets.get(key)?.valid))
    // What was read of L2 while it was written is not kept.
    this.#outdate(keys)
    if (keys === "all") return this.#remove("all")
    const isKept = (key: string) => valid.has(key) && values.has(key)
    await Promise.all(keys.map((key) => (isKept(key) ? this.#put(key, values.get(key), ttl) : this.#remove(key))))
  }

  /** Of a ttl that L2 began, or told, at any time since then. */
  #left(ttl: number | undefined, begun: number): number | undefined {
    if (ttl === undefined) return undefined
    const left = ttl - (this.#clock.monotonic() - begun) / 1000
    return left > 0 ? left : undefined
  }

  async #put(key: string, value: unknown, ttl: number | undefined): Promise<void> {
    if (!this.#usable || ttl === undefined) return this.#remove(key)
    // What L1 refuses, as too large, must not leave what it had.
    await this.#l1.set(key, value, Math.min(ttl, this.#longestTtl)).catch(() => this.#remove(key))
  }

  async #remove(key: string | "all"): Promise<void> {
    try {
      await (key === "all" ? this.#l1.clear() : this.#l1.delete(key))
    } catch {
      // What cannot be dropped must not be read.
      this.#usable = false
    }
  }

  async #tell(keys: readonly string[] | "all"): Promise<void> {
    const message: Invalidation = keys === "all" ? { all: true } : { keys }
    await this.#bus?.publish(message).catch(() => {
      this.#untold = true
    })
  }

  #outdate(keys: readonly string[] | "all"): void {
    if (keys === "all") this.#versions.writeAll()
    else for (const key of keys) this.#versions.write(key)
  }

  #begin(keys: readonly string[]): Map<string, Ticket> {
    return new Map(keys.map((key) => [key, this.#versions.begin(key)]))
  }

  readonly #listener: InvalidationListener = {
    invalidated: (message) => {
      const keys = "all" in message ? "all" : message.keys
      this.#outdate(keys)
      if (keys === "all") void this.#remove("all")
      else for (const key of keys) void this.#remove(key)
    },
    connected: () => void this.#reconnected(),
    disconnected: () => {
      this.#connections++
      this.#usable = false
    },
  }

  /** Whatever L1 has from before may have been written since. */
  async #reconnected(): Promise<void> {
    const connection = ++this.#connections
    this.#outdate("all")
    try {
      await this.#l1.clear()
    } catch {
      return
    }
    if (connection !== this.#connections) return
    this.#usable = true
    if (!this.#untold) return
    this.#untold = false
    await this.#tell("all")
  }
}

function end(tickets: ReadonlyMap<string, Ticket>): void {
  for (const ticket of tickets.values()) ticket.end()
}

/** The caller may change the value while it is being written. */
function snapshot(value: unknown): unknown {
  return typeof value === "object" && value !== null ? structuredClone(value) : value
}

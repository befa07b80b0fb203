import { cacheTtlMs } from "../../contracts/cache/arguments.ts"
import type {
  CacheImplementation,
  CacheStats,
  ICacheAtomic,
  ICacheScan,
  ICacheTags,
} from "../../contracts/cache/cache.ts"
import type { Clock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"

interface Entry {
  readonly value: unknown
  readonly expiresAt: number
  readonly tags: readonly string[]
}

interface Lease {
  readonly token: string
  readonly endsAt: number
}

/** What several test clients share, as they would share a server. Every call is applied at once. */
export class TestStore {
  readonly entries = new Map<string, Entry>()
  readonly leases = new Map<string, Lease>()
  /** Calls by all clients, for tests of what a feature costs. */
  readonly calls: string[] = []
  tokens = 0
}

/** A client of a shared store that can do everything; only for tests of what is built on it. */
export class TestCache implements CacheImplementation, ICacheAtomic, ICacheTags, ICacheScan {
  readonly capabilities = { shared: true, atomic: true, tags: true, scan: true } as const
  readonly #store: TestStore
  readonly #clock: Clock
  readonly #reads = { hits: 0, misses: 0 }

  constructor(store: TestStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  async get<T>(key: string): Promise<T | undefined> {
    this.#store.calls.push(`get ${key}`)
    const entry = this.#live(key)
    if (entry === undefined) this.#reads.misses++
    else this.#reads.hits++
    return structuredClone(entry?.value) as T | undefined
  }

  async set(key: string, value: unknown, ttl?: number): Promise<void> {
    this.#put(key, value, ttl, [])
  }

  async delete(key: string): Promise<boolean> {
    this.#store.calls.push(`delete ${key}`)
    const live = this.#live(key) !== undefined
    this.#store.entries.delete(key)
    this.#store.leases.delete(key)
    return live
  }

  async has(key: string): Promise<boolean> {
    return this.#live(key) !== undefined
  }

  async clear(): Promise<void> {
    this.#store.leases.clear()
    this.#store.entries.clear()
  }

  async stats(): Promise<CacheStats> {
    return { ...this.#reads, keyCount: this.#liveKeys().length }
  }

  async *keys({ prefix = "" }: { prefix?: string | undefined } = {}): AsyncGenerator<string, void, undefined> {
    for (const key of this.#liveKeys()) if (key.startsWith(prefix)) yield key
  }

  async setTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): Promise<void> {
    this.#put(key, value, ttl, tags)
  }

  async invalidateTags(tags: readonly string[]): Promise<void> {
    this.#store.leases.clear()
    for (const [key, entry] of [...this.#store.entries]) {
      if (entry.tags.some((tag) => tags.includes(tag))) this.#store.entries.delete(key)
    }
  }

  async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
    if (this.#live(key) !== undefined) return false
    this.#put(key, value, ttl, [])
    return true
  }

  async increment(key: string, by = 1, ttl?: number): Promise<number> {
    const entry = this.#live(key)
    const count = entry === undefined ? 0 : entry.value
    const sum = Number(count) + by
    if (!Number.isSafeInteger(count) || !Number.isSafeInteger(sum)) {
      throw new ServiceError("PRECONDITION_FAILED", "Only safe integers are counted.")
    }
    if (entry === undefined) this.#put(key, sum, ttl, [])
    else this.#store.entries.set(key, { ...entry, value: sum })
    return sum
  }

  async take<T>(key: string): Promise<T | undefined> {
    const entry = this.#live(key)
    this.#store.entries.delete(key)
    return entry?.value as T | undefined
  }

  async touch(key: string, ttl: number): Promise<boolean> {
    const entry = this.#live(key)
    if (entry !== undefined) this.#store.entries.set(key, { ...entry, expiresAt: this.#expiry(ttl) })
    return entry !== undefined
  }

  async ttl(key: string): Promise<number | undefined> {
    const entry = this.#live(key)
    return entry && (entry.expiresAt - this.#clock.monotonic()) / 1000
  }

  async lease(key: string, ttlMs: number): Promise<string | undefined> {
    this.#store.calls.push(`lease ${key}`)
    if (this.#live(key) !== undefined || this.#holds(key) !== undefined) return undefined
    const token = `token ${++this.#store.tokens}`
    this.#store.leases.set(key, { token, endsAt: this.#clock.monotonic() + ttlMs })
    return token
  }

  async fill(key: string, lease: string, value: unknown, ttl?: number, tags?: readonly string[]): Promise<boolean> {
    if (this.#holds(key) !== lease) return false
    this.#put(key, value, ttl, tags ?? [])
    return true
  }

  #put(key: string, value: unknown, ttl: number | undefined, tags: readonly string[]): void {
    this.#store.calls.push(`set ${key}`)
    this.#store.leases.delete(key)
    this.#store.entries.set(key, { value: structuredClone(value), expiresAt: this.#expiry(ttl), tags })
  }

  #live(key: string): Entry | undefined {
    const entry = this.#store.entries.get(key)
    return entry !== undefined && this.#clock.monotonic() < entry.expiresAt ? entry : undefined
  }

  #liveKeys(): string[] {
    return [...this.#store.entries.keys()].filter((key) => this.#live(key) !== undefined)
  }

  #holds(key: string): string | undefined {
    const lease = this.#store.leases.get(key)
    return lease !== undefined && this.#clock.monotonic() < lease.endsAt ? lease.token : undefined
  }

  #expiry(ttl: number = Number.POSITIVE_INFINITY): number {
    return this.#clock.monotonic() + cacheTtlMs(ttl)
  }
}

/** A promise that the test settles. */
export function deferred<T = void>() {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}

import {
  CACHE_MAX_KEY_BYTES,
  cacheIncrementIssue,
  cacheLeaseIssue,
  cacheTouchIssue,
} from "../../../contracts/cache/arguments.ts"
import type {
  CacheCapabilities,
  CacheStats,
  ICacheAtomic,
  ICacheBatch,
  ICacheScan,
  ICacheService,
  ICacheTags,
} from "../../../contracts/cache/cache.ts"
import type { IHealthCheckable, PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type { IClosable } from "../../../contracts/foundation/lifecycle.ts"
import { typeName } from "../../../contracts/foundation/text.ts"
import { ReferenceEntries, type ReferenceOptions } from "./entries.ts"

/** How long a call waits for an answer, in real milliseconds. */
const DEADLINE_MS = 20

export const referenceCapabilities: CacheCapabilities = {
  batch: true,
  atomic: true,
  tags: true,
  scan: true,
  shared: true,
  durable: true,
  ttlResolutionMs: 1,
  maxKeyBytes: CACHE_MAX_KEY_BYTES,
  maxValueBytes: 1_048_576,
  maxStalenessMs: 0,
  eviction: "none",
}

/**
 * The shortest cache that keeps the whole contract. Mutants and oddities are subclasses that change one line of it,
 * which is why it is made of small methods.
 */
export class ReferenceCache
  extends ReferenceEntries
  implements ICacheService, ICacheBatch, ICacheAtomic, ICacheTags, ICacheScan, IHealthCheckable, IClosable
{
  override readonly capabilities: CacheCapabilities
  protected readonly password: string

  constructor({ password = "", ...options }: ReferenceOptions) {
    super(options)
    this.password = password
    const { configuration = {} } = options
    const { maxValueBytes = referenceCapabilities.maxValueBytes } = configuration as { maxValueBytes?: number }
    this.capabilities = { ...referenceCapabilities, maxValueBytes }
  }

  async get<T = unknown>(key: string): Promise<T | undefined> {
    this.checkOpen()
    this.checkKey(key)
    return this.reply(this.read(key) as T | undefined)
  }

  async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
    this.checkOpen()
    this.checkKey(key)
    this.checkValue(value)
    this.checkTtl(ttl)
    return this.reply(this.write(key, value, ttl))
  }

  async delete(key: string): Promise<boolean> {
    this.checkOpen()
    this.checkKey(key)
    return this.reply(this.remove(key))
  }

  async has(key: string): Promise<boolean> {
    this.checkOpen()
    this.checkKey(key)
    return this.reply(this.find(key) !== undefined)
  }

  async clear(): Promise<void> {
    this.checkOpen()
    this.voidLeases()
    this.empty()
    return this.reply(undefined)
  }

  async stats(): Promise<CacheStats> {
    this.checkOpen()
    return this.reply({ hits: this.hits, misses: this.misses, keyCount: this.liveKeys().length })
  }

  async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
    this.checkOpen()
    this.checkKeys(keys)
    const found = new Map<string, T>()
    for (const key of new Set(keys)) {
      const value = this.read(key)
      if (value !== undefined) found.set(key, value as T)
    }
    return this.reply(found)
  }

  async setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
    this.checkOpen()
    const list = this.listOf(entries)
    for (const [key, value] of list) {
      this.checkKey(key)
      this.checkValue(value)
    }
    this.checkTtl(ttl)
    for (const [key, value] of list) this.write(key, value, ttl)
    return this.reply(undefined)
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    this.checkOpen()
    this.checkKeys(keys)
    return this.reply(keys.filter((key) => this.remove(key)).length)
  }

  async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
    this.checkOpen()
    this.checkKey(key)
    this.checkValue(value)
    this.checkTtl(ttl)
    const absent = this.find(key) === undefined
    if (absent) this.write(key, value, ttl)
    return this.reply(absent)
  }

  async increment(key: string, by = 1, ttl?: number): Promise<number> {
    this.checkOpen()
    this.checkKey(key)
    this.refuseIf(cacheIncrementIssue(by))
    this.checkTtl(ttl)
    return this.reply(this.add(key, by, ttl))
  }

  async take<T = unknown>(key: string): Promise<T | undefined> {
    this.checkOpen()
    this.checkKey(key)
    const entry = this.find(key)
    if (entry !== undefined) this.remove(key)
    return this.reply((entry === undefined ? undefined : this.copyOut(entry.value)) as T | undefined)
  }

  async touch(key: string, ttl: number): Promise<boolean> {
    this.checkOpen()
    this.checkKey(key)
    this.refuseIf(cacheTouchIssue(ttl))
    const live = this.find(key) !== undefined
    if (live) this.amend(key, { expiresAt: this.expiresAt(ttl) })
    return this.reply(live)
  }

  async ttl(key: string): Promise<number | undefined> {
    this.checkOpen()
    this.checkKey(key)
    const entry = this.find(key)
    return this.reply(entry === undefined ? undefined : this.secondsLeft(entry))
  }

  async lease(key: string, ttlMs: number): Promise<string | undefined> {
    this.checkOpen()
    this.checkKey(key)
    this.refuseIf(cacheLeaseIssue(ttlMs))
    const free = this.find(key) === undefined && this.findLease(key) === undefined
    return this.reply(free ? this.giveLease(key, ttlMs) : undefined)
  }

  async fill(key: string, lease: string, value: unknown, ttl?: number, tags: readonly string[] = []): Promise<boolean> {
    this.checkFill(key, lease, value, ttl, tags)
    const holds = this.findLease(key)?.token === lease
    if (holds) this.writeTagged(key, value, tags, ttl)
    return this.reply(holds)
  }

  async setTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): Promise<void> {
    this.checkSetTagged(key, value, tags, ttl)
    return this.reply(this.writeTagged(key, value, tags, ttl))
  }

  async invalidateTags(tags: readonly string[]): Promise<void> {
    this.checkOpen()
    this.checkTags(tags)
    if (tags.length > 0) {
      this.voidLeases()
      this.removeTagged(tags)
    }
    return this.reply(undefined)
  }

  async *keys({ prefix = "" }: { prefix?: string | undefined } = {}): AsyncGenerator<string, void, undefined> {
    await this.openWalk(prefix)
    for (const key of this.liveKeys()) if (key.startsWith(prefix)) yield key
  }

  async healthCheck(): Promise<PluginHealthStatus> {
    try {
      this.checkOpen()
      await this.reply(undefined)
      return { status: "healthy", latency: 0 }
    } catch (error) {
      return { status: "unhealthy", message: String(error), latency: 0 }
    }
  }

  async getMetrics(): Promise<Record<string, number>> {
    return { hits: this.hits, misses: this.misses, keyCount: this.liveKeys().length }
  }

  async close(): Promise<void> {
    this.closed = true
    return this.deliver(undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Ends it as the end of its process would. */
  kill(): void {
    this.closed = true
  }

  /** How an answer comes over the line: the work is done before. */
  protected reply<T>(answer: T): T | Promise<T> {
    if (this.store.fault === "silent") return this.noAnswer()
    if (this.store.fault !== "lose-answer") return this.deliver(answer)
    this.store.fault = "none"
    this.refuse("TIMEOUT", "The answer was lost.")
  }

  /** When an answer reaches the caller. */
  protected deliver<T>(answer: T): T | Promise<T> {
    return answer
  }

  protected async noAnswer(): Promise<never> {
    await new Promise((resolve) => setTimeout(resolve, DEADLINE_MS))
    this.refuse("TIMEOUT", `No answer within ${DEADLINE_MS} ms.`)
  }

  protected async openWalk(prefix: unknown): Promise<void> {
    this.checkOpen()
    if (typeof prefix !== "string") this.refuse("INVALID_ARGUMENT", `A prefix is a string, not ${typeName(prefix)}.`)
    await this.reply(undefined)
  }

  protected override checkOpen(): void {
    super.checkOpen()
    if (this.store.fault === "unreachable") this.refuse("UNAVAILABLE", "The store cannot be reached.")
  }
}

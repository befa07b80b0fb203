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
import { typeName } from "../../../contracts/foundation/text.ts"
import { SPOILT } from "../../families/reference-records.ts"
import { type CacheReferenceOptions, ReferenceEntries } from "./entries.ts"

export const referenceCapabilities: CacheCapabilities = {
  batch: true,
  atomic: true,
  tags: true,
  scan: true,
  shared: true,
  durable: true,
  ttlResolutionMs: 1,
  maxKeyBytes: CACHE_MAX_KEY_BYTES,
  maxValueBytes: 524_288,
  maxStalenessMs: 0,
  eviction: "none",
}

/**
 * The shortest cache that keeps the whole contract. Mutants and oddities are subclasses that change one line of it,
 * which is why it is made of small methods.
 */
export class ReferenceCache
  extends ReferenceEntries
  implements ICacheService, ICacheBatch, ICacheAtomic, ICacheTags, ICacheScan
{
  override readonly capabilities: CacheCapabilities

  constructor(options: CacheReferenceOptions) {
    super(options)
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
    if (entry?.value === SPOILT) this.refuse("CORRUPT", "What is stored cannot be decoded.")
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

  override async getMetrics(): Promise<Record<string, number>> {
    return { hits: this.hits, misses: this.misses, keyCount: this.liveKeys().length }
  }

  async openWalk(prefix: unknown): Promise<void> {
    this.checkOpen()
    if (typeof prefix !== "string") this.refuse("INVALID_ARGUMENT", `A prefix is a string, not ${typeName(prefix)}.`)
    await this.reply(undefined)
  }
}

import type {
  CacheCapabilities,
  CacheStats,
  ICacheAtomic,
  ICacheBatch,
  ICacheScan,
  ICacheService,
  ICacheTags,
} from "../../contracts/cache.ts"
import {
  CACHE_MAX_KEY_BYTES,
  cacheIncrementIssue,
  cacheLeaseIssue,
  cacheTouchIssue,
  cacheTtlMs,
} from "../../contracts/cache-arguments.ts"
import type { Clock } from "../../contracts/foundation/clock.ts"
import type { IHealthCheckable, PluginHealthStatus } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
import { typeName } from "../../contracts/foundation/text.ts"
import { ReferenceChecks } from "./reference-checks.ts"
import { type ReferenceEntry, type ReferenceLease, ReferenceStore } from "./reference-store.ts"

export interface ReferenceOptions {
  readonly clock: Clock
  readonly store?: ReferenceStore | undefined
  /** Caches of different namespaces in one store never meet. */
  readonly namespace?: string | undefined
  /** What it would log in with. */
  readonly password?: string | undefined
  /** As a user's configuration has them: `password` and `maxValueBytes`. */
  readonly configuration?: Readonly<Record<string, unknown>> | undefined
}

/** How long a call waits for an answer, in real milliseconds. */
const DEADLINE_MS = 20

/** Stands for bytes that cannot be decoded. */
const SPOILT = Symbol("spoilt")

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
  extends ReferenceChecks
  implements ICacheService, ICacheBatch, ICacheAtomic, ICacheTags, ICacheScan, IHealthCheckable, IClosable
{
  override readonly capabilities: CacheCapabilities
  protected readonly clock: Clock
  protected readonly store: ReferenceStore
  protected readonly namespace: string
  protected hits = 0
  protected misses = 0
  protected readonly password: string
  constructor({ clock, configuration = {}, namespace = "", password = "", store }: ReferenceOptions) {
    super(configuration)
    this.clock = clock
    this.store = store ?? new ReferenceStore()
    this.namespace = namespace
    this.password = password
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

  /** Replaces what is stored under a key by what no cache wrote. */
  corrupt(key: string): void {
    this.store.entries.set(this.storedKey(key), { value: SPOILT, expiresAt: Number.POSITIVE_INFINITY, tags: [] })
  }

  /** Begins every stored key of this cache. Its length in front keeps one namespace from beginning another. */
  protected prefix(): string {
    return `${this.namespace.length}:${this.namespace}:`
  }

  protected encodeKey(key: string): string {
    return key
  }

  protected storedKey(key: string): string {
    return this.prefix() + this.encodeKey(key)
  }

  protected storedKeys(): string[] {
    return [...this.store.entries.keys()].filter((stored) => stored.startsWith(this.prefix()))
  }

  protected liveKeys(): string[] {
    const live = this.storedKeys().filter((stored) => this.isLive(this.store.entries.get(stored)))
    return live.map((stored) => stored.slice(this.prefix().length))
  }

  protected isLive(entry: ReferenceEntry | undefined): entry is ReferenceEntry {
    return entry !== undefined && this.clock.monotonic() < entry.expiresAt
  }

  protected expiresAt(ttl: number = Number.POSITIVE_INFINITY): number {
    return this.clock.monotonic() + cacheTtlMs(ttl)
  }

  protected find(key: string): ReferenceEntry | undefined {
    const entry = this.store.entries.get(this.storedKey(key))
    return this.isLive(entry) ? entry : undefined
  }

  protected read(key: string): unknown {
    const entry = this.find(key)
    this.count(entry)
    if (entry?.value === SPOILT) this.refuse("CORRUPT", "What is stored cannot be decoded.")
    return entry === undefined ? undefined : this.copyOut(entry.value)
  }

  /** A new entry: without tags, and without regard to what was there. */
  protected write(key: string, value: unknown, ttl: number | undefined): void {
    this.voidLease(key)
    const expiresAt = this.expiresAt(ttl)
    this.store.entries.set(this.storedKey(key), { value: this.copyIn(value), expiresAt, tags: [] })
  }

  protected writeTagged(key: string, value: unknown, tags: readonly string[], ttl: number | undefined): void {
    this.write(key, value, ttl)
    this.amend(key, { tags: [...tags] })
  }

  /** Changes a part of a stored entry. */
  protected amend(key: string, change: Partial<ReferenceEntry>): void {
    const entry = this.store.entries.get(this.storedKey(key))
    if (entry !== undefined) this.store.entries.set(this.storedKey(key), { ...entry, ...change })
  }

  protected remove(key: string): boolean {
    const live = this.find(key) !== undefined
    this.voidLease(key)
    this.store.entries.delete(this.storedKey(key))
    return live
  }

  protected empty(): void {
    for (const stored of this.storedKeys()) this.store.entries.delete(stored)
  }

  protected removeTagged(tags: readonly string[]): void {
    for (const stored of this.storedKeys()) {
      const entry = this.store.entries.get(stored)
      if (entry !== undefined && this.hasTag(entry, tags)) this.store.entries.delete(stored)
    }
  }

  protected hasTag(entry: ReferenceEntry, tags: readonly string[]): boolean {
    return entry.tags.some((tag) => tags.includes(tag))
  }

  protected add(key: string, by: number, ttl: number | undefined): number {
    const entry = this.find(key)
    const sum = this.sumOf(entry === undefined ? 0 : entry.value, by)
    if (entry === undefined) this.write(key, sum, ttl)
    else this.amend(key, { value: sum })
    return sum
  }

  protected sumOf(count: unknown, by: number): number {
    if (!Number.isSafeInteger(count)) this.refuse("PRECONDITION_FAILED", "Only an integer can be incremented.")
    const sum = (count as number) + by
    if (!Number.isSafeInteger(sum)) this.refuse("PRECONDITION_FAILED", "The sum is no safe integer.")
    return sum
  }

  protected secondsLeft(entry: ReferenceEntry): number {
    return (entry.expiresAt - this.clock.monotonic()) / 1000
  }

  protected findLease(key: string): ReferenceLease | undefined {
    const lease = this.store.leases.get(this.storedKey(key))
    return lease !== undefined && this.clock.monotonic() < lease.endsAt ? lease : undefined
  }

  protected giveLease(key: string, ttlMs: number): string {
    const token = this.newToken(key)
    this.store.leases.set(this.storedKey(key), { token, endsAt: this.clock.monotonic() + ttlMs })
    return token
  }

  protected newToken(_key: string): string {
    return `lease-${++this.store.leasesGiven}`
  }

  protected voidLease(key: string): void {
    this.store.leases.delete(this.storedKey(key))
  }

  protected voidLeases(): void {
    for (const stored of [...this.store.leases.keys()]) {
      if (stored.startsWith(this.prefix())) this.store.leases.delete(stored)
    }
  }

  protected count(entry: ReferenceEntry | undefined): void {
    if (entry === undefined) this.misses++
    else this.hits++
  }

  protected copyIn(value: unknown): unknown {
    return structuredClone(value)
  }

  protected copyOut(value: unknown): unknown {
    return structuredClone(value)
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

import {
  CACHE_MAX_KEY_BYTES,
  type CacheCapabilities,
  type CacheStats,
  cacheKeyIssue,
  cacheTtlIssue,
  cacheTtlMs,
  cacheValueIssue,
  type ICacheBatch,
  type ICacheScan,
  type ICacheService,
} from "../../contracts/cache.ts"
import type { Clock } from "../../contracts/foundation/clock.ts"
import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import type { IHealthCheckable, PluginHealthStatus } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
import { typeName, utf8Length } from "../../contracts/foundation/text.ts"

export interface ReferenceEntry {
  readonly value: unknown
  /** On the monotonic clock; Infinity for entries without ttl. */
  readonly expiresAt: number
}

/** What several clients share, as they would share a server. */
export class ReferenceStore {
  readonly entries = new Map<string, ReferenceEntry>()
}

export interface ReferenceOptions {
  readonly clock: Clock
  readonly store?: ReferenceStore | undefined
  /** Caches of different namespaces in one store never meet. */
  readonly namespace?: string | undefined
}

export const referenceCapabilities: CacheCapabilities = {
  batch: true,
  atomic: false,
  tags: false,
  scan: true,
  shared: true,
  durable: false,
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
export class ReferenceCache implements ICacheService, ICacheBatch, ICacheScan, IHealthCheckable, IClosable {
  readonly capabilities: CacheCapabilities = referenceCapabilities
  protected readonly clock: Clock
  protected readonly store: ReferenceStore
  protected readonly namespace: string
  protected hits = 0
  protected misses = 0
  protected closed = false

  constructor({ clock, store = new ReferenceStore(), namespace = "" }: ReferenceOptions) {
    this.clock = clock
    this.store = store
    this.namespace = namespace
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
    for (const stored of this.storedKeys()) this.store.entries.delete(stored)
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

  async *keys({ prefix = "" }: { prefix?: string | undefined } = {}): AsyncGenerator<string, void, undefined> {
    this.checkOpen()
    if (typeof prefix !== "string") this.refuse("INVALID_ARGUMENT", `A prefix is a string, not ${typeName(prefix)}.`)
    for (const key of this.liveKeys()) if (key.startsWith(prefix)) yield key
  }

  async healthCheck(): Promise<PluginHealthStatus> {
    return this.closed ? { status: "unhealthy", message: "closed", latency: 0 } : { status: "healthy", latency: 0 }
  }

  async getMetrics(): Promise<Record<string, number>> {
    return { hits: this.hits, misses: this.misses, keyCount: this.liveKeys().length }
  }

  async close(): Promise<void> {
    this.closed = true
    return this.reply(undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
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
    return entry === undefined ? undefined : this.copyOut(entry.value)
  }

  protected write(key: string, value: unknown, ttl: number | undefined): void {
    this.store.entries.set(this.storedKey(key), { value: this.copyIn(value), expiresAt: this.expiresAt(ttl) })
  }

  protected remove(key: string): boolean {
    const live = this.find(key) !== undefined
    this.store.entries.delete(this.storedKey(key))
    return live
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

  /** How an answer reaches the caller: the work is done before. */
  protected reply<T>(answer: T): T | Promise<T> {
    return answer
  }

  protected checkOpen(): void {
    if (this.closed) this.refuse("CLOSED", "This cache is closed.")
  }

  protected checkKey(key: unknown): void {
    this.refuseIf(cacheKeyIssue(key, this.capabilities.maxKeyBytes))
  }

  protected checkKeys(keys: unknown): void {
    this.refuseIf(Array.isArray(keys) ? undefined : `Keys come as an array, not as ${typeName(keys)}.`)
    for (const key of keys as unknown[]) this.checkKey(key)
  }

  protected checkValue(value: unknown): void {
    this.refuseIf(cacheValueIssue(value))
    this.checkSize(value)
  }

  protected checkSize(value: unknown): void {
    const { maxValueBytes } = this.capabilities
    if (sizeOf(value) > maxValueBytes) this.refuse("LIMIT_EXCEEDED", `A value has at most ${maxValueBytes} bytes.`)
  }

  protected checkTtl(ttl: unknown): void {
    this.refuseIf(cacheTtlIssue(ttl))
  }

  /** The entries of a batch, read once. */
  protected listOf(entries: Iterable<readonly [string, unknown]>): (readonly [string, unknown])[] {
    const iterable = typeof entries?.[Symbol.iterator] === "function"
    this.refuseIf(iterable ? undefined : `Entries come as an iterable, not as ${typeName(entries)}.`)
    const list = [...entries]
    this.refuseIf(list.every(Array.isArray) ? undefined : "An entry is a [key, value] pair.")
    return list
  }

  protected refuseIf(issue: string | undefined): void {
    if (issue !== undefined) this.refuse("INVALID_ARGUMENT", issue)
  }

  protected refuse(code: ErrorCode, message: string): never {
    throw new ServiceError(code, message, { service: "cache", adapter: "reference" })
  }
}

/** Bytes of the text and the binary members, and eight for all others. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return utf8Length(value)
  if (value instanceof Uint8Array) return value.byteLength
  if (typeof value !== "object" || value === null) return 8
  const members = Symbol.iterator in value ? [...(value as Iterable<unknown>)] : Object.entries(value)
  return members.reduce<number>((size, member) => size + sizeOf(member), 8)
}

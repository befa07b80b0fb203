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
import { type ErrorCode, type ErrorIssue, ServiceError } from "../../contracts/foundation/errors.ts"
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
  /** What befalls the line to the store. */
  fault: "none" | "unreachable" | "silent" | "lose-answer" = "none"
  /** How often it was stopped and started again; the entries stay. */
  restarts = 0
}

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
  atomic: false,
  tags: false,
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
export class ReferenceCache implements ICacheService, ICacheBatch, ICacheScan, IHealthCheckable, IClosable {
  readonly capabilities: CacheCapabilities
  protected readonly clock: Clock
  protected readonly store: ReferenceStore
  protected readonly namespace: string
  protected hits = 0
  protected misses = 0
  protected readonly password: string
  protected closed = false

  constructor({ clock, configuration = {}, namespace = "", password = "", store }: ReferenceOptions) {
    this.refuseConfiguration(this.issuesOf(configuration), configuration)
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
    this.store.entries.set(this.storedKey(key), { value: SPOILT, expiresAt: Number.POSITIVE_INFINITY })
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

  protected checkOpen(): void {
    if (this.closed) this.refuse("CLOSED", "This cache is closed.")
    if (this.store.fault === "unreachable") this.refuse("UNAVAILABLE", "The store cannot be reached.")
  }

  protected async openWalk(prefix: unknown): Promise<void> {
    this.checkOpen()
    if (typeof prefix !== "string") this.refuse("INVALID_ARGUMENT", `A prefix is a string, not ${typeName(prefix)}.`)
    await this.reply(undefined)
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

  protected issuesOf(configuration: Readonly<Record<string, unknown>>): ErrorIssue[] {
    const { maxValueBytes = 1, password = "", ...unknown } = configuration
    const issues = Object.keys(unknown).map((path) => ({ path, message: "is not an option" }))
    if (typeof password !== "string") issues.push({ path: "password", message: "is a string" })
    if (Number.isSafeInteger(maxValueBytes) && (maxValueBytes as number) > 0) return issues
    return [...issues, { path: "maxValueBytes", message: "is a whole number above 0" }]
  }

  protected refuseConfiguration(issues: readonly ErrorIssue[], _given: Readonly<Record<string, unknown>>): void {
    if (issues.length === 0) return
    const text = issues.map(({ message, path }) => `${path} ${message}`).join("; ")
    throw new ServiceError("INVALID_CONFIG", `Options of the reference cache: ${text}.`, { details: { issues } })
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

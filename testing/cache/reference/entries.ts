import { cacheTtlMs } from "../../../contracts/cache/arguments.ts"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ReferenceChecks } from "./checks.ts"
import { type ReferenceEntry, type ReferenceLease, ReferenceStore } from "./store.ts"

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

/** Stands for bytes that cannot be decoded. */
const SPOILT = Symbol("spoilt")

/** What the reference cache does with its entries, leases and tags, in small methods that mutants change one of. */
export abstract class ReferenceEntries extends ReferenceChecks {
  protected readonly clock: Clock
  protected readonly store: ReferenceStore
  protected readonly namespace: string
  protected hits = 0
  protected misses = 0

  constructor({ clock, configuration = {}, namespace = "", store }: ReferenceOptions) {
    super(configuration)
    this.clock = clock
    this.store = store ?? new ReferenceStore()
    this.namespace = namespace
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
}

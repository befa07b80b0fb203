import { cacheTtlMs } from "../../../contracts/cache/arguments.ts"
import { SPOILT } from "../../families/reference-records.ts"
import type { ReferenceOptions } from "../../foundation/reference-service.ts"
import { ReferenceChecks } from "./checks.ts"
import { CacheStore, type ReferenceEntry, type ReferenceLease } from "./store.ts"

export type CacheReferenceOptions = ReferenceOptions<CacheStore>

/** What the reference cache does with its entries, leases and tags, in small methods that mutants change one of. */
export abstract class ReferenceEntries extends ReferenceChecks {
  hits = 0
  misses = 0

  constructor(options: CacheReferenceOptions) {
    super({ ...options, store: options.store ?? new CacheStore() })
  }

  /** Replaces what is stored under a key by what no cache wrote. */
  corrupt(key: string): void {
    this.store.entries.set(this.storedKey(key), { value: SPOILT, expiresAt: Number.POSITIVE_INFINITY, tags: [] })
  }

  override isLive(entry: ReferenceEntry | undefined): entry is ReferenceEntry {
    return entry !== undefined && this.clock.monotonic() < entry.expiresAt
  }

  expiresAt(ttl: number = Number.POSITIVE_INFINITY): number {
    return this.clock.monotonic() + cacheTtlMs(ttl)
  }

  override read(key: string): unknown {
    this.count(this.find(key))
    return super.read(key)
  }

  /** A new entry: without tags, and without regard to what was there. */
  write(key: string, value: unknown, ttl: number | undefined): void {
    this.voidLease(key)
    const expiresAt = this.expiresAt(ttl)
    this.store.entries.set(this.storedKey(key), { value: this.copyIn(value), expiresAt, tags: [] })
  }

  writeTagged(key: string, value: unknown, tags: readonly string[], ttl: number | undefined): void {
    this.write(key, value, ttl)
    this.amend(key, { tags: [...tags] })
  }

  /** Changes a part of a stored entry. */
  amend(key: string, change: Partial<ReferenceEntry>): void {
    const entry = this.store.entries.get(this.storedKey(key))
    if (entry !== undefined) this.store.entries.set(this.storedKey(key), { ...entry, ...change })
  }

  override remove(key: string): boolean {
    this.voidLease(key)
    return super.remove(key)
  }

  empty(): void {
    for (const stored of this.storedKeys()) this.store.entries.delete(stored)
  }

  removeTagged(tags: readonly string[]): void {
    for (const stored of this.storedKeys()) {
      const entry = this.store.entries.get(stored)
      if (entry !== undefined && this.hasTag(entry, tags)) this.store.entries.delete(stored)
    }
  }

  hasTag(entry: ReferenceEntry, tags: readonly string[]): boolean {
    return entry.tags.some((tag) => tags.includes(tag))
  }

  add(key: string, by: number, ttl: number | undefined): number {
    const entry = this.find(key)
    const sum = this.sumOf(entry === undefined ? 0 : entry.value, by)
    if (entry === undefined) this.write(key, sum, ttl)
    else this.amend(key, { value: sum })
    return sum
  }

  sumOf(count: unknown, by: number): number {
    if (!Number.isSafeInteger(count)) this.refuse("PRECONDITION_FAILED", "Only an integer can be incremented.")
    const sum = (count as number) + by
    if (!Number.isSafeInteger(sum)) this.refuse("PRECONDITION_FAILED", "The sum is no safe integer.")
    return sum
  }

  secondsLeft(entry: ReferenceEntry): number {
    return (entry.expiresAt - this.clock.monotonic()) / 1000
  }

  findLease(key: string): ReferenceLease | undefined {
    const lease = this.store.leases.get(this.storedKey(key))
    return lease !== undefined && this.clock.monotonic() < lease.endsAt ? lease : undefined
  }

  giveLease(key: string, ttlMs: number): string {
    const token = this.newToken(key)
    this.store.leases.set(this.storedKey(key), { token, endsAt: this.clock.monotonic() + ttlMs })
    return token
  }

  newToken(_key: string): string {
    return `lease-${++this.store.leasesGiven}`
  }

  voidLease(key: string): void {
    this.store.leases.delete(this.storedKey(key))
  }

  voidLeases(): void {
    for (const stored of [...this.store.leases.keys()]) {
      if (stored.startsWith(this.prefix())) this.store.leases.delete(stored)
    }
  }

  count(entry: ReferenceEntry | undefined): void {
    if (entry === undefined) this.misses++
    else this.hits++
  }
}

import { cacheTtlMs } from "../../../contracts/cache/arguments.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceEntry } from "../reference/store.ts"

const FOREVER = Number.POSITIVE_INFINITY

const SWEEP_MS = 100

export const ttlMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "clock-rounded-up",
    breaks: "CACHE-TTL-01",
    why: "Entries vanish up to a second early.",
    implementation: class extends ReferenceCache {
      protected override isLive(entry: ReferenceEntry | undefined): entry is ReferenceEntry {
        return super.isLive(entry) && Math.ceil(this.clock.monotonic() / 1000) * 1000 < entry.expiresAt
      }
    },
  },
  {
    id: "has-ignores-ttl",
    breaks: "CACHE-TTL-02",
    why: "has promises a value that get does not give.",
    source: "@objectstack kernel fallback 16.1, keyv-file #27: has is true for an expired key",
    implementation: class extends ReferenceCache {
      override async has(key: string): Promise<boolean> {
        return (await super.has(key)) || this.store.entries.has(this.storedKey(key))
      }
    },
  },
  {
    id: "get-gives-expired",
    breaks: "CACHE-TTL-02",
    why: "The first reader after the end gets stale data.",
    source: "node-cache #119: get gave the expired value where expired entries were not deleted at once",
    implementation: class extends ReferenceCache {
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        const value = await super.get<T>(key)
        return value ?? (this.store.entries.get(this.storedKey(key))?.value as T | undefined)
      }
    },
  },
  {
    id: "alive-at-the-end",
    breaks: "CACHE-TTL-02",
    why: "Entries live one step longer than asked for.",
    implementation: class extends ReferenceCache {
      protected override isLive(entry: ReferenceEntry | undefined): entry is ReferenceEntry {
        return entry !== undefined && this.clock.monotonic() <= entry.expiresAt
      }
    },
  },
  {
    id: "ttl-known-to-setter-only",
    breaks: "CACHE-TTL-02",
    why: "An entry that has expired in one process is served by all others.",
    implementation: class extends ReferenceCache {
      readonly #ends = new Map<string, number>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, undefined)
        this.#ends.set(key, this.expiresAt(ttl))
      }
      protected override liveKeys(): string[] {
        return super.liveKeys().filter((key) => this.find(key) !== undefined)
      }
      protected override find(key: string): ReferenceEntry | undefined {
        const ended = this.clock.monotonic() >= (this.#ends.get(key) ?? FOREVER)
        return ended ? undefined : super.find(key)
      }
    },
  },
  {
    id: "set-keeps-earlier-ttl",
    breaks: "CACHE-TTL-03",
    why: "A value that was set to stay vanishes.",
    source: "ptarjan/node-cache #5: the timer of an earlier put deleted the value of a later one without time",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        const earlier = this.find(key)?.expiresAt
        super.write(key, value, ttl)
        if (ttl === undefined && earlier !== undefined) keepExpiry(this.store.entries, this.storedKey(key), earlier)
      }
    },
  },
  {
    id: "earlier-end-wins",
    breaks: "CACHE-TTL-04",
    why: "A refreshed value vanishes when the old one would have.",
    source: "aiocache #423: in memory, the timer of the first set deleted the value of the second",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        const earlier = this.find(key)?.expiresAt ?? FOREVER
        super.write(key, value, ttl)
        const later = this.expiresAt(ttl)
        if (ttl !== undefined && earlier < later) keepExpiry(this.store.entries, this.storedKey(key), earlier)
      }
    },
  },
  {
    id: "later-end-wins",
    breaks: "CACHE-TTL-04",
    why: "A value that was set for a moment stays as long as the one before it.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        const earlier = this.find(key)?.expiresAt ?? 0
        super.write(key, value, ttl)
        if (earlier > this.expiresAt(ttl)) keepExpiry(this.store.entries, this.storedKey(key), earlier)
      }
    },
  },
  {
    id: "zero-means-forever",
    breaks: "CACHE-TTL-05",
    why: "A computed ttl of 0 keeps stale data for ever.",
    source: "@objectstack/service-cache 16.1, keyv, lru-cache and two more: an entry set with ttl 0 never expires",
    implementation: class extends ReferenceCache {
      protected override checkTtl(ttl: unknown): void {
        if (ttl !== 0) super.checkTtl(ttl)
      }
      protected override expiresAt(ttl?: number): number {
        return super.expiresAt(ttl || FOREVER)
      }
    },
  },
  {
    id: "negative-ttl-deletes",
    breaks: "CACHE-TTL-05",
    why: "A wrong computation deletes the entry instead of failing.",
    source: "@objectstack kernel fallback 16.1 and four other caches: set with ttl -1 leaves a miss",
    implementation: class extends ReferenceCache {
      protected override checkTtl(ttl: unknown): void {
        if (typeof ttl !== "number" || ttl >= 0 || Number.isNaN(ttl)) super.checkTtl(ttl)
      }
    },
  },
  {
    id: "nan-means-forever",
    breaks: "CACHE-TTL-05",
    why: "A missing number in a computation keeps stale data for ever.",
    source: "@objectstack/service-cache 16.1 and four other caches: an entry set with ttl NaN never expires",
    implementation: class extends ReferenceCache {
      protected override checkTtl(ttl: unknown): void {
        if (!Number.isNaN(ttl)) super.checkTtl(ttl)
      }
      protected override expiresAt(ttl?: number): number {
        return super.expiresAt(Number.isNaN(ttl) ? FOREVER : ttl)
      }
    },
  },
  {
    id: "infinity-expires-at-once",
    breaks: "CACHE-TTL-06",
    why: "What was to stay for ever is never found.",
    source: "bentocache 1.6: an entry set with a ttl of Infinity is gone at once",
    implementation: class extends ReferenceCache {
      protected override expiresAt(ttl?: number): number {
        return ttl === FOREVER ? this.clock.monotonic() : super.expiresAt(ttl)
      }
    },
  },
  {
    id: "infinity-changes-nothing",
    breaks: "CACHE-TTL-06",
    why: "A ttl of Infinity leaves an earlier ttl in place.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        const earlier = this.find(key)?.expiresAt
        super.write(key, value, ttl)
        if (ttl === FOREVER && earlier !== undefined) keepExpiry(this.store.entries, this.storedKey(key), earlier)
      }
    },
  },
  {
    id: "get-restarts-ttl",
    breaks: "CACHE-TTL-07",
    why: "A popular entry is never refreshed.",
    implementation: class extends ReferenceCache {
      readonly #lifetimes = new Map<string, number>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, ttl)
        this.#lifetimes.set(key, cacheTtlMs(ttl ?? FOREVER))
      }
      protected override read(key: string): unknown {
        const value = super.read(key)
        const lifetime = this.#lifetimes.get(key)
        if (value !== undefined && lifetime !== undefined) {
          keepExpiry(this.store.entries, this.storedKey(key), this.clock.monotonic() + lifetime)
        }
        return value
      }
    },
  },
  {
    id: "delete-finds-expired",
    breaks: "CACHE-TTL-08",
    why: "A delete reports an entry that no reader could see.",
    source: "@objectstack/service-cache 16.1, expiry-map #1: delete of an expired key answers true",
    implementation: class extends ReferenceCache {
      override async delete(key: string): Promise<boolean> {
        const stored = !this.closed && typeof key === "string" && this.store.entries.has(this.storedKey(key))
        return (await super.delete(key)) || stored
      }
    },
  },
  {
    id: "expired-counted",
    breaks: "CACHE-TTL-09",
    why: "The cache looks full of what nobody can read.",
    source: "@objectstack/service-cache 16.1: keyCount counts expired entries until they are touched",
    implementation: class extends ReferenceCache {
      override async stats() {
        return { ...(await super.stats()), keyCount: this.storedKeys().length }
      }
    },
  },
  {
    id: "expired-counted-until-swept",
    breaks: "CACHE-TTL-09",
    why: "Under load keyCount is always too high, by what expired since the last sweep.",
    implementation: class extends ReferenceCache {
      override async stats() {
        const unswept = (stored: string) =>
          this.clock.monotonic() - (this.store.entries.get(stored)?.expiresAt ?? 0) < SWEEP_MS
        return { ...(await super.stats()), keyCount: this.storedKeys().filter(unswept).length }
      }
    },
  },
  {
    id: "expired-entry-blocks-set",
    breaks: "CACHE-TTL-10",
    why: "A key that expired is never cached again.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        const expired = this.store.entries.has(this.storedKey(key)) && this.find(key) === undefined
        if (!expired) super.write(key, value, ttl)
      }
    },
  },
  {
    id: "timer-overflows",
    breaks: "CACHE-TTL-11",
    why: "A ttl of more than 24 days ends at once.",
    source: "bentocache #61, ptarjan/node-cache #35, @isaacs/ttlcache #41: a ttl of 25 days or more expired at once",
    implementation: class extends ReferenceCache {
      protected override expiresAt(ttl: number = FOREVER): number {
        const milliseconds = cacheTtlMs(ttl)
        const overflow = ttl !== FOREVER && milliseconds > 2_147_483_647
        return this.clock.monotonic() + (overflow ? 1 : milliseconds)
      }
    },
  },
  {
    id: "ttl-capped",
    breaks: "CACHE-TTL-11",
    why: "Entries for a year are gone after a month.",
    implementation: class extends ReferenceCache {
      protected override expiresAt(ttl: number = FOREVER): number {
        return super.expiresAt(ttl === FOREVER ? ttl : Math.min(ttl, 30 * 86_400))
      }
    },
  },
  {
    id: "ttl-in-milliseconds",
    breaks: "CACHE-TTL-12",
    why: "Entries for a minute live 60 milliseconds.",
    source: "cache-manager 5: the unit of ttl changed from seconds to milliseconds",
    implementation: class extends ReferenceCache {
      protected override expiresAt(ttl: number = FOREVER): number {
        return super.expiresAt(ttl / 1000)
      }
    },
  },
  {
    id: "ttl-a-thousandfold",
    breaks: "CACHE-TTL-12",
    why: "Entries for a minute live for most of a day.",
    source: "node-cache-manager-ioredis-yet #66: set handed milliseconds to a command that takes seconds",
    implementation: class extends ReferenceCache {
      protected override expiresAt(ttl: number = FOREVER): number {
        return super.expiresAt(ttl * 1000)
      }
    },
  },
  {
    id: "whole-seconds-only",
    breaks: "CACHE-TTL-12",
    why: "A ttl below a second is lost, and others end early.",
    implementation: class extends ReferenceCache {
      protected override expiresAt(ttl: number = FOREVER): number {
        return super.expiresAt(Math.floor(ttl))
      }
    },
  },
  {
    id: "fractions-refused",
    breaks: "CACHE-TTL-12",
    why: "A computed ttl makes the write fail.",
    source: "cachified #17, apollo-server #1306, fedify #1028: Redis refused the fraction, and nothing was cached",
    implementation: class extends ReferenceCache {
      protected override checkTtl(ttl: unknown): void {
        super.checkTtl(ttl)
        if (ttl !== undefined && ttl !== FOREVER && !Number.isInteger(ttl)) {
          this.refuse("INTERNAL", "ERR value is not an integer or out of range")
        }
      }
    },
  },
  {
    id: "milliseconds-rounded-down",
    breaks: "CACHE-TTL-12",
    why: "A ttl below a millisecond stores nothing.",
    implementation: class extends ReferenceCache {
      protected override expiresAt(ttl: number = FOREVER): number {
        return super.expiresAt(Math.floor(ttl * 1000) / 1000)
      }
    },
  },
  {
    id: "wall-clock",
    breaks: "CACHE-TTL-13",
    why: "When the machine's clock is corrected, entries vanish or live on.",
    source: "keyv, cache-manager and most memory caches: the expiry is compared with Date.now()",
    implementation: class extends ReferenceCache {
      protected override expiresAt(ttl: number = FOREVER): number {
        return super.expiresAt(ttl) + this.clock.now() - this.clock.monotonic()
      }
      protected override isLive(entry: ReferenceEntry | undefined): entry is ReferenceEntry {
        return entry !== undefined && this.clock.now() < entry.expiresAt
      }
    },
  },
  {
    id: "last-entry-inherits-expiry",
    breaks: "CACHE-TTL-16",
    why: "Deleting one key makes another vanish early, or stay.",
    implementation: class extends ReferenceCache {
      protected override remove(key: string): boolean {
        const removed = this.find(key)
        const live = super.remove(key)
        const last = this.storedKeys().at(-1)?.slice(this.prefix().length)
        if (removed !== undefined && last !== undefined) this.amend(last, { expiresAt: removed.expiresAt })
        return live
      }
    },
  },
]

function keepExpiry(entries: Map<string, ReferenceEntry>, stored: string, expiresAt: number): void {
  const entry = entries.get(stored)
  if (entry !== undefined) entries.set(stored, { ...entry, expiresAt })
}

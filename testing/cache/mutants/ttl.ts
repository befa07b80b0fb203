import { cacheTtlMs } from "../../../contracts/cache/arguments.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceEntry } from "../reference/store.ts"

const FOREVER = Number.POSITIVE_INFINITY

const SWEEP_MS = 100

export const ttlMutants = mutants({
  "CACHE-TTL-01": {
    "clock-rounded-up": seam.isLive(
      "Entries vanish up to a second early.",
      ({ next, self }, entry) =>
        next(entry) && Math.ceil(self.clock.monotonic() / 1000) * 1000 < (entry?.expiresAt ?? 0),
    ),
  },
  "CACHE-TTL-02": {
    "has-ignores-ttl": seam.has(
      "has promises a value that get does not give.",
      async ({ next, self }, key) => (await next(key)) || self.store.entries.has(self.storedKey(key)),
      "@objectstack kernel fallback 16.1, keyv-file #27: has is true for an expired key",
    ),
    "get-gives-expired": seam.get(
      "The first reader after the end gets stale data.",
      async ({ next, self }, key) => {
        const value = await next(key)
        return value ?? self.store.entries.get(self.storedKey(key))?.value
      },
      "node-cache #119: get gave the expired value where expired entries were not deleted at once",
    ),
    "alive-at-the-end": seam.isLive(
      "Entries live one step longer than asked for.",
      ({ self }, entry) => entry !== undefined && self.clock.monotonic() <= entry.expiresAt,
    ),
    "ttl-known-to-setter-only": subclass(
      "An entry that has expired in one process is served by all others.",
      class extends ReferenceCache {
        readonly #ends = new Map<string, number>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
          super.write(key, value, undefined)
          this.#ends.set(key, this.expiresAt(ttl))
        }
        override liveKeys(): string[] {
          return super.liveKeys().filter((key) => this.find(key) !== undefined)
        }
        override find(key: string): ReferenceEntry | undefined {
          const ended = this.clock.monotonic() >= (this.#ends.get(key) ?? FOREVER)
          return ended ? undefined : super.find(key)
        }
      },
    ),
  },
  "CACHE-TTL-03": {
    "set-keeps-earlier-ttl": seam.write(
      "A value that was set to stay vanishes.",
      ({ next, self }, key, value, ttl) => {
        const earlier = self.find(key)?.expiresAt
        next(key, value, ttl)
        if (ttl === undefined && earlier !== undefined) keepExpiry(self.store.entries, self.storedKey(key), earlier)
      },
      "ptarjan/node-cache #5: the timer of an earlier put deleted the value of a later one without time",
    ),
  },
  "CACHE-TTL-04": {
    "earlier-end-wins": seam.write(
      "A refreshed value vanishes when the old one would have.",
      ({ next, self }, key, value, ttl) => {
        const earlier = self.find(key)?.expiresAt ?? FOREVER
        next(key, value, ttl)
        const later = self.expiresAt(ttl)
        if (ttl !== undefined && earlier < later) keepExpiry(self.store.entries, self.storedKey(key), earlier)
      },
      "aiocache #423: in memory, the timer of the first set deleted the value of the second",
    ),
    "later-end-wins": seam.write(
      "A value that was set for a moment stays as long as the one before it.",
      ({ next, self }, key, value, ttl) => {
        const earlier = self.find(key)?.expiresAt ?? 0
        next(key, value, ttl)
        if (earlier > self.expiresAt(ttl)) keepExpiry(self.store.entries, self.storedKey(key), earlier)
      },
    ),
  },
  "CACHE-TTL-05": {
    "zero-means-forever": subclass(
      "A computed ttl of 0 keeps stale data for ever.",
      class extends ReferenceCache {
        override checkTtl(ttl: unknown): void {
          if (ttl !== 0) super.checkTtl(ttl)
        }
        override expiresAt(ttl?: number): number {
          return super.expiresAt(ttl || FOREVER)
        }
      },
      "@objectstack/service-cache 16.1, keyv, lru-cache and two more: an entry set with ttl 0 never expires",
    ),
    "negative-ttl-deletes": seam.checkTtl(
      "A wrong computation deletes the entry instead of failing.",
      ({ next }, ttl) => {
        if (typeof ttl !== "number" || ttl >= 0 || Number.isNaN(ttl)) next(ttl)
      },
      "@objectstack kernel fallback 16.1 and four other caches: set with ttl -1 leaves a miss",
    ),
    "nan-means-forever": subclass(
      "A missing number in a computation keeps stale data for ever.",
      class extends ReferenceCache {
        override checkTtl(ttl: unknown): void {
          if (!Number.isNaN(ttl)) super.checkTtl(ttl)
        }
        override expiresAt(ttl?: number): number {
          return super.expiresAt(Number.isNaN(ttl) ? FOREVER : ttl)
        }
      },
      "@objectstack/service-cache 16.1 and four other caches: an entry set with ttl NaN never expires",
    ),
  },
  "CACHE-TTL-06": {
    "infinity-expires-at-once": seam.expiresAt(
      "What was to stay for ever is never found.",
      ({ next, self }, ttl) => (ttl === FOREVER ? self.clock.monotonic() : next(ttl)),
      "bentocache 1.6: an entry set with a ttl of Infinity is gone at once",
    ),
    "infinity-changes-nothing": seam.write(
      "A ttl of Infinity leaves an earlier ttl in place.",
      ({ next, self }, key, value, ttl) => {
        const earlier = self.find(key)?.expiresAt
        next(key, value, ttl)
        if (ttl === FOREVER && earlier !== undefined) keepExpiry(self.store.entries, self.storedKey(key), earlier)
      },
    ),
  },
  "CACHE-TTL-07": {
    "get-restarts-ttl": subclass(
      "A popular entry is never refreshed.",
      class extends ReferenceCache {
        readonly #lifetimes = new Map<string, number>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
          super.write(key, value, ttl)
          this.#lifetimes.set(key, cacheTtlMs(ttl ?? FOREVER))
        }
        override read(key: string): unknown {
          const value = super.read(key)
          const lifetime = this.#lifetimes.get(key)
          if (value !== undefined && lifetime !== undefined) {
            keepExpiry(this.store.entries, this.storedKey(key), this.clock.monotonic() + lifetime)
          }
          return value
        }
      },
    ),
  },
  "CACHE-TTL-08": {
    "delete-finds-expired": seam.delete(
      "A delete reports an entry that no reader could see.",
      async ({ next, self }, key) => {
        const stored = !self.closed && typeof key === "string" && self.store.entries.has(self.storedKey(key))
        return (await next(key)) || stored
      },
      "@objectstack/service-cache 16.1, expiry-map #1: delete of an expired key answers true",
    ),
  },
  "CACHE-TTL-09": {
    "expired-counted": seam.stats(
      "The cache looks full of what nobody can read.",
      async ({ next, self }) => ({ ...(await next()), keyCount: self.storedKeys().length }),
      "@objectstack/service-cache 16.1: keyCount counts expired entries until they are touched",
    ),
    "expired-counted-until-swept": seam.stats(
      "Under load keyCount is always too high, by what expired since the last sweep.",
      async ({ next, self }) => {
        const unswept = (stored: string) =>
          self.clock.monotonic() - (self.store.entries.get(stored)?.expiresAt ?? 0) < SWEEP_MS
        return { ...(await next()), keyCount: self.storedKeys().filter(unswept).length }
      },
    ),
  },
  "CACHE-TTL-10": {
    "expired-entry-blocks-set": seam.write(
      "A key that expired is never cached again.",
      ({ next, self }, key, value, ttl) => {
        const expired = self.store.entries.has(self.storedKey(key)) && self.find(key) === undefined
        if (!expired) next(key, value, ttl)
      },
    ),
  },
  "CACHE-TTL-11": {
    "timer-overflows": seam.expiresAt(
      "A ttl of more than 24 days ends at once.",
      ({ self }, ttl = FOREVER) => {
        const milliseconds = cacheTtlMs(ttl)
        const overflow = ttl !== FOREVER && milliseconds > 2_147_483_647
        return self.clock.monotonic() + (overflow ? 1 : milliseconds)
      },
      "bentocache #61, ptarjan/node-cache #35, @isaacs/ttlcache #41: a ttl of 25 days or more expired at once",
    ),
    "ttl-capped": seam.expiresAt("Entries for a year are gone after a month.", ({ next }, ttl = FOREVER) =>
      next(ttl === FOREVER ? ttl : Math.min(ttl, 30 * 86_400)),
    ),
  },
  "CACHE-TTL-12": {
    "ttl-in-milliseconds": seam.expiresAt(
      "Entries for a minute live 60 milliseconds.",
      ({ next }, ttl = FOREVER) => next(ttl / 1000),
      "cache-manager 5: the unit of ttl changed from seconds to milliseconds",
    ),
    "ttl-a-thousandfold": seam.expiresAt(
      "Entries for a minute live for most of a day.",
      ({ next }, ttl = FOREVER) => next(ttl * 1000),
      "node-cache-manager-ioredis-yet #66: set handed milliseconds to a command that takes seconds",
    ),
    "whole-seconds-only": seam.expiresAt(
      "A ttl below a second is lost, and others end early.",
      ({ next }, ttl = FOREVER) => next(Math.floor(ttl)),
    ),
    "fractions-refused": seam.checkTtl(
      "A computed ttl makes the write fail.",
      ({ next, self }, ttl) => {
        next(ttl)
        if (ttl !== undefined && ttl !== FOREVER && !Number.isInteger(ttl)) {
          self.refuse("INTERNAL", "ERR value is not an integer or out of range")
        }
      },
      "cachified #17, apollo-server #1306, fedify #1028: Redis refused the fraction, and nothing was cached",
    ),
    "milliseconds-rounded-down": seam.expiresAt(
      "A ttl below a millisecond stores nothing.",
      ({ next }, ttl = FOREVER) => next(Math.floor(ttl * 1000) / 1000),
    ),
  },
  "CACHE-TTL-13": {
    "wall-clock": subclass(
      "When the machine's clock is corrected, entries vanish or live on.",
      class extends ReferenceCache {
        override expiresAt(ttl: number = FOREVER): number {
          return super.expiresAt(ttl) + this.clock.now() - this.clock.monotonic()
        }
        override isLive(entry: ReferenceEntry | undefined): entry is ReferenceEntry {
          return entry !== undefined && this.clock.now() < entry.expiresAt
        }
      },
      "keyv, cache-manager and most memory caches: the expiry is compared with Date.now()",
    ),
  },
  "CACHE-TTL-16": {
    "last-entry-inherits-expiry": seam.remove(
      "Deleting one key makes another vanish early, or stay.",
      ({ next, self }, key) => {
        const removed = self.find(key)
        const live = next(key)
        const last = self.storedKeys().at(-1)?.slice(self.prefix().length)
        if (removed !== undefined && last !== undefined) self.amend(last, { expiresAt: removed.expiresAt })
        return live
      },
    ),
  },
})

function keepExpiry(entries: Map<string, ReferenceEntry>, stored: string, expiresAt: number): void {
  const entry = entries.get(stored)
  if (entry !== undefined) entries.set(stored, { ...entry, expiresAt })
}

import { cacheIncrementIssue } from "../../../contracts/cache/arguments.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

/** Reads, adds and writes in two turns. */
class ReadsThenWrites extends ReferenceCache {
  override async increment(key: string, by = 1, ttl?: number): Promise<number> {
    this.checkOpen()
    this.refuseIf(cacheIncrementIssue(by))
    const count = await super.increment(key, 0, ttl)
    const sum = this.sumOf(count, by)
    this.amend(key, { value: sum })
    return sum
  }
}

export const incrementMutants = mutants({
  "CACHE-ATOMIC-16": {
    "increment-gives-old-number": seam.add(
      "A limit lets one call more pass.",
      ({ next }, key, by, ttl) => next(key, by, ttl) - by,
    ),
    "increment-begins-with-initial": seam.add(
      "The first call of each window is not counted.",
      ({ next, self }, key, by, ttl) => next(key, self.find(key) === undefined ? 0 : by, ttl),
      "php-memcached #356: the first increment of an absent key stores and gives the initial 0",
    ),
  },
  "CACHE-ATOMIC-17": {
    "step-of-zero-is-one": seam.increment("Looking at a count changes it.", async ({ next }, key, by, ttl) =>
      next(key, by === 0 ? undefined : by, ttl),
    ),
    "step-without-sign": seam.add(
      "Giving a slot back takes another one.",
      ({ next }, key, by, ttl) => next(key, Math.abs(by), ttl),
      "webisters/cache #37: increment takes the absolute value of its offset",
    ),
    "count-stops-at-zero": seam.sumOf(
      "A balance that went below 0 is lost.",
      ({ next }, count, by) => {
        const sum = next(count, by)
        return by < 0 ? Math.max(0, sum) : sum
      },
      "rails #45077: memcached counts in unsigned numbers, and a decrement ends at 0",
    ),
  },
  "CACHE-ATOMIC-18": {
    "increment-reads-then-writes": subclass(
      "Calls at one time count as one.",
      class extends ReadsThenWrites {},
      "rails #49542, hiero-json-rpc-relay #5629, ServiceStack #340: counts were lost between a read and a write",
    ),
    "increments-queued-per-process": subclass(
      "Counts of several processes are lost, and those of one are right.",
      class extends ReadsThenWrites {
        #last: Promise<unknown> = Promise.resolve()
        override increment(key: string, by?: number, ttl?: number): Promise<number> {
          const turn = this.#last.then(() => super.increment(key, by, ttl))
          this.#last = turn.catch(() => {})
          return turn
        }
      },
    ),
  },
  "CACHE-ATOMIC-19": {
    "increment-drops-ttl": seam.add(
      "A window that was counted in never ends.",
      ({ next, self }, key, by, ttl) => {
        const there = self.find(key) !== undefined
        const sum = next(key, by, ttl)
        if (there) self.amend(key, { expiresAt: Number.POSITIVE_INFINITY })
        return sum
      },
      "rails #46301, scrapbook #51: increment of a stored key removed its ttl",
    ),
    "increment-renews-ttl": seam.add(
      "A window that each call prolongs never ends.",
      ({ next, self }, key, by, ttl) => {
        const sum = next(key, by, ttl)
        if (ttl !== undefined) self.amend(key, { expiresAt: self.expiresAt(ttl) })
        return sum
      },
      "Laravel-Throttle #35: each hit stored the count with a full ttl, and slow callers were locked out",
    ),
    "count-of-zero-is-absent": seam.add(
      "A window that begins with 0 never ends.",
      ({ next, self }, key, by, ttl) => {
        const fromZero = self.find(key)?.value === 0
        const sum = next(key, by, ttl)
        if (fromZero) self.write(key, sum, ttl)
        return sum
      },
      "laravel #32875: increment looked at the value, and a count of 0 lost its ttl",
    ),
  },
  "CACHE-ATOMIC-20": {
    "made-key-has-no-ttl": seam.add(
      "Counters fill the store, and limit for ever.",
      ({ next }, key, by) => next(key, by, undefined),
      "rack-attack #349, rails #33254: increment of the Redis store ignored expires_in",
    ),
    "ttl-for-a-count-of-one-only": seam.add(
      "A counter that begins with a larger step never ends.",
      ({ next }, key, by, ttl) => next(key, by, by === 1 ? ttl : undefined),
      "laravel #59693: the decay time was set where the count was 1, and steps of more than 1 never ended",
    ),
  },
  "CACHE-ATOMIC-21": {
    "increment-goes-on-from-expired": seam.add(
      "The calls of the last window count in this one.",
      ({ next, self }, key, by, ttl) => {
        const expired = self.find(key) === undefined ? self.store.entries.get(self.storedKey(key)) : undefined
        const before = typeof expired?.value === "number" ? expired.value : 0
        return next(key, before + by, ttl)
      },
      "nebulex #162: incr of an expired key added to its old value",
    ),
  },
  "CACHE-ATOMIC-22": {
    "unsigned-column": seam.copyIn("A balance below 0 becomes 0 when it is seeded.", ({ next }, value) =>
      next(Number.isSafeInteger(value) ? Math.max(0, value as number) : value),
    ),
    "batch-seeds-without-sign": seam.setMany(
      "Balances that were seeded together have lost their sign.",
      async ({ next, self }, entries, ttl) => {
        const list = self.listOf(entries)
        return next(
          list.map(([key, value]) => [key, Number.isSafeInteger(value) ? Math.abs(value as number) : value]),
          ttl,
        )
      },
    ),
    "count-reads-as-text": subclass(
      "A count that is added to becomes 11 instead of 2.",
      class extends ReferenceCache {
        readonly #counted = new Set<string>()
        override add(key: string, by: number, ttl: number | undefined): number {
          const sum = super.add(key, by, ttl)
          this.#counted.add(key)
          return sum
        }
        override read(key: string): unknown {
          const value = super.read(key)
          return this.#counted.has(key) && typeof value === "number" ? String(value) : value
        }
      },
      "laravel #51124: numbers that Redis can count come back as text",
    ),
    "seed-is-not-counted": subclass(
      "A count that was seeded from the database begins with 1.",
      class extends ReferenceCache {
        readonly #serialized = new Set<string>()
        override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
          await super.set(key, value, ttl)
          this.#serialized.add(key)
        }
        override add(key: string, by: number, ttl: number | undefined): number {
          const seeded = this.#serialized.delete(key) && Number.isSafeInteger(this.find(key)?.value)
          if (seeded) this.amend(key, { value: 0 })
          return super.add(key, by, ttl)
        }
      },
      "phpredis #670: incr of a 3 that set had stored in a serialized form gave 1",
    ),
    "digits-only": seam.sumOf("A balance below 0 cannot be counted on.", ({ next, self }, count, by) => {
      if (!/^\d+$/.test(String(count))) self.refuse("PRECONDITION_FAILED", "Only an integer can be incremented.")
      return next(count, by)
    }),
  },
  "CACHE-ATOMIC-23": {
    "text-is-counted": seam.sumOf("A postal code that was cached becomes another one.", ({ next }, count, by) =>
      next(typeof count === "string" && /^\d+$/.test(count) ? Number(count) : count, by),
    ),
    "any-value-counts-as-zero": seam.sumOf(
      "A document is overwritten by a 1.",
      ({ next }, count, by) => next(typeof count === "number" ? count : 0, by),
      "webisters/cache #37: increment casts whatever is stored to an integer",
    ),
  },
  "CACHE-ATOMIC-24": {
    "sum-not-checked": seam.sumOf(
      "Beyond the safe integers, adding 1 changes nothing.",
      ({ next }, count, by) => next(count, 0) + by,
    ),
    "sum-checked-after-write": seam.add(
      "A call that was refused has changed the count.",
      ({ next, self }, key, by, ttl) => {
        const entry = self.find(key)
        if (entry === undefined || !Number.isSafeInteger(entry.value)) return next(key, by, ttl)
        self.amend(key, { value: Number(entry.value) + by })
        return self.sumOf(entry.value, by)
      },
    ),
  },
  "CACHE-ATOMIC-25": {
    "step-truncated": seam.increment("Half units are lost.", async ({ next }, key, by, ttl) =>
      next(key, typeof by === "number" ? Math.trunc(by) : by, ttl),
    ),
  },
})

import { cacheIncrementIssue } from "../../../contracts/cache/arguments.ts"
import type { Mutant } from "../../engine/mutant.ts"
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

export const incrementMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "increment-gives-old-number",
    breaks: "CACHE-ATOMIC-16",
    why: "A limit lets one call more pass.",
    implementation: class extends ReferenceCache {
      protected override add(key: string, by: number, ttl: number | undefined): number {
        return super.add(key, by, ttl) - by
      }
    },
  },
  {
    id: "increment-begins-with-initial",
    breaks: "CACHE-ATOMIC-16",
    why: "The first call of each window is not counted.",
    source: "php-memcached #356: the first increment of an absent key stores and gives the initial 0",
    implementation: class extends ReferenceCache {
      protected override add(key: string, by: number, ttl: number | undefined): number {
        return super.add(key, this.find(key) === undefined ? 0 : by, ttl)
      }
    },
  },
  {
    id: "step-of-zero-is-one",
    breaks: "CACHE-ATOMIC-17",
    why: "Looking at a count changes it.",
    implementation: class extends ReferenceCache {
      override async increment(key: string, by?: number, ttl?: number): Promise<number> {
        return super.increment(key, by === 0 ? undefined : by, ttl)
      }
    },
  },
  {
    id: "step-without-sign",
    breaks: "CACHE-ATOMIC-17",
    why: "Giving a slot back takes another one.",
    source: "webisters/cache #37: increment takes the absolute value of its offset",
    implementation: class extends ReferenceCache {
      protected override add(key: string, by: number, ttl: number | undefined): number {
        return super.add(key, Math.abs(by), ttl)
      }
    },
  },
  {
    id: "count-stops-at-zero",
    breaks: "CACHE-ATOMIC-17",
    why: "A balance that went below 0 is lost.",
    source: "rails #45077: memcached counts in unsigned numbers, and a decrement ends at 0",
    implementation: class extends ReferenceCache {
      protected override sumOf(count: unknown, by: number): number {
        const sum = super.sumOf(count, by)
        return by < 0 ? Math.max(0, sum) : sum
      }
    },
  },
  {
    id: "increment-reads-then-writes",
    breaks: "CACHE-ATOMIC-18",
    why: "Calls at one time count as one.",
    source: "rails #49542, hiero-json-rpc-relay #5629, ServiceStack #340: counts were lost between a read and a write",
    implementation: class extends ReadsThenWrites {},
  },
  {
    id: "increments-queued-per-process",
    breaks: "CACHE-ATOMIC-18",
    why: "Counts of several processes are lost, and those of one are right.",
    implementation: class extends ReadsThenWrites {
      #last: Promise<unknown> = Promise.resolve()
      override increment(key: string, by?: number, ttl?: number): Promise<number> {
        const turn = this.#last.then(() => super.increment(key, by, ttl))
        this.#last = turn.catch(() => {})
        return turn
      }
    },
  },
  {
    id: "increment-drops-ttl",
    breaks: "CACHE-ATOMIC-19",
    why: "A window that was counted in never ends.",
    source: "rails #46301, scrapbook #51: increment of a stored key removed its ttl",
    implementation: class extends ReferenceCache {
      protected override add(key: string, by: number, ttl: number | undefined): number {
        const there = this.find(key) !== undefined
        const sum = super.add(key, by, ttl)
        if (there) this.amend(key, { expiresAt: Number.POSITIVE_INFINITY })
        return sum
      }
    },
  },
  {
    id: "increment-renews-ttl",
    breaks: "CACHE-ATOMIC-19",
    why: "A window that each call prolongs never ends.",
    source: "Laravel-Throttle #35: each hit stored the count with a full ttl, and slow callers were locked out",
    implementation: class extends ReferenceCache {
      protected override add(key: string, by: number, ttl: number | undefined): number {
        const sum = super.add(key, by, ttl)
        if (ttl !== undefined) this.amend(key, { expiresAt: this.expiresAt(ttl) })
        return sum
      }
    },
  },
  {
    id: "count-of-zero-is-absent",
    breaks: "CACHE-ATOMIC-19",
    why: "A window that begins with 0 never ends.",
    source: "laravel #32875: increment looked at the value, and a count of 0 lost its ttl",
    implementation: class extends ReferenceCache {
      protected override add(key: string, by: number, ttl: number | undefined): number {
        const fromZero = this.find(key)?.value === 0
        const sum = super.add(key, by, ttl)
        if (fromZero) this.write(key, sum, ttl)
        return sum
      }
    },
  },
  {
    id: "made-key-has-no-ttl",
    breaks: "CACHE-ATOMIC-20",
    why: "Counters fill the store, and limit for ever.",
    source: "rack-attack #349, rails #33254: increment of the Redis store ignored expires_in",
    implementation: class extends ReferenceCache {
      protected override add(key: string, by: number): number {
        return super.add(key, by, undefined)
      }
    },
  },
  {
    id: "ttl-for-a-count-of-one-only",
    breaks: "CACHE-ATOMIC-20",
    why: "A counter that begins with a larger step never ends.",
    source: "laravel #59693: the decay time was set where the count was 1, and steps of more than 1 never ended",
    implementation: class extends ReferenceCache {
      protected override add(key: string, by: number, ttl: number | undefined): number {
        return super.add(key, by, by === 1 ? ttl : undefined)
      }
    },
  },
  {
    id: "increment-goes-on-from-expired",
    breaks: "CACHE-ATOMIC-21",
    why: "The calls of the last window count in this one.",
    source: "nebulex #162: incr of an expired key added to its old value",
    implementation: class extends ReferenceCache {
      protected override add(key: string, by: number, ttl: number | undefined): number {
        const expired = this.find(key) === undefined ? this.store.entries.get(this.storedKey(key)) : undefined
        const before = typeof expired?.value === "number" ? expired.value : 0
        return super.add(key, before + by, ttl)
      }
    },
  },
  {
    id: "count-reads-as-text",
    breaks: "CACHE-ATOMIC-22",
    why: "A count that is added to becomes 11 instead of 2.",
    source: "laravel #51124: numbers that Redis can count come back as text",
    implementation: class extends ReferenceCache {
      readonly #counted = new Set<string>()
      protected override add(key: string, by: number, ttl: number | undefined): number {
        const sum = super.add(key, by, ttl)
        this.#counted.add(key)
        return sum
      }
      protected override read(key: string): unknown {
        const value = super.read(key)
        return this.#counted.has(key) && typeof value === "number" ? String(value) : value
      }
    },
  },
  {
    id: "seed-is-not-counted",
    breaks: "CACHE-ATOMIC-22",
    why: "A count that was seeded from the database begins with 1.",
    source: "phpredis #670: incr of a 3 that set had stored in a serialized form gave 1",
    implementation: class extends ReferenceCache {
      readonly #serialized = new Set<string>()
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        await super.set(key, value, ttl)
        this.#serialized.add(key)
      }
      protected override add(key: string, by: number, ttl: number | undefined): number {
        const seeded = this.#serialized.delete(key) && Number.isSafeInteger(this.find(key)?.value)
        if (seeded) this.amend(key, { value: 0 })
        return super.add(key, by, ttl)
      }
    },
  },
  {
    id: "digits-only",
    breaks: "CACHE-ATOMIC-22",
    why: "A balance below 0 cannot be counted on.",
    implementation: class extends ReferenceCache {
      protected override sumOf(count: unknown, by: number): number {
        if (!/^\d+$/.test(String(count))) this.refuse("PRECONDITION_FAILED", "Only an integer can be incremented.")
        return super.sumOf(count, by)
      }
    },
  },
  {
    id: "text-is-counted",
    breaks: "CACHE-ATOMIC-23",
    why: "A postal code that was cached becomes another one.",
    implementation: class extends ReferenceCache {
      protected override sumOf(count: unknown, by: number): number {
        return super.sumOf(typeof count === "string" && /^\d+$/.test(count) ? Number(count) : count, by)
      }
    },
  },
  {
    id: "any-value-counts-as-zero",
    breaks: "CACHE-ATOMIC-23",
    why: "A document is overwritten by a 1.",
    source: "webisters/cache #37: increment casts whatever is stored to an integer",
    implementation: class extends ReferenceCache {
      protected override sumOf(count: unknown, by: number): number {
        return super.sumOf(typeof count === "number" ? count : 0, by)
      }
    },
  },
  {
    id: "sum-not-checked",
    breaks: "CACHE-ATOMIC-24",
    why: "Beyond the safe integers, adding 1 changes nothing.",
    implementation: class extends ReferenceCache {
      protected override sumOf(count: unknown, by: number): number {
        return super.sumOf(count, 0) + by
      }
    },
  },
  {
    id: "sum-checked-after-write",
    breaks: "CACHE-ATOMIC-24",
    why: "A call that was refused has changed the count.",
    implementation: class extends ReferenceCache {
      protected override add(key: string, by: number, ttl: number | undefined): number {
        const entry = this.find(key)
        if (entry === undefined || !Number.isSafeInteger(entry.value)) return super.add(key, by, ttl)
        this.amend(key, { value: Number(entry.value) + by })
        return this.sumOf(entry.value, by)
      }
    },
  },
  {
    id: "step-truncated",
    breaks: "CACHE-ATOMIC-25",
    why: "Half units are lost.",
    implementation: class extends ReferenceCache {
      override async increment(key: string, by?: number, ttl?: number): Promise<number> {
        return super.increment(key, typeof by === "number" ? Math.trunc(by) : by, ttl)
      }
    },
  },
]

import { CACHE_MAX_TTL_SECONDS } from "../../../contracts/cache/arguments.ts"
import type { Timer } from "../../../contracts/foundation/clock.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

/** Ttls that go wrong in a second set, at their limits, or after their entry has gone. */
export const ttlRenewalMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "null-never-expires",
    breaks: "CACHE-TTL-02",
    why: "A negative answer that was cached for a minute stays for ever.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, value === null ? undefined : ttl)
      }
    },
  },
  {
    id: "same-value-not-made-eternal",
    breaks: "CACHE-TTL-03",
    why: "A value that was set again, to stay, vanishes with its earlier ttl.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        if (ttl !== undefined || this.find(key)?.value !== value) super.write(key, value, ttl)
      }
    },
  },
  {
    id: "same-value-not-renewed",
    breaks: "CACHE-TTL-04",
    why: "A refresh that finds the same value does not keep it alive.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        if (ttl === undefined || this.find(key)?.value !== value) super.write(key, value, ttl)
      }
    },
  },
  {
    id: "day-beyond-the-limit",
    breaks: "CACHE-TTL-05",
    why: "A ttl that one adapter takes is refused by the next.",
    implementation: class extends ReferenceCache {
      protected override checkTtl(ttl: unknown): void {
        const close = typeof ttl === "number" && Math.abs(ttl - CACHE_MAX_TTL_SECONDS) < 86_400
        if (!close) super.checkTtl(ttl)
      }
    },
  },
  {
    id: "date-for-a-ttl",
    breaks: "CACHE-TTL-05",
    why: "A moment is taken for a number of seconds.",
    implementation: class extends ReferenceCache {
      protected override checkTtl(ttl: unknown): void {
        if (!(ttl instanceof Date)) super.checkTtl(ttl)
      }
    },
  },
  {
    id: "infinity-is-ten-years",
    breaks: "CACHE-TTL-06",
    why: "For ever ends.",
    implementation: class extends ReferenceCache {
      protected override expiresAt(ttl?: number): number {
        return super.expiresAt(ttl === Number.POSITIVE_INFINITY ? CACHE_MAX_TTL_SECONDS : ttl)
      }
    },
  },
  {
    id: "batch-restarts-ttl",
    breaks: "CACHE-TTL-07",
    why: "An entry that every batch asks for is never refreshed.",
    implementation: class extends ReferenceCache {
      readonly #ttls = new Map<string, number | undefined>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        this.#ttls.set(key, ttl)
        super.write(key, value, ttl)
      }
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        const found = await super.getMany<T>(keys)
        for (const [key, value] of found) this.write(key, value, this.#ttls.get(key))
        return found
      }
    },
  },
  {
    id: "ten-years-to-the-day",
    breaks: "CACHE-TTL-11",
    why: "The longest ttl that is allowed is refused in one adapter.",
    implementation: class extends ReferenceCache {
      protected override checkTtl(ttl: unknown): void {
        super.checkTtl(ttl)
        this.refuseIf(ttl === CACHE_MAX_TTL_SECONDS ? "A ttl is less than 10 years." : undefined)
      }
    },
  },
  {
    id: "timer-outlives-its-entry",
    breaks: "CACHE-TTL-14",
    why: "The timer of a deleted entry ends the one that was set after it.",
    implementation: class extends ReferenceCache {
      readonly #timers = new Map<string, Timer>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        if (this.find(key) !== undefined) this.#timers.get(key)?.cancel()
        super.write(key, value, ttl)
        if (ttl === undefined || ttl === Number.POSITIVE_INFINITY) return
        this.#timers.set(
          key,
          this.clock.setTimeout(() => this.store.entries.delete(this.storedKey(key)), ttl * 1000),
        )
      }
    },
  },
  {
    id: "refused-set-takes-ttl-away",
    breaks: "CACHE-TTL-15",
    why: "A caller's mistake makes an entry eternal.",
    implementation: class extends ReferenceCache {
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        const entry = typeof key === "string" ? this.find(key) : undefined
        return super.set(key, value, ttl).catch((error: unknown) => {
          const eternal = { expiresAt: Number.POSITIVE_INFINITY }
          if (entry !== undefined) this.store.entries.set(this.storedKey(key), { ...entry, ...eternal })
          throw error
        })
      }
    },
  },
]

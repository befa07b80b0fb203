import { CACHE_MAX_TTL_SECONDS } from "../../../contracts/cache/arguments.ts"
import type { Timer } from "../../../contracts/foundation/clock.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

/** Ttls that go wrong in a second set, at their limits, or after their entry has gone. */
export const ttlRenewalMutants = mutants({
  "CACHE-TTL-02": {
    "null-never-expires": seam.write(
      "A negative answer that was cached for a minute stays for ever.",
      ({ next }, key, value, ttl) => {
        next(key, value, value === null ? undefined : ttl)
      },
    ),
  },
  "CACHE-TTL-03": {
    "same-value-not-made-eternal": seam.write(
      "A value that was set again, to stay, vanishes with its earlier ttl.",
      ({ next, self }, key, value, ttl) => {
        if (ttl !== undefined || self.find(key)?.value !== value) next(key, value, ttl)
      },
    ),
  },
  "CACHE-TTL-04": {
    "same-value-not-renewed": seam.write(
      "A refresh that finds the same value does not keep it alive.",
      ({ next, self }, key, value, ttl) => {
        if (ttl === undefined || self.find(key)?.value !== value) next(key, value, ttl)
      },
    ),
  },
  "CACHE-TTL-05": {
    "day-beyond-the-limit": seam.checkTtl("A ttl that one adapter takes is refused by the next.", ({ next }, ttl) => {
      const close = typeof ttl === "number" && Math.abs(ttl - CACHE_MAX_TTL_SECONDS) < 86_400
      if (!close) next(ttl)
    }),
    "date-for-a-ttl": seam.checkTtl("A moment is taken for a number of seconds.", ({ next }, ttl) => {
      if (!(ttl instanceof Date)) next(ttl)
    }),
  },
  "CACHE-TTL-06": {
    "infinity-is-ten-years": seam.expiresAt("For ever ends.", ({ next }, ttl) =>
      next(ttl === Number.POSITIVE_INFINITY ? CACHE_MAX_TTL_SECONDS : ttl),
    ),
  },
  "CACHE-TTL-07": {
    "batch-restarts-ttl": subclass(
      "An entry that every batch asks for is never refreshed.",
      class extends ReferenceCache {
        readonly #ttls = new Map<string, number | undefined>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
          this.#ttls.set(key, ttl)
          super.write(key, value, ttl)
        }
        override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
          const found = await super.getMany<T>(keys)
          for (const [key, value] of found) this.write(key, value, this.#ttls.get(key))
          return found
        }
      },
    ),
  },
  "CACHE-TTL-11": {
    "ten-years-to-the-day": seam.checkTtl(
      "The longest ttl that is allowed is refused in one adapter.",
      ({ next, self }, ttl) => {
        next(ttl)
        self.refuseIf(ttl === CACHE_MAX_TTL_SECONDS ? "A ttl is less than 10 years." : undefined)
      },
    ),
  },
  "CACHE-TTL-14": {
    "timer-outlives-its-entry": subclass(
      "The timer of a deleted entry ends the one that was set after it.",
      class extends ReferenceCache {
        readonly #timers = new Map<string, Timer>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
          if (this.find(key) !== undefined) this.#timers.get(key)?.cancel()
          super.write(key, value, ttl)
          if (ttl === undefined || ttl === Number.POSITIVE_INFINITY) return
          this.#timers.set(
            key,
            this.clock.setTimeout(() => this.store.entries.delete(this.storedKey(key)), ttl * 1000),
          )
        }
      },
    ),
  },
  "CACHE-TTL-15": {
    "refused-set-takes-ttl-away": seam.set(
      "A caller's mistake makes an entry eternal.",
      async ({ next, self }, key, value, ttl) => {
        const entry = typeof key === "string" ? self.find(key) : undefined
        return next(key, value, ttl).catch((error: unknown) => {
          const eternal = { expiresAt: Number.POSITIVE_INFINITY }
          if (entry !== undefined) self.store.entries.set(self.storedKey(key), { ...entry, ...eternal })
          throw error
        })
      },
    ),
  },
})

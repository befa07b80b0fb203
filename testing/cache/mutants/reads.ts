import type { CacheStats } from "../../../contracts/cache/cache.ts"
import { mutants, seam } from "../mutant.ts"

export const readMutants = mutants({
  "CACHE-RW-01": {
    "get-takes": seam.get("Only the first reader of a key gets its value.", async ({ next, self }, key) => {
      const value = await next(key)
      self.remove(key)
      return value
    }),
  },
  "CACHE-RW-02": {
    "overwrite-ignored": seam.write("An update is lost without an error.", ({ next, self }, key, value, ttl) => {
      if (self.find(key) === undefined) next(key, value, ttl)
    }),
    "overwrite-merges": seam.write(
      "Members that were removed from an object come back.",
      ({ next, self }, key, value, ttl) => {
        next(key, mergeOver(self.find(key)?.value, value), ttl)
      },
    ),
  },
  "CACHE-RW-03": {
    "miss-is-null": seam.get(
      "A miss looks like a stored null.",
      async ({ next }, key) => (await next(key)) ?? null,
      "unstorage #205: getItem of an absent key resolves null although its documentation says undefined",
    ),
  },
  "CACHE-RW-04": {
    "has-matches-beginnings": seam.has(
      "A key looks present because a longer one is.",
      async ({ next, self }, key) => (await next(key)) || self.liveKeys().some((other) => other.startsWith(key)),
    ),
  },
  "CACHE-RW-07": {
    "memory-not-known": seam.stats("A dashboard shows NaN, or refuses the whole report.", async ({ next }) => ({
      ...(await next()),
      memoryUsage: Number.NaN,
    })),
    "set-says-ok": seam.set(
      "Code that hands the answer on shows users the word of a protocol.",
      async ({ next }, key, value, ttl) => {
        await next(key, value, ttl)
        return "OK" as unknown as undefined
      },
    ),
    "stats-at-once": seam.stats(
      "A caller that chains with then fails where it works with every other cache.",
      ({ next, self }) => {
        if (self.closed || self.store.fault !== "none") return next()
        const stats: unknown = { hits: self.hits, misses: self.misses, keyCount: self.liveKeys().length }
        return stats as Promise<CacheStats>
      },
    ),
  },
})

function mergeOver(old: unknown, value: unknown): unknown {
  const plain = (candidate: unknown) => Object.prototype.toString.call(candidate) === "[object Object]"
  return plain(old) && plain(value) ? { ...(old as object), ...(value as object) } : value
}

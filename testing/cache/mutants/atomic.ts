import { cacheTouchIssue } from "../../../contracts/cache/arguments.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

const FOREVER = Number.POSITIVE_INFINITY

/** Remembers what was removed. */
class RemembersRemovals extends ReferenceCache {
  readonly removed = new Set<string>()
  override remove(key: string): boolean {
    const there = super.remove(key)
    if (there) this.removed.add(key)
    return there
  }
  override write(key: string, value: unknown, ttl: number | undefined): void {
    super.write(key, value, ttl)
    this.removed.delete(key)
  }
}

export const atomicMutants = mutants({
  "CACHE-ATOMIC-01": {
    "removed-lock-stays-taken": subclass(
      "A lock that was given back cannot be taken again.",
      class extends RemembersRemovals {
        override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
          return !this.closed && this.removed.has(key) ? false : super.setIfAbsent(key, value, ttl)
        }
      },
    ),
    "set-if-absent-answers-ok": seam.setIfAbsent(
      "A caller that compares with true never does the work.",
      async ({ next }, key, value, ttl) => {
        const stored = await next(key, value, ttl)
        return stored ? ("OK" as unknown as boolean) : false
      },
    ),
  },
  "CACHE-ATOMIC-02": {
    "falsy-counts-as-absent": seam.setIfAbsent(
      "A lock whose value is 0 or null is taken twice.",
      async ({ next, self }, key, value, ttl) => {
        self.checkOpen()
        const entry = self.find(key)
        if (entry !== undefined && !entry.value) self.remove(key)
        return next(key, value, ttl)
      },
      "hypervel/components #455: add looked with get, so that a cached null counted as absent",
    ),
    "set-if-absent-renews-ttl": seam.setIfAbsent(
      "Whoever tries to get a lock prolongs it for its holder.",
      async ({ next, self }, key, value, ttl) => {
        const stored = await next(key, value, ttl)
        if (!stored) self.amend(key, { expiresAt: self.expiresAt(ttl) })
        return stored
      },
    ),
  },
  "CACHE-ATOMIC-03": {
    "set-if-absent-looks-then-writes": seam.setIfAbsent(
      "Two processes that ask at one time both get the lock.",
      async ({ self }, key, value, ttl) => {
        self.checkValue(value)
        const encoded = self.copyIn(value)
        const there = await self.has(key)
        if (!there) await self.set(key, encoded, ttl)
        return !there
      },
      "rhubarbgroup/redis-cache #166, django-redis-cache #34: add asked whether the key existed, and then set it",
    ),
  },
  "CACHE-ATOMIC-04": {
    "expired-entry-blocks-set-if-absent": seam.setIfAbsent(
      "A lock can be taken once, and never again.",
      async ({ next, self }, key, value, ttl) => {
        const leftOver = self.find(key) === undefined && self.store.entries.has(self.storedKey(key))
        return leftOver && !self.closed ? false : next(key, value, ttl)
      },
    ),
  },
  "CACHE-ATOMIC-05": {
    "set-if-absent-drops-ttl": seam.setIfAbsent(
      "A lock whose owner died is held for ever.",
      async ({ next, self }, key, value, ttl) => {
        self.checkTtl(ttl)
        return next(key, value)
      },
      "jedis-lock #6: the lock was taken by SETNX, and the expiry it was given was not set",
    ),
  },
  "CACHE-ATOMIC-06": {
    "take-keeps-falsy": seam.take(
      "A one-time value of 0 or null can be taken again and again.",
      async ({ next, self }, key) => {
        const entry = self.find(key)
        const value = await next(key)
        if (entry !== undefined && !entry.value) self.store.entries.set(self.storedKey(key), entry)
        return value
      },
    ),
  },
  "CACHE-ATOMIC-07": {
    "take-gives-expired": seam.take("A one-time code works after its end.", async ({ next, self }, key) => {
      const value = self.store.entries.get(self.storedKey(key))?.value
      return (await next(key)) ?? value
    }),
    "take-of-nothing-blocks-key": subclass(
      "A look for a code that is not there yet keeps it from being issued.",
      class extends ReferenceCache {
        readonly #taken = new Set<string>()
        override async take<T = unknown>(key: string): Promise<T | undefined> {
          const value = await super.take<T>(key)
          if (value === undefined) this.#taken.add(key)
          return value
        }
        override write(key: string, value: unknown, ttl: number | undefined): void {
          if (!this.#taken.delete(key)) super.write(key, value, ttl)
        }
      },
    ),
  },
  "CACHE-ATOMIC-08": {
    "take-reads-then-deletes": seam.take(
      "Two requests use one one-time code.",
      async ({ self }, key) => {
        self.checkOpen()
        self.checkKey(key)
        const entry = self.find(key)
        await Promise.resolve()
        if (entry === undefined) return self.reply(undefined)
        self.remove(key)
        return self.reply(self.copyOut(entry.value))
      },
      "hiqlite #362, formbricks #7930: get and then delete let two callers both get a value that is for one",
    ),
  },
  "CACHE-ATOMIC-09": {
    "touch-takes-the-end-away": seam.touch(
      "A session that was used never ends.",
      async ({ next, self }, key, ttl) => {
        self.refuseIf(cacheTouchIssue(ttl))
        return next(key, FOREVER)
      },
      "memcached #18, dalli #239: the binary touch ignored its ttl, which was always 0",
    ),
    "touch-counts-as-use-only": seam.touch(
      "Sessions that are in use end.",
      async ({ self }, key, ttl) => {
        self.checkOpen()
        self.refuseIf(cacheTouchIssue(ttl))
        return (await self.ttl(key)) !== undefined
      },
      "django-redis #336: the TOUCH command of Redis, proposed for touch, sets no expiry",
    ),
    "touch-only-prolongs": seam.touch("What is to end soon lives on.", async ({ next, self }, key, ttl) => {
      const earlier = self.find(key)?.expiresAt ?? 0
      const live = await next(key, ttl)
      if (live) self.amend(key, { expiresAt: Math.max(earlier, self.expiresAt(ttl)) })
      return live
    }),
    "touch-looks-at-value": seam.touch("A cached null cannot be kept.", async ({ next, self }, key, ttl) => {
      const entry = self.find(key)
      return entry === undefined || entry.value ? next(key, ttl) : false
    }),
  },
  "CACHE-ATOMIC-10": {
    "touch-writes-value-back": seam.touch(
      "An update that meets a touch is lost.",
      async ({ next, self }, key, ttl) => {
        const value = self.find(key)?.value
        const live = await next(key, ttl)
        if (live) self.amend(key, { value })
        return live
      },
      "django #7610: touch got the value and set it again, and so undid what was set in between",
    ),
  },
  "CACHE-ATOMIC-11": {
    "touch-finds-what-was-removed": subclass(
      "Sessions that were ended look prolonged.",
      class extends RemembersRemovals {
        override async touch(key: string, ttl: number): Promise<boolean> {
          return (await super.touch(key, ttl)) || this.removed.has(key)
        }
      },
    ),
    "touch-revives-expired": seam.touch(
      "A session that has ended comes back.",
      async ({ next, self }, key, ttl) => {
        const live = await next(key, ttl)
        const expired = !live && self.store.entries.has(self.storedKey(key))
        if (expired) self.amend(key, { expiresAt: self.expiresAt(ttl) })
        return live || expired
      },
      "utopia-php/cache #68: touch loaded the entry without regard to its end, and so brought expired ones back",
    ),
  },
  "CACHE-ATOMIC-12": {
    "touch-without-ttl-lasts": seam.touch(
      "A variable that is not set makes a session endless.",
      async ({ next }, key, ttl = FOREVER) => next(key, ttl),
      "aerospike-client-nodejs #156: after a touch without a ttl the record never expired",
    ),
  },
  "CACHE-ATOMIC-13": {
    "ttl-rounded-up-to-minutes": seam.expiresAt("What is about to expire is never renewed in time.", ({ next }, ttl) =>
      next(ttl === undefined ? ttl : Math.ceil(ttl / 60) * 60),
    ),
    "batch-ttl-spread": seam.setMany(
      "A batch lives for longer than it was told, so that it does not end all at once.",
      async ({ next, self }, entries, ttl) => {
        self.checkTtl(ttl)
        return next(entries, ttl !== undefined && ttl > 60 ? ttl * 1.05 : ttl)
      },
    ),
    "ttl-in-milliseconds-left": seam.secondsLeft(
      "Nothing is ever found to be about to expire.",
      ({ next }, entry) => next(entry) * 1000,
    ),
    "ttl-is-a-time": seam.secondsLeft(
      "A time since 1970 is taken for seconds that are left.",
      ({ next, self }, entry) => self.clock.now() + next(entry) * 1000,
      "node-cache #126: getTtl gives the time at which the key will expire",
    ),
    "ttl-in-whole-seconds": seam.secondsLeft(
      "What has most of a second left looks as if it had a whole one.",
      ({ next }, entry) => Math.ceil(next(entry)),
    ),
    "ttl-as-it-was-given": subclass(
      "The number never gets smaller.",
      class extends ReferenceCache {
        readonly #given = new Map<string, number>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
          super.write(key, value, ttl)
          this.#given.set(key, ttl ?? FOREVER)
        }
        override async ttl(key: string): Promise<number | undefined> {
          const left = await super.ttl(key)
          return left === undefined ? undefined : (this.#given.get(key) ?? left)
        }
      },
    ),
  },
  "CACHE-ATOMIC-14": {
    "no-ttl-is-thirty-days": seam.expiresAt("What was to stay is gone after a month.", ({ next }, ttl = FOREVER) =>
      next(ttl === FOREVER ? 30 * 86_400 : ttl),
    ),
    "batch-without-ttl-lasts-a-week": seam.setMany(
      "What a batch stored to stay is gone after a week.",
      async ({ next }, entries, ttl = 7 * 86_400) => next(entries, ttl),
    ),
    "count-without-ttl-lasts-a-day": seam.increment(
      "A total that was to stay begins anew each day.",
      async ({ next }, key, by, ttl = 86_400) => next(key, by, ttl),
    ),
    "touch-for-ever-is-a-year": seam.touch("What was made endless ends.", async ({ next }, key, ttl) =>
      next(key, ttl === FOREVER ? 365 * 86_400 : ttl),
    ),
    "fill-without-ttl-lasts-an-hour": seam.fill(
      "What was loaded to stay is loaded every hour.",
      async ({ next }, key, lease, value, ttl = 3600, tags = []) => next(key, lease, value, ttl, tags),
    ),
    "lasting-key-has-minus-one": seam.secondsLeft(
      "What never expires looks as if it were overdue.",
      ({ next }, entry) => (entry.expiresAt === FOREVER ? -1 : next(entry)),
      "protean #1392, jedis #760: the -1 that Redis answers for a key without expiry was handed on",
    ),
    "lasting-key-has-zero": seam.secondsLeft(
      "What never expires is renewed again and again.",
      ({ next }, entry) => (entry.expiresAt === FOREVER ? 0 : next(entry)),
      "node-cache #126: getTtl of a key without ttl gives 0",
    ),
  },
  "CACHE-ATOMIC-15": {
    "removed-key-has-a-negative-ttl": subclass(
      "A key that was removed looks stored.",
      class extends RemembersRemovals {
        override async ttl(key: string): Promise<number | undefined> {
          return (await super.ttl(key)) ?? (this.removed.has(key) ? -2 : undefined)
        }
      },
    ),
    "expired-key-has-negative-ttl": seam.ttl(
      "A key that is gone looks stored.",
      async ({ next, self }, key) => {
        const left = await next(key)
        return left === undefined && self.store.entries.has(self.storedKey(key)) ? -2 : left
      },
      "cacheout #29: the ttl of a key that has expired is -2",
    ),
  },
})

import { cacheTouchIssue } from "../../../contracts/cache/arguments.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceEntry } from "../reference/store.ts"

const FOREVER = Number.POSITIVE_INFINITY

export const atomicMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "set-if-absent-answers-ok",
    breaks: "CACHE-ATOMIC-01",
    why: "A caller that compares with true never does the work.",
    implementation: class extends ReferenceCache {
      override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
        const stored = await super.setIfAbsent(key, value, ttl)
        return stored ? ("OK" as unknown as boolean) : false
      }
    },
  },
  {
    id: "falsy-counts-as-absent",
    breaks: "CACHE-ATOMIC-02",
    why: "A lock whose value is 0 or null is taken twice.",
    source: "hypervel/components #455: add looked with get, so that a cached null counted as absent",
    implementation: class extends ReferenceCache {
      override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
        this.checkOpen()
        const entry = this.find(key)
        if (entry !== undefined && !entry.value) this.remove(key)
        return super.setIfAbsent(key, value, ttl)
      }
    },
  },
  {
    id: "set-if-absent-renews-ttl",
    breaks: "CACHE-ATOMIC-02",
    why: "Whoever tries to get a lock prolongs it for its holder.",
    implementation: class extends ReferenceCache {
      override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
        const stored = await super.setIfAbsent(key, value, ttl)
        if (!stored) this.amend(key, { expiresAt: this.expiresAt(ttl) })
        return stored
      }
    },
  },
  {
    id: "set-if-absent-looks-then-writes",
    breaks: "CACHE-ATOMIC-03",
    why: "Two processes that ask at one time both get the lock.",
    source: "rhubarbgroup/redis-cache #166, django-redis-cache #34: add asked whether the key existed, and then set it",
    implementation: class extends ReferenceCache {
      override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
        this.checkValue(value)
        const encoded = this.copyIn(value)
        const there = await this.has(key)
        if (!there) await this.set(key, encoded, ttl)
        return !there
      }
    },
  },
  {
    id: "expired-entry-blocks-set-if-absent",
    breaks: "CACHE-ATOMIC-04",
    why: "A lock can be taken once, and never again.",
    implementation: class extends ReferenceCache {
      override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
        const leftOver = this.find(key) === undefined && this.store.entries.has(this.storedKey(key))
        return leftOver && !this.closed ? false : super.setIfAbsent(key, value, ttl)
      }
    },
  },
  {
    id: "set-if-absent-drops-ttl",
    breaks: "CACHE-ATOMIC-05",
    why: "A lock whose owner died is held for ever.",
    source: "jedis-lock #6: the lock was taken by SETNX, and the expiry it was given was not set",
    implementation: class extends ReferenceCache {
      override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
        this.checkTtl(ttl)
        return super.setIfAbsent(key, value)
      }
    },
  },
  {
    id: "take-keeps-falsy",
    breaks: "CACHE-ATOMIC-06",
    why: "A one-time value of 0 or null can be taken again and again.",
    implementation: class extends ReferenceCache {
      override async take<T = unknown>(key: string): Promise<T | undefined> {
        const entry = this.find(key)
        const value = await super.take<T>(key)
        if (entry !== undefined && !entry.value) this.store.entries.set(this.storedKey(key), entry)
        return value
      }
    },
  },
  {
    id: "take-gives-expired",
    breaks: "CACHE-ATOMIC-07",
    why: "A one-time code works after its end.",
    implementation: class extends ReferenceCache {
      override async take<T = unknown>(key: string): Promise<T | undefined> {
        const value = this.store.entries.get(this.storedKey(key))?.value
        return (await super.take<T>(key)) ?? (value as T | undefined)
      }
    },
  },
  {
    id: "take-of-nothing-blocks-key",
    breaks: "CACHE-ATOMIC-07",
    why: "A look for a code that is not there yet keeps it from being issued.",
    implementation: class extends ReferenceCache {
      readonly #taken = new Set<string>()
      override async take<T = unknown>(key: string): Promise<T | undefined> {
        const value = await super.take<T>(key)
        if (value === undefined) this.#taken.add(key)
        return value
      }
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        if (!this.#taken.delete(key)) super.write(key, value, ttl)
      }
    },
  },
  {
    id: "take-reads-then-deletes",
    breaks: "CACHE-ATOMIC-08",
    why: "Two requests use one one-time code.",
    source: "hiqlite #362, formbricks #7930: get and then delete let two callers both get a value that is for one",
    implementation: class extends ReferenceCache {
      override async take<T = unknown>(key: string): Promise<T | undefined> {
        this.checkOpen()
        this.checkKey(key)
        const entry = this.find(key)
        await Promise.resolve()
        if (entry === undefined) return this.reply(undefined)
        this.remove(key)
        return this.reply(this.copyOut(entry.value) as T)
      }
    },
  },
  {
    id: "touch-counts-as-use-only",
    breaks: "CACHE-ATOMIC-09",
    why: "Sessions that are in use end.",
    source: "django-redis #336: the TOUCH command of Redis, proposed for touch, sets no expiry",
    implementation: class extends ReferenceCache {
      override async touch(key: string, ttl: number): Promise<boolean> {
        this.checkOpen()
        this.refuseIf(cacheTouchIssue(ttl))
        return (await this.ttl(key)) !== undefined
      }
    },
  },
  {
    id: "touch-only-prolongs",
    breaks: "CACHE-ATOMIC-09",
    why: "What is to end soon lives on.",
    implementation: class extends ReferenceCache {
      override async touch(key: string, ttl: number): Promise<boolean> {
        const earlier = this.find(key)?.expiresAt ?? 0
        const live = await super.touch(key, ttl)
        if (live) this.amend(key, { expiresAt: Math.max(earlier, this.expiresAt(ttl)) })
        return live
      }
    },
  },
  {
    id: "touch-looks-at-value",
    breaks: "CACHE-ATOMIC-09",
    why: "A cached null cannot be kept.",
    implementation: class extends ReferenceCache {
      override async touch(key: string, ttl: number): Promise<boolean> {
        const entry = this.find(key)
        return entry === undefined || entry.value ? super.touch(key, ttl) : false
      }
    },
  },
  {
    id: "touch-writes-value-back",
    breaks: "CACHE-ATOMIC-10",
    why: "An update that meets a touch is lost.",
    source: "django #7610: touch got the value and set it again, and so undid what was set in between",
    implementation: class extends ReferenceCache {
      override async touch(key: string, ttl: number): Promise<boolean> {
        const value = this.find(key)?.value
        const live = await super.touch(key, ttl)
        if (live) this.amend(key, { value })
        return live
      }
    },
  },
  {
    id: "touch-revives-expired",
    breaks: "CACHE-ATOMIC-11",
    why: "A session that has ended comes back.",
    source: "utopia-php/cache #68: touch loaded the entry without regard to its end, and so brought expired ones back",
    implementation: class extends ReferenceCache {
      override async touch(key: string, ttl: number): Promise<boolean> {
        const live = await super.touch(key, ttl)
        const expired = !live && this.store.entries.has(this.storedKey(key))
        if (expired) this.amend(key, { expiresAt: this.expiresAt(ttl) })
        return live || expired
      }
    },
  },
  {
    id: "touch-without-ttl-lasts",
    breaks: "CACHE-ATOMIC-12",
    why: "A variable that is not set makes a session endless.",
    implementation: class extends ReferenceCache {
      override async touch(key: string, ttl: number = FOREVER): Promise<boolean> {
        return super.touch(key, ttl)
      }
    },
  },
  {
    id: "ttl-in-milliseconds-left",
    breaks: "CACHE-ATOMIC-13",
    why: "Nothing is ever found to be about to expire.",
    implementation: class extends ReferenceCache {
      protected override secondsLeft(entry: ReferenceEntry): number {
        return super.secondsLeft(entry) * 1000
      }
    },
  },
  {
    id: "ttl-is-a-time",
    breaks: "CACHE-ATOMIC-13",
    why: "A time since 1970 is taken for seconds that are left.",
    source: "node-cache #126: getTtl gives the time at which the key will expire",
    implementation: class extends ReferenceCache {
      protected override secondsLeft(entry: ReferenceEntry): number {
        return this.clock.now() + super.secondsLeft(entry) * 1000
      }
    },
  },
  {
    id: "ttl-in-whole-seconds",
    breaks: "CACHE-ATOMIC-13",
    why: "What has most of a second left looks as if it had a whole one.",
    implementation: class extends ReferenceCache {
      protected override secondsLeft(entry: ReferenceEntry): number {
        return Math.ceil(super.secondsLeft(entry))
      }
    },
  },
  {
    id: "ttl-as-it-was-given",
    breaks: "CACHE-ATOMIC-13",
    why: "The number never gets smaller.",
    implementation: class extends ReferenceCache {
      readonly #given = new Map<string, number>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, ttl)
        this.#given.set(key, ttl ?? FOREVER)
      }
      override async ttl(key: string): Promise<number | undefined> {
        const left = await super.ttl(key)
        return left === undefined ? undefined : (this.#given.get(key) ?? left)
      }
    },
  },
  {
    id: "lasting-key-has-minus-one",
    breaks: "CACHE-ATOMIC-14",
    why: "What never expires looks as if it were overdue.",
    source: "protean #1392, jedis #760: the -1 that Redis answers for a key without expiry was handed on",
    implementation: class extends ReferenceCache {
      protected override secondsLeft(entry: ReferenceEntry): number {
        return entry.expiresAt === FOREVER ? -1 : super.secondsLeft(entry)
      }
    },
  },
  {
    id: "lasting-key-has-zero",
    breaks: "CACHE-ATOMIC-14",
    why: "What never expires is renewed again and again.",
    source: "node-cache #126: getTtl of a key without ttl gives 0",
    implementation: class extends ReferenceCache {
      protected override secondsLeft(entry: ReferenceEntry): number {
        return entry.expiresAt === FOREVER ? 0 : super.secondsLeft(entry)
      }
    },
  },
  {
    id: "expired-key-has-negative-ttl",
    breaks: "CACHE-ATOMIC-15",
    why: "A key that is gone looks stored.",
    source: "cacheout #29: the ttl of a key that has expired is -2",
    implementation: class extends ReferenceCache {
      override async ttl(key: string): Promise<number | undefined> {
        const left = await super.ttl(key)
        return left === undefined && this.store.entries.has(this.storedKey(key)) ? -2 : left
      }
    },
  },
]

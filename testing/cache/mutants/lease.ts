import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceLease } from "../reference/store.ts"

type Fill = Parameters<ReferenceCache["fill"]>

export const leaseMutants = mutants({
  "CACHE-LEASE-01": {
    "taken-key-not-leased-for-a-while": seam.take(
      "What was just taken cannot be loaded again.",
      async ({ next, self }, key) => {
        const value = await next(key)
        const endsAt = self.clock.monotonic() + 10_000
        if (value !== undefined) self.store.leases.set(self.storedKey(key), { token: "", endsAt })
        return value
      },
    ),
    "token-is-a-number": subclass(
      "A caller that hands the token on as text cannot fill.",
      class extends ReferenceCache {
        override async lease(key: string, ttlMs: number): Promise<string | undefined> {
          const token = await super.lease(key, ttlMs)
          return token === undefined ? token : (Number(token.slice("lease-".length)) as unknown as string)
        }
        override async fill(...[key, lease, ...rest]: Fill): Promise<boolean> {
          return super.fill(key, typeof lease === "number" ? `lease-${lease}` : lease, ...rest)
        }
      },
    ),
  },
  "CACHE-LEASE-02": {
    "tagged-key-leased": seam.lease(
      "What is in a group is loaded again and again.",
      async ({ next, self }, key, ttlMs) => {
        const token = await next(key, ttlMs)
        const tags = self.find(key)?.tags ?? []
        return tags.length > 0 ? self.giveLease(key, ttlMs) : token
      },
    ),
    "falsy-key-leased": seam.lease("A cached null is loaded again and again.", async ({ next, self }, key, ttlMs) => {
      const token = await next(key, ttlMs)
      const entry = self.find(key)
      return entry === undefined || entry.value ? token : self.giveLease(key, ttlMs)
    }),
  },
  "CACHE-LEASE-03": {
    "lease-is-reentrant": subclass(
      "Two requests of one process load the same value.",
      class extends ReferenceCache {
        readonly #tokens = new Map<string, string>()
        override async lease(key: string, ttlMs: number): Promise<string | undefined> {
          const token = await super.lease(key, ttlMs)
          if (token !== undefined) this.#tokens.set(key, token)
          return this.findLease(key)?.token === this.#tokens.get(key) ? this.#tokens.get(key) : token
        }
      },
    ),
  },
  "CACHE-LEASE-04": {
    "lease-looks-then-writes": seam.lease(
      "A stampede gets as many leases as it has callers.",
      async ({ next, self }, key, ttlMs) => {
        const held = self.findLease(key) !== undefined
        await Promise.resolve()
        if (!held && self.findLease(key) !== undefined) self.voidLease(key)
        return next(key, ttlMs)
      },
    ),
  },
  "CACHE-LEASE-05": {
    "expired-entry-blocks-lease": seam.lease(
      "What has expired is never loaded again.",
      async ({ next, self }, key, ttlMs) => {
        const leftOver = self.find(key) === undefined && self.store.entries.has(self.storedKey(key))
        return leftOver && !self.closed ? undefined : next(key, ttlMs)
      },
    ),
  },
  "CACHE-LEASE-06": {
    "lease-kept-under-its-key": seam.find("A placeholder is served as data.", ({ next, self }, key) => {
      const lease = self.findLease(key)
      return next(key) ?? (lease && { value: lease.token, expiresAt: lease.endsAt, tags: [] })
    }),
    "take-gives-the-token": seam.take("A placeholder is taken for a value.", async ({ next, self }, key) => {
      const token = self.findLease(key)?.token
      return (await next(key)) ?? token
    }),
    "touch-of-leased-is-yes": seam.touch("A value that is still loading looks kept.", async (call, key, ttl) => {
      const leased = call.self.findLease(key) !== undefined
      return (await call.next(key, ttl)) || leased
    }),
    "lease-is-counted": seam.stats("The cache looks full of what is still loading.", async ({ next, self }) => {
      const stats = await next()
      return { ...stats, keyCount: stats.keyCount + self.store.leases.size }
    }),
    "leased-key-is-there": seam.has(
      "has promises a value that get does not give.",
      async ({ next, self }, key) => (await next(key)) || self.findLease(key) !== undefined,
    ),
    "lease-has-ttl": seam.ttl("The time of a lease is taken for that of a value.", async ({ next, self }, key) => {
      const left = await next(key)
      const lease = self.findLease(key)
      return left === undefined && lease !== undefined ? (lease.endsAt - self.clock.monotonic()) / 1000 : left
    }),
  },
  "CACHE-LEASE-07": {
    "lease-never-ends": seam.giveLease(
      "A process that dies while it loads locks the key for ever.",
      ({ next }, key) => next(key, Number.POSITIVE_INFINITY),
      "beaker #164, redis-py #902: a lock whose owner died before its expiry was set was held for ever",
    ),
    "ended-lease-blocks-next": seam.lease(
      "After a load that failed, nobody may load the key again.",
      async ({ next, self }, key, ttlMs) => {
        const leftOver = self.store.leases.has(self.storedKey(key))
        return leftOver && !self.closed ? undefined : next(key, ttlMs)
      },
    ),
    "lease-too-short": seam.giveLease("A second process loads while the first still does.", ({ next }, key, ttlMs) =>
      next(key, Math.min(ttlMs, 5000)),
    ),
  },
  "CACHE-LEASE-08": {
    "endless-lease-given": seam.lease(
      "A process that dies while it loads locks the key for ever.",
      async ({ next }, key, ttlMs) => next(key, ttlMs === Number.POSITIVE_INFINITY ? Number.MAX_SAFE_INTEGER : ttlMs),
    ),
    "lease-of-nothing-lasts-a-minute": seam.lease(
      "A time that is not set becomes one that nobody asked for.",
      async ({ next }, key, ttlMs) => next(key, ttlMs || 60_000),
    ),
  },
  "CACHE-LEASE-09": {
    "fill-answers-nothing": subclass(
      "Whoever filled believes that the value was refused.",
      class extends ReferenceCache {
        override async fill(...args: Fill): Promise<boolean> {
          const stored = await super.fill(...args)
          return stored ? (undefined as unknown as boolean) : false
        }
      },
    ),
  },
  "CACHE-LEASE-10": {
    "fill-drops-ttl": subclass(
      "What is loaded through leases is never loaded again.",
      class extends ReferenceCache {
        override async fill(...[key, lease, value, ttl, tags]: Fill): Promise<boolean> {
          this.checkTtl(ttl)
          return super.fill(key, lease, value, undefined, tags)
        }
      },
    ),
  },
  "CACHE-LEASE-11": {
    "fill-leaves-lease": subclass(
      "A retry that comes late brings an old value back.",
      class extends ReferenceCache {
        override async fill(...args: Fill): Promise<boolean> {
          const lease = this.findLease(args[0])
          const stored = await super.fill(...args)
          if (lease !== undefined) this.store.leases.set(this.storedKey(args[0]), lease)
          return stored
        }
      },
    ),
  },
  "CACHE-LEASE-12": {
    "token-compared-by-beginning": subclass(
      "Tokens that begin alike fill for one another.",
      class extends ReferenceCache {
        override async fill(...[key, lease, ...rest]: Fill): Promise<boolean> {
          const token = this.findLease(key)?.token
          const alike = token !== undefined && typeof lease === "string" && lease.startsWith(token)
          return super.fill(key, alike ? token : lease, ...rest)
        }
      },
    ),
    "wrong-token-ends-lease": subclass(
      "Whoever guesses wrong takes the lease from its holder.",
      class extends ReferenceCache {
        override async fill(...args: Fill): Promise<boolean> {
          const stored = await super.fill(...args)
          if (!stored) this.voidLease(args[0])
          return stored
        }
      },
    ),
  },
  "CACHE-LEASE-13": {
    "fill-after-end": subclass(
      "A process that was too slow overwrites newer data.",
      class extends ReferenceCache {
        #filling = false
        override findLease(key: string): ReferenceLease | undefined {
          return this.#filling ? this.store.leases.get(this.storedKey(key)) : super.findLease(key)
        }
        override async fill(...args: Fill): Promise<boolean> {
          this.#filling = true
          const stored = super.fill(...args)
          this.#filling = false
          return stored
        }
      },
    ),
    "one-token-for-all": seam.newToken(
      "A process that was too slow fills under the lease of the one that took over.",
      () => "lock",
      "twenty #25661, superset #43462: the lock had a constant value, so a late holder ended the lock of the next",
    ),
  },
  "CACHE-LEASE-14": {
    "token-turned-to-text": subclass(
      "A caller without a lease does not learn that it has a bug.",
      class extends ReferenceCache {
        override async fill(...[key, lease, ...rest]: Fill): Promise<boolean> {
          return super.fill(key, String(lease), ...rest)
        }
      },
    ),
  },
  "CACHE-LEASE-15": {
    "refused-fill-ends-lease": subclass(
      "One bad value, and another process loads as well.",
      class extends ReferenceCache {
        override async fill(...args: Fill): Promise<boolean> {
          try {
            return await super.fill(...args)
          } catch (error) {
            this.voidLease(args[0])
            throw error
          }
        }
      },
    ),
  },
})

import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceLease } from "../reference/store.ts"

type Fill = Parameters<ReferenceCache["fill"]>

export const leaseMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "token-is-a-number",
    breaks: "CACHE-LEASE-01",
    why: "A caller that hands the token on as text cannot fill.",
    implementation: class extends ReferenceCache {
      override async lease(key: string, ttlMs: number): Promise<string | undefined> {
        const token = await super.lease(key, ttlMs)
        return token === undefined ? token : (Number(token.slice("lease-".length)) as unknown as string)
      }
      override async fill(...[key, lease, ...rest]: Fill): Promise<boolean> {
        return super.fill(key, typeof lease === "number" ? `lease-${lease}` : lease, ...rest)
      }
    },
  },
  {
    id: "falsy-key-leased",
    breaks: "CACHE-LEASE-02",
    why: "A cached null is loaded again and again.",
    implementation: class extends ReferenceCache {
      override async lease(key: string, ttlMs: number): Promise<string | undefined> {
        const token = await super.lease(key, ttlMs)
        const entry = this.find(key)
        return entry === undefined || entry.value ? token : this.giveLease(key, ttlMs)
      }
    },
  },
  {
    id: "lease-is-reentrant",
    breaks: "CACHE-LEASE-03",
    why: "Two requests of one process load the same value.",
    implementation: class extends ReferenceCache {
      readonly #tokens = new Map<string, string>()
      override async lease(key: string, ttlMs: number): Promise<string | undefined> {
        const token = await super.lease(key, ttlMs)
        if (token !== undefined) this.#tokens.set(key, token)
        return this.findLease(key)?.token === this.#tokens.get(key) ? this.#tokens.get(key) : token
      }
    },
  },
  {
    id: "lease-looks-then-writes",
    breaks: "CACHE-LEASE-04",
    why: "A stampede gets as many leases as it has callers.",
    implementation: class extends ReferenceCache {
      override async lease(key: string, ttlMs: number): Promise<string | undefined> {
        const held = this.findLease(key) !== undefined
        await Promise.resolve()
        if (!held && this.findLease(key) !== undefined) this.voidLease(key)
        return super.lease(key, ttlMs)
      }
    },
  },
  {
    id: "expired-entry-blocks-lease",
    breaks: "CACHE-LEASE-05",
    why: "What has expired is never loaded again.",
    implementation: class extends ReferenceCache {
      override async lease(key: string, ttlMs: number): Promise<string | undefined> {
        const leftOver = this.find(key) === undefined && this.store.entries.has(this.storedKey(key))
        return leftOver && !this.closed ? undefined : super.lease(key, ttlMs)
      }
    },
  },
  {
    id: "lease-is-counted",
    breaks: "CACHE-LEASE-06",
    why: "The cache looks full of what is still loading.",
    implementation: class extends ReferenceCache {
      override async stats() {
        const stats = await super.stats()
        return { ...stats, keyCount: stats.keyCount + this.store.leases.size }
      }
    },
  },
  {
    id: "leased-key-is-there",
    breaks: "CACHE-LEASE-06",
    why: "has promises a value that get does not give.",
    implementation: class extends ReferenceCache {
      override async has(key: string): Promise<boolean> {
        return (await super.has(key)) || this.findLease(key) !== undefined
      }
    },
  },
  {
    id: "lease-has-ttl",
    breaks: "CACHE-LEASE-06",
    why: "The time of a lease is taken for that of a value.",
    implementation: class extends ReferenceCache {
      override async ttl(key: string): Promise<number | undefined> {
        const left = await super.ttl(key)
        const lease = this.findLease(key)
        return left === undefined && lease !== undefined ? (lease.endsAt - this.clock.monotonic()) / 1000 : left
      }
    },
  },
  {
    id: "lease-never-ends",
    breaks: "CACHE-LEASE-07",
    why: "A process that dies while it loads locks the key for ever.",
    source: "beaker #164, redis-py #902: a lock whose owner died before its expiry was set was held for ever",
    implementation: class extends ReferenceCache {
      protected override giveLease(key: string): string {
        return super.giveLease(key, Number.POSITIVE_INFINITY)
      }
    },
  },
  {
    id: "ended-lease-blocks-next",
    breaks: "CACHE-LEASE-07",
    why: "After a load that failed, nobody may load the key again.",
    implementation: class extends ReferenceCache {
      override async lease(key: string, ttlMs: number): Promise<string | undefined> {
        const leftOver = this.store.leases.has(this.storedKey(key))
        return leftOver && !this.closed ? undefined : super.lease(key, ttlMs)
      }
    },
  },
  {
    id: "lease-too-short",
    breaks: "CACHE-LEASE-07",
    why: "A second process loads while the first still does.",
    implementation: class extends ReferenceCache {
      protected override giveLease(key: string, ttlMs: number): string {
        return super.giveLease(key, Math.min(ttlMs, 5000))
      }
    },
  },
  {
    id: "endless-lease-given",
    breaks: "CACHE-LEASE-08",
    why: "A process that dies while it loads locks the key for ever.",
    implementation: class extends ReferenceCache {
      override async lease(key: string, ttlMs: number): Promise<string | undefined> {
        return super.lease(key, ttlMs === Number.POSITIVE_INFINITY ? Number.MAX_SAFE_INTEGER : ttlMs)
      }
    },
  },
  {
    id: "lease-of-nothing-lasts-a-minute",
    breaks: "CACHE-LEASE-08",
    why: "A time that is not set becomes one that nobody asked for.",
    implementation: class extends ReferenceCache {
      override async lease(key: string, ttlMs: number): Promise<string | undefined> {
        return super.lease(key, ttlMs || 60_000)
      }
    },
  },
  {
    id: "fill-answers-nothing",
    breaks: "CACHE-LEASE-09",
    why: "Whoever filled believes that the value was refused.",
    implementation: class extends ReferenceCache {
      override async fill(...args: Fill): Promise<boolean> {
        const stored = await super.fill(...args)
        return stored ? (undefined as unknown as boolean) : false
      }
    },
  },
  {
    id: "fill-drops-ttl",
    breaks: "CACHE-LEASE-10",
    why: "What is loaded through leases is never loaded again.",
    implementation: class extends ReferenceCache {
      override async fill(...[key, lease, value, ttl, tags]: Fill): Promise<boolean> {
        this.checkTtl(ttl)
        return super.fill(key, lease, value, undefined, tags)
      }
    },
  },
  {
    id: "fill-leaves-lease",
    breaks: "CACHE-LEASE-11",
    why: "A retry that comes late brings an old value back.",
    implementation: class extends ReferenceCache {
      override async fill(...args: Fill): Promise<boolean> {
        const lease = this.findLease(args[0])
        const stored = await super.fill(...args)
        if (lease !== undefined) this.store.leases.set(this.storedKey(args[0]), lease)
        return stored
      }
    },
  },
  {
    id: "token-compared-by-beginning",
    breaks: "CACHE-LEASE-12",
    why: "Tokens that begin alike fill for one another.",
    implementation: class extends ReferenceCache {
      override async fill(...[key, lease, ...rest]: Fill): Promise<boolean> {
        const token = this.findLease(key)?.token
        const alike = token !== undefined && typeof lease === "string" && lease.startsWith(token)
        return super.fill(key, alike ? token : lease, ...rest)
      }
    },
  },
  {
    id: "wrong-token-ends-lease",
    breaks: "CACHE-LEASE-12",
    why: "Whoever guesses wrong takes the lease from its holder.",
    implementation: class extends ReferenceCache {
      override async fill(...args: Fill): Promise<boolean> {
        const stored = await super.fill(...args)
        if (!stored) this.voidLease(args[0])
        return stored
      }
    },
  },
  {
    id: "fill-after-end",
    breaks: "CACHE-LEASE-13",
    why: "A process that was too slow overwrites newer data.",
    implementation: class extends ReferenceCache {
      #filling = false
      protected override findLease(key: string): ReferenceLease | undefined {
        return this.#filling ? this.store.leases.get(this.storedKey(key)) : super.findLease(key)
      }
      override async fill(...args: Fill): Promise<boolean> {
        this.#filling = true
        const stored = super.fill(...args)
        this.#filling = false
        return stored
      }
    },
  },
  {
    id: "one-token-for-all",
    breaks: "CACHE-LEASE-13",
    why: "A process that was too slow fills under the lease of the one that took over.",
    source:
      "twenty #25661, superset #43462: the lock had a constant value, so a late holder ended the lock of the next",
    implementation: class extends ReferenceCache {
      protected override newToken(): string {
        return "lock"
      }
    },
  },
  {
    id: "token-turned-to-text",
    breaks: "CACHE-LEASE-14",
    why: "A caller without a lease does not learn that it has a bug.",
    implementation: class extends ReferenceCache {
      override async fill(...[key, lease, ...rest]: Fill): Promise<boolean> {
        return super.fill(key, String(lease), ...rest)
      }
    },
  },
  {
    id: "refused-fill-ends-lease",
    breaks: "CACHE-LEASE-15",
    why: "One bad value, and another process loads as well.",
    implementation: class extends ReferenceCache {
      override async fill(...args: Fill): Promise<boolean> {
        try {
          return await super.fill(...args)
        } catch (error) {
          this.voidLease(args[0])
          throw error
        }
      }
    },
  },
]

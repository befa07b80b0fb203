import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

/** Gives mutants a way to do something without ending leases. */
class KeepsLeases extends ReferenceCache {
  protected keepingLeases<T>(run: () => T): T {
    const leases = [...this.store.leases]
    const result = run()
    for (const [stored, lease] of leases) this.store.leases.set(stored, lease)
    return result
  }
}

export const leaseEndMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "set-leaves-lease",
    breaks: "CACHE-LEASE-16",
    why: "An update during a load is overwritten by what was loaded before it.",
    source: "layered-loader #414: a load that was running when a value was set wrote its stale result over it",
    implementation: class extends KeepsLeases {
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        return this.keepingLeases(() => super.set(key, value, ttl))
      }
    },
  },
  {
    id: "set-if-absent-leaves-lease",
    breaks: "CACHE-LEASE-16",
    why: "A value that was stored during a load is overwritten by what was loaded.",
    implementation: class extends KeepsLeases {
      override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
        return this.keepingLeases(() => super.setIfAbsent(key, value, ttl))
      }
    },
  },
  {
    id: "increment-leaves-lease",
    breaks: "CACHE-LEASE-16",
    why: "Counts during a load are lost.",
    implementation: class extends KeepsLeases {
      override async increment(key: string, by?: number, ttl?: number): Promise<number> {
        return this.keepingLeases(() => super.increment(key, by, ttl))
      }
    },
  },
  {
    id: "delete-of-leased-is-true",
    breaks: "CACHE-LEASE-17",
    why: "A delete reports a value that was never there.",
    implementation: class extends ReferenceCache {
      override async delete(key: string): Promise<boolean> {
        this.checkKey(key)
        const leased = this.findLease(key) !== undefined
        return (await super.delete(key)) || leased
      }
    },
  },
  {
    id: "delete-leaves-lease",
    breaks: "CACHE-LEASE-17",
    why: "Deleted data comes back with the end of a load.",
    source: "FusionCache #625, guava #1881: a remove while the key was loading did not keep the stale value out",
    implementation: class extends KeepsLeases {
      override async delete(key: string): Promise<boolean> {
        return this.keepingLeases(() => super.delete(key))
      }
    },
  },
  {
    id: "voided-lease-blocks-key",
    breaks: "CACHE-LEASE-17",
    why: "After a delete during a load nobody may load the key.",
    implementation: class extends ReferenceCache {
      override async delete(key: string): Promise<boolean> {
        this.checkKey(key)
        const lease = this.findLease(key)
        const removed = await super.delete(key)
        if (lease !== undefined) this.store.leases.set(this.storedKey(key), { ...lease, token: "" })
        return removed
      }
    },
  },
  {
    id: "token-from-the-clock",
    breaks: "CACHE-LEASE-17",
    why: "Two leases of one millisecond have one token, and the older one fills for the newer.",
    source: "redisson #7112: tokens made from clocks could be made again, and a delayed put matched a later lease",
    implementation: class extends ReferenceCache {
      protected override newToken(): string {
        return `lease-${this.clock.now()}`
      }
    },
  },
  {
    id: "set-many-leaves-leases",
    breaks: "CACHE-LEASE-18",
    why: "A batch is overwritten by what was loaded before it.",
    implementation: class extends KeepsLeases {
      override async setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
        return this.keepingLeases(() => super.setMany(entries, ttl))
      }
    },
  },
  {
    id: "delete-many-leaves-leases",
    breaks: "CACHE-LEASE-18",
    why: "Data that a batch deleted comes back with the end of a load.",
    implementation: class extends KeepsLeases {
      override async deleteMany(keys: readonly string[]): Promise<number> {
        return this.keepingLeases(() => super.deleteMany(keys))
      }
    },
  },
  {
    id: "clear-leaves-leases",
    breaks: "CACHE-LEASE-19",
    why: "Right after a clear, old data is back.",
    source: "caffeine #251: invalidateAll was without effect on an entry that was being reloaded",
    implementation: class extends KeepsLeases {
      override async clear(): Promise<void> {
        return this.keepingLeases(() => super.clear())
      }
    },
  },
  {
    id: "clear-voids-own-leases",
    breaks: "CACHE-LEASE-19",
    why: "What other processes are loading survives a clear.",
    implementation: class extends ReferenceCache {
      readonly #own = new Set<string>()
      protected override newToken(key: string): string {
        const token = super.newToken(key)
        this.#own.add(token)
        return token
      }
      override async clear(): Promise<void> {
        const others = [...this.store.leases].filter(([, { token }]) => !this.#own.has(token))
        await super.clear()
        for (const [stored, lease] of others) this.store.leases.set(stored, lease)
      }
    },
  },
  {
    id: "set-tagged-leaves-lease",
    breaks: "CACHE-LEASE-20",
    why: "A tagged value is overwritten by what was loaded before it.",
    implementation: class extends KeepsLeases {
      override async setTagged(...args: Parameters<ReferenceCache["setTagged"]>): Promise<void> {
        return this.keepingLeases(() => super.setTagged(...args))
      }
    },
  },
  {
    id: "unused-tag-voids-nothing",
    breaks: "CACHE-LEASE-21",
    why: "The first value of a group is cached although it was invalidated while it was loading.",
    source: "FusionCache #535: an invalidation by tag while the entry was loading was ignored",
    implementation: class extends KeepsLeases {
      override async invalidateTags(tags: readonly string[]): Promise<void> {
        this.checkOpen()
        this.checkTags(tags)
        const used = [...this.store.entries.values()].some((entry) => this.hasTag(entry, tags))
        return used ? super.invalidateTags(tags) : this.keepingLeases(() => super.invalidateTags(tags))
      }
    },
  },
  {
    id: "delete-voids-all-leases",
    breaks: "CACHE-LEASE-22",
    why: "In a busy cache no load is ever stored.",
    implementation: class extends ReferenceCache {
      override async delete(key: string): Promise<boolean> {
        const removed = await super.delete(key)
        this.voidLeases()
        return removed
      }
    },
  },
  {
    id: "refused-set-voids-lease",
    breaks: "CACHE-LEASE-22",
    why: "A bad value throws away what another caller is loading.",
    implementation: class extends ReferenceCache {
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        this.checkKey(key)
        this.voidLease(key)
        return super.set(key, value, ttl)
      }
    },
  },
  {
    id: "clear-voids-leases-of-neighbours",
    breaks: "CACHE-LEASE-23",
    why: "One application's clear throws away what every other is loading.",
    implementation: class extends ReferenceCache {
      protected override voidLeases(): void {
        this.store.leases.clear()
      }
    },
  },
  {
    id: "delete-voids-lease-of-neighbour",
    breaks: "CACHE-LEASE-23",
    why: "One application's delete throws away what another is loading under the same name.",
    implementation: class extends ReferenceCache {
      protected override voidLease(key: string): void {
        for (const stored of [...this.store.leases.keys()]) {
          if (stored.endsWith(`:${key}`)) this.store.leases.delete(stored)
        }
      }
    },
  },
  {
    id: "fill-compares-then-writes",
    breaks: "CACHE-LEASE-24",
    why: "A delete that meets a load is lost.",
    implementation: class extends ReferenceCache {
      override async fill(...[key, lease, value, ttl, tags = []]: Parameters<ReferenceCache["fill"]>) {
        this.checkFill(key, lease, value, ttl, tags)
        const encoded = this.copyIn(value)
        const holds = this.findLease(key)?.token === lease
        await Promise.resolve()
        if (holds) this.writeTagged(key, encoded, tags, ttl)
        return this.reply(holds)
      }
    },
  },
  {
    id: "clear-voids-last",
    breaks: "CACHE-LEASE-24",
    why: "What is filled while clear runs stays.",
    implementation: class extends KeepsLeases {
      override async clear(): Promise<void> {
        await this.keepingLeases(() => super.clear())
        this.voidLeases()
      }
    },
  },
  {
    id: "leases-dropped-when-many",
    breaks: "CACHE-LEASE-25",
    why: "Under load two callers hold a lease of one key, and both load.",
    implementation: class extends ReferenceCache {
      protected override giveLease(key: string, ttlMs: number): string {
        if (this.store.leases.size >= 1000) this.voidLeases()
        return super.giveLease(key, ttlMs)
      }
    },
  },
]

import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

/** Gives mutants a way to do something without ending leases. */
class KeepsLeases extends ReferenceCache {
  keepingLeases<T>(run: () => T): T {
    const leases = [...this.store.leases]
    const result = run()
    for (const [stored, lease] of leases) this.store.leases.set(stored, lease)
    return result
  }
}

export const leaseEndMutants = mutants({
  "CACHE-LEASE-16": {
    "set-leaves-lease": subclass(
      "An update during a load is overwritten by what was loaded before it.",
      class extends KeepsLeases {
        override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
          return this.keepingLeases(() => super.set(key, value, ttl))
        }
      },
      "layered-loader #414: a load that was running when a value was set wrote its stale result over it",
    ),
    "set-if-absent-leaves-lease": subclass(
      "A value that was stored during a load is overwritten by what was loaded.",
      class extends KeepsLeases {
        override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
          return this.keepingLeases(() => super.setIfAbsent(key, value, ttl))
        }
      },
    ),
    "increment-leaves-lease": subclass(
      "Counts during a load are lost.",
      class extends KeepsLeases {
        override async increment(key: string, by?: number, ttl?: number): Promise<number> {
          return this.keepingLeases(() => super.increment(key, by, ttl))
        }
      },
    ),
  },
  "CACHE-LEASE-17": {
    "delete-of-leased-is-true": seam.delete(
      "A delete reports a value that was never there.",
      async ({ next, self }, key) => {
        self.checkKey(key)
        const leased = self.findLease(key) !== undefined
        return (await next(key)) || leased
      },
    ),
    "delete-leaves-lease": subclass(
      "Deleted data comes back with the end of a load.",
      class extends KeepsLeases {
        override async delete(key: string): Promise<boolean> {
          return this.keepingLeases(() => super.delete(key))
        }
      },
      "FusionCache #625, guava #1881: a remove while the key was loading did not keep the stale value out",
    ),
    "voided-lease-blocks-key": seam.delete(
      "After a delete during a load nobody may load the key.",
      async ({ next, self }, key) => {
        self.checkKey(key)
        const lease = self.findLease(key)
        const removed = await next(key)
        if (lease !== undefined) self.store.leases.set(self.storedKey(key), { ...lease, token: "" })
        return removed
      },
    ),
    "token-from-the-clock": seam.newToken(
      "Two leases of one millisecond have one token, and the older one fills for the newer.",
      ({ self }) => `lease-${self.clock.now()}`,
      "redisson #7112: tokens made from clocks could be made again, and a delayed put matched a later lease",
    ),
  },
  "CACHE-LEASE-18": {
    "set-many-leaves-leases": subclass(
      "A batch is overwritten by what was loaded before it.",
      class extends KeepsLeases {
        override async setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
          return this.keepingLeases(() => super.setMany(entries, ttl))
        }
      },
    ),
    "delete-many-leaves-leases": subclass(
      "Data that a batch deleted comes back with the end of a load.",
      class extends KeepsLeases {
        override async deleteMany(keys: readonly string[]): Promise<number> {
          return this.keepingLeases(() => super.deleteMany(keys))
        }
      },
    ),
  },
  "CACHE-LEASE-19": {
    "clear-leaves-leases": subclass(
      "Right after a clear, old data is back.",
      class extends KeepsLeases {
        override async clear(): Promise<void> {
          return this.keepingLeases(() => super.clear())
        }
      },
      "caffeine #251: invalidateAll was without effect on an entry that was being reloaded",
    ),
    "clear-voids-own-leases": subclass(
      "What other processes are loading survives a clear.",
      class extends ReferenceCache {
        readonly #own = new Set<string>()
        override newToken(key: string): string {
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
    ),
  },
  "CACHE-LEASE-20": {
    "set-tagged-leaves-lease": subclass(
      "A tagged value is overwritten by what was loaded before it.",
      class extends KeepsLeases {
        override async setTagged(...args: Parameters<ReferenceCache["setTagged"]>): Promise<void> {
          return this.keepingLeases(() => super.setTagged(...args))
        }
      },
    ),
  },
  "CACHE-LEASE-21": {
    "unused-tag-voids-nothing": subclass(
      "The first value of a group is cached although it was invalidated while it was loading.",
      class extends KeepsLeases {
        override async invalidateTags(tags: readonly string[]): Promise<void> {
          this.checkOpen()
          this.checkTags(tags)
          const used = [...this.store.entries.values()].some((entry) => this.hasTag(entry, tags))
          return used ? super.invalidateTags(tags) : this.keepingLeases(() => super.invalidateTags(tags))
        }
      },
      "FusionCache #535: an invalidation by tag while the entry was loading was ignored",
    ),
  },
  "CACHE-LEASE-22": {
    "each-call-voids-the-lease": seam.checkKey("A look during a load throws away what is loaded.", (call, key) => {
      if (typeof key === "string") call.self.voidLease(key)
      call.next(key)
    }),
    "one-change-voids-all": seam.voidLease("In a busy cache no load is ever stored.", ({ self }) => {
      self.voidLeases()
    }),
    "batch-read-voids-leases": seam.getMany(
      "A list that is shown during a load throws it away.",
      async (call, keys) => {
        const found = await call.next(keys)
        for (const key of keys) call.self.voidLease(key)
        return found
      },
    ),
    "refused-batch-voids-leases": seam.setMany(
      "A bad value throws away what other callers are loading.",
      async ({ next, self }, entries, ttl) => {
        const list = self.listOf(entries)
        for (const [key] of list) if (typeof key === "string") self.voidLease(key)
        return next(list, ttl)
      },
    ),
    "delete-voids-all-leases": seam.delete("In a busy cache no load is ever stored.", async ({ next, self }, key) => {
      const removed = await next(key)
      self.voidLeases()
      return removed
    }),
    "refused-set-voids-lease": seam.set(
      "A bad value throws away what another caller is loading.",
      async ({ next, self }, key, value, ttl) => {
        self.checkKey(key)
        self.voidLease(key)
        return next(key, value, ttl)
      },
    ),
  },
  "CACHE-LEASE-23": {
    "invalidation-voids-leases-of-neighbours": seam.invalidateTags(
      "One application's invalidation throws away what every other is loading.",
      async ({ next, self }, tags) => {
        await next(tags)
        self.store.leases.clear()
      },
    ),
    "clear-voids-leases-of-neighbours": seam.voidLeases(
      "One application's clear throws away what every other is loading.",
      ({ self }) => {
        self.store.leases.clear()
      },
    ),
    "delete-voids-lease-of-neighbour": seam.voidLease(
      "One application's delete throws away what another is loading under the same name.",
      ({ self }, key) => {
        for (const stored of [...self.store.leases.keys()]) {
          if (stored.endsWith(`:${key}`)) self.store.leases.delete(stored)
        }
      },
    ),
  },
  "CACHE-LEASE-24": {
    "fill-compares-then-writes": subclass(
      "A delete that meets a load is lost.",
      class extends ReferenceCache {
        override async fill(...[key, lease, value, ttl, tags = []]: Parameters<ReferenceCache["fill"]>) {
          this.checkFill(key, lease, value, ttl, tags)
          const encoded = this.copyIn(value)
          const holds = this.findLease(key)?.token === lease
          await Promise.resolve()
          if (holds) this.writeTagged(key, encoded, tags, ttl)
          return this.reply(holds)
        }
      },
    ),
    "clear-voids-last": subclass(
      "What is filled while clear runs stays.",
      class extends KeepsLeases {
        override async clear(): Promise<void> {
          await this.keepingLeases(() => super.clear())
          this.voidLeases()
        }
      },
    ),
  },
  "CACHE-LEASE-25": {
    "leases-dropped-when-many": seam.giveLease(
      "Under load two callers hold a lease of one key, and both load.",
      ({ next, self }, key, ttlMs) => {
        if (self.store.leases.size >= 1000) self.voidLeases()
        return next(key, ttlMs)
      },
    ),
  },
})

import type { CacheCapabilities, CacheStats } from "../../contracts/cache/cache.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { Variant } from "../engine/mutant.ts"
import { subclass } from "../engine/seams.ts"
import { isPlainObject } from "../families/mutants/plain.ts"
import { faultOddities } from "./fault-oddities.ts"
import { seam } from "./mutant.ts"
import { ReferenceCache, referenceCapabilities } from "./reference/reference-cache.ts"
import type { CacheStore, ReferenceEntry } from "./reference/store.ts"
import { referenceWithout } from "./reference/without.ts"

class CacheRefusal extends ServiceError {}

/** What oddities keep in a store beside its entries: numbers of leases by key, and versions of tags by namespace. */
const leasesGiven = new WeakMap<CacheStore, Map<string, number>>()
const tagVersions = new WeakMap<CacheStore, Map<string, Map<string, number>>>()

export const cacheOddities: Readonly<Record<string, Variant<typeof ReferenceCache>>> = {
  "late-replies": seam.deliver(
    "A promise may settle in a later turn of the event loop, as it does over a network.",
    async (_, answer) => {
      await nextTurn()
      return answer
    },
  ),
  "replies-out-of-order": subclass(
    "Simultaneous calls need not settle in the order in which they were made.",
    class extends ReferenceCache {
      #calls = 0
      override async deliver<T>(answer: T): Promise<T> {
        if (++this.#calls % 2 === 0) await nextTurn()
        return answer
      }
    },
  ),
  "keys-in-reverse": seam.liveKeys("keys promises no order.", ({ next }) => next().reverse()),
  "one-key-per-turn": subclass(
    "A walk may fetch each key by itself.",
    class extends ReferenceCache {
      override async *keys(options: { prefix?: string | undefined } = {}) {
        for await (const key of super.keys(options)) {
          await nextTurn()
          yield key
        }
      }
    },
  ),
  "whole-seconds": subclass(
    "A ttl may act in steps that are declared; it is rounded up to them.",
    class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, ttlResolutionMs: 1000 }
      override expiresAt(ttl?: number): number {
        return super.expiresAt(ttl === undefined ? ttl : Math.ceil(ttl))
      }
    },
  ),
  "expired-entries-swept": seam.checkOpen(
    "When the memory of an expired entry is freed is left open.",
    ({ next, self }) => {
      next()
      for (const [stored, entry] of self.store.entries) if (!self.isLive(entry)) self.store.entries.delete(stored)
    },
  ),
  "frozen-results": subclass(
    "A copy that cannot be changed is as good as one whose changes nobody sees.",
    class extends ReferenceCache {
      override copyOut(value: unknown): unknown {
        return freezeDeep(super.copyOut(value))
      }
      override async stats(): Promise<CacheStats> {
        return Object.freeze(await super.stats())
      }
    },
  ),
  "objects-without-prototype": seam.copyOut("Plain objects may come back without a prototype.", ({ next }, value) =>
    withoutPrototype(next(value)),
  ),
  "error-of-a-subclass": seam.refuse(
    "A subclass of ServiceError is one, with details of its own.",
    (_, code, message) => {
      throw new CacheRefusal(code, message, { operation: "any", details: { reason: "refused" } })
    },
  ),
  "batch-in-another-order": seam.getMany(
    "The Map of getMany promises no order.",
    async ({ next }, keys) => new Map([...(await next(keys))].reverse()),
  ),
  "memory-in-statistics": seam.stats("memoryUsage is optional, and may be there.", async ({ next, self }) => ({
    ...(await next()),
    memoryUsage: self.store.entries.size * 64,
  })),
  "talkative-health": seam.healthCheck(
    "Health may have a message, details and a latency in fractions.",
    async ({ next }) => {
      await nextTurn()
      const { status } = await next()
      return { status, latency: 0.25, message: `The store is ${status}.`, details: { replicas: 2, leader: null } }
    },
  ),
  "many-metrics": seam.getMetrics(
    "Metrics are free to choose, also negative and fractional ones.",
    async ({ next }) => ({ ...(await next()), "load.average": 0.5, drift: -3 }),
  ),
  "small-limits": subclass(
    "An adapter may declare lower limits for keys and values.",
    class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = {
        ...referenceCapabilities,
        maxKeyBytes: 64,
        maxValueBytes: 4096,
      }
    },
  ),
  "limit-of-packed-values": seam.checkSize(
    "maxValueBytes counts what is stored, and an adapter may pack it.",
    ({ next }, value) => {
      next(typeof value === "string" ? value.replaceAll(/(.)\1{3,}/gs, "$1$1") : value)
    },
  ),
  "base-methods-only": subclass(
    "The optional interfaces may be left out, by methods that reject UNSUPPORTED.",
    class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = {
        ...referenceCapabilities,
        batch: false,
        atomic: false,
        tags: false,
        scan: false,
      }
      override async getMany(): Promise<never> {
        return this.#unsupported()
      }
      override async setMany(): Promise<void> {
        this.#unsupported()
      }
      override async deleteMany(): Promise<number> {
        return this.#unsupported()
      }
      override async setIfAbsent(): Promise<boolean> {
        return this.#unsupported()
      }
      override async increment(): Promise<number> {
        return this.#unsupported()
      }
      override async take(): Promise<never> {
        return this.#unsupported()
      }
      override async touch(): Promise<boolean> {
        return this.#unsupported()
      }
      override async ttl(): Promise<number> {
        return this.#unsupported()
      }
      override async lease(): Promise<string> {
        return this.#unsupported()
      }
      override async fill(): Promise<boolean> {
        return this.#unsupported()
      }
      override async setTagged(): Promise<void> {
        this.#unsupported()
      }
      override async invalidateTags(): Promise<void> {
        this.#unsupported()
      }
      override async *keys(): AsyncGenerator<string, void, undefined> {
        yield this.#unsupported()
      }
      #unsupported(): never {
        this.checkOpen()
        this.refuse("UNSUPPORTED", "This cache has the base methods only.")
      }
    },
  ),
  "whole-seconds-left": subclass(
    "ttl may answer, and a lease may end, in the steps that are declared.",
    class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, ttlResolutionMs: 1000 }
      override secondsLeft(entry: ReferenceEntry): number {
        return Math.ceil(super.secondsLeft(entry))
      }
      override giveLease(key: string, ttlMs: number): string {
        return super.giveLease(key, Math.ceil(ttlMs / 1000) * 1000)
      }
    },
  ),
  "tokens-of-any-form": seam.newToken("A token is a string, and nobody but the cache reads it.", ({ next }, key) =>
    JSON.stringify({ lease: next(key), note: "*%00\u0000 \ud83c\udf9f ".repeat(20) }),
  ),
  "tokens-numbered-by-key": seam.newToken("Leases of different keys may have the same token.", ({ self }, key) => {
    const given = leasesGiven.get(self.store) ?? new Map<string, number>()
    leasesGiven.set(self.store, given)
    const number = (given.get(self.storedKey(key)) ?? 0) + 1
    given.set(self.storedKey(key), number)
    return `${number}`
  }),
  "counts-answer-late": seam.increment(
    "The sums of simultaneous increments need not arrive in their order.",
    async ({ next }, key, by, ttl) => {
      const sum = await next(key, by, ttl)
      for (let turn = sum % 4; turn > 0; turn--) await nextTurn()
      return sum
    },
  ),
  "tags-removed-one-by-one": seam.invalidateTags(
    "An invalidation may take many steps, and in any order, once it has voided the leases.",
    async ({ self }, tags) => {
      self.checkOpen()
      self.checkTags(tags)
      if (tags.length === 0) return
      const wanted = [...tags]
      self.voidLeases()
      for (const [step, stored] of self.storedKeys().reverse().entries()) {
        if (step % 100 === 0) await nextTurn()
        const entry = self.store.entries.get(stored)
        if (entry !== undefined && self.hasTag(entry, wanted)) self.store.entries.delete(stored)
      }
      return self.reply(undefined)
    },
  ),
  "tags-by-version": subclass(
    "Invalidated entries may stay in the store, as long as no method shows them.",
    class extends ReferenceCache {
      override writeTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): void {
        super.writeTagged(
          key,
          value,
          tags.map((tag) => JSON.stringify([tag, this.#versions().get(tag) ?? 0])),
          ttl,
        )
      }
      override removeTagged(tags: readonly string[]): void {
        for (const tag of new Set(tags)) this.#versions().set(tag, (this.#versions().get(tag) ?? 0) + 1)
      }
      override isLive(entry: ReferenceEntry | undefined): entry is ReferenceEntry {
        if (!super.isLive(entry)) return false
        const stamps = entry.tags.map((stamp) => JSON.parse(stamp) as [string, number])
        return stamps.every(([tag, version]) => (this.#versions().get(tag) ?? 0) === version)
      }
      #versions(): Map<string, number> {
        const caches = tagVersions.get(this.store) ?? new Map<string, Map<string, number>>()
        const versions = caches.get(this.namespace) ?? new Map<string, number>()
        tagVersions.set(this.store, caches.set(this.namespace, versions))
        return versions
      }
    },
  ),
  "atomic-left-out": subclass("Tags need no atomic methods.", referenceWithout("atomic")),
  "tags-left-out": subclass("The atomic methods need no tags.", referenceWithout("tags")),
  "not-shared": subclass(
    "A cache of one process need not be shared.",
    class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, shared: false }
    },
  ),
  ...faultOddities,
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => (globalThis.setImmediate ?? globalThis.setTimeout)(resolve))
}

/** Bytes, Date, Map and Set stay as they are: freezing does not keep their content. */
function freezeDeep(value: unknown): unknown {
  if (!Array.isArray(value) && !isPlainObject(value)) return value
  for (const member of Object.values(value)) freezeDeep(member)
  return Object.freeze(value)
}

function withoutPrototype(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototype)
  if (!isPlainObject(value)) return value
  const copy = Object.create(null) as object
  for (const [name, member] of Object.entries(value)) {
    Object.defineProperty(copy, name, { value: withoutPrototype(member), enumerable: true, writable: true })
  }
  return copy
}

import type { CacheCapabilities, CacheStats } from "../../contracts/cache/cache.ts"
import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../contracts/foundation/health.ts"
import { faultOddities } from "./fault-oddities.ts"
import { ReferenceCache, referenceCapabilities } from "./reference/reference-cache.ts"
import type { ReferenceEntry, ReferenceStore } from "./reference/store.ts"
import { referenceWithout } from "./reference/without.ts"

/** An implementation that keeps the contract in an unusual way. A harness that fails it asks for too much. */
export interface Oddity<Implementation> {
  readonly id: string
  /** What the contract leaves open. */
  readonly why: string
  readonly implementation: Implementation
}

class CacheRefusal extends ServiceError {}

/** What oddities keep in a store beside its entries: numbers of leases by key, and versions of tags by namespace. */
const leasesGiven = new WeakMap<ReferenceStore, Map<string, number>>()
const tagVersions = new WeakMap<ReferenceStore, Map<string, Map<string, number>>>()

export const cacheOddities: readonly Oddity<typeof ReferenceCache>[] = Object.freeze([
  {
    id: "late-replies",
    why: "A promise may settle in a later turn of the event loop, as it does over a network.",
    implementation: class extends ReferenceCache {
      protected override async deliver<T>(answer: T): Promise<T> {
        await nextTurn()
        return answer
      }
    },
  },
  {
    id: "replies-out-of-order",
    why: "Simultaneous calls need not settle in the order in which they were made.",
    implementation: class extends ReferenceCache {
      #calls = 0
      protected override async deliver<T>(answer: T): Promise<T> {
        if (++this.#calls % 2 === 0) await nextTurn()
        return answer
      }
    },
  },
  {
    id: "keys-in-reverse",
    why: "keys promises no order.",
    implementation: class extends ReferenceCache {
      protected override liveKeys(): string[] {
        return super.liveKeys().reverse()
      }
    },
  },
  {
    id: "one-key-per-turn",
    why: "A walk may fetch each key by itself.",
    implementation: class extends ReferenceCache {
      override async *keys(options: { prefix?: string | undefined } = {}) {
        for await (const key of super.keys(options)) {
          await nextTurn()
          yield key
        }
      }
    },
  },
  {
    id: "whole-seconds",
    why: "A ttl may act in steps that are declared; it is rounded up to them.",
    implementation: class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, ttlResolutionMs: 1000 }
      protected override expiresAt(ttl?: number): number {
        return super.expiresAt(ttl === undefined ? ttl : Math.ceil(ttl))
      }
    },
  },
  {
    id: "expired-entries-swept",
    why: "When the memory of an expired entry is freed is left open.",
    implementation: class extends ReferenceCache {
      protected override checkOpen(): void {
        super.checkOpen()
        for (const [stored, entry] of this.store.entries) if (!this.isLive(entry)) this.store.entries.delete(stored)
      }
    },
  },
  {
    id: "frozen-results",
    why: "A copy that cannot be changed is as good as one whose changes nobody sees.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return freezeDeep(super.copyOut(value))
      }
      override async stats(): Promise<CacheStats> {
        return Object.freeze(await super.stats())
      }
    },
  },
  {
    id: "objects-without-prototype",
    why: "Plain objects may come back without a prototype.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        return withoutPrototype(super.copyOut(value))
      }
    },
  },
  {
    id: "error-of-a-subclass",
    why: "A subclass of ServiceError is one, with details of its own.",
    implementation: class extends ReferenceCache {
      protected override refuse(code: ErrorCode, message: string): never {
        throw new CacheRefusal(code, message, { operation: "any", details: { reason: "refused" } })
      }
    },
  },
  {
    id: "batch-in-another-order",
    why: "The Map of getMany promises no order.",
    implementation: class extends ReferenceCache {
      override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        return new Map([...(await super.getMany<T>(keys))].reverse())
      }
    },
  },
  {
    id: "memory-in-statistics",
    why: "memoryUsage is optional, and may be there.",
    implementation: class extends ReferenceCache {
      override async stats(): Promise<CacheStats> {
        return { ...(await super.stats()), memoryUsage: this.store.entries.size * 64 }
      }
    },
  },
  {
    id: "talkative-health",
    why: "Health may have a message, details and a latency in fractions.",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        await nextTurn()
        const { status } = await super.healthCheck()
        return { status, latency: 0.25, message: `The store is ${status}.`, details: { replicas: 2, leader: null } }
      }
    },
  },
  {
    id: "many-metrics",
    why: "Metrics are free to choose, also negative and fractional ones.",
    implementation: class extends ReferenceCache {
      override async getMetrics(): Promise<Record<string, number>> {
        return { ...(await super.getMetrics()), "load.average": 0.5, drift: -3 }
      }
    },
  },
  {
    id: "small-limits",
    why: "An adapter may declare lower limits for keys and values.",
    implementation: class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = {
        ...referenceCapabilities,
        maxKeyBytes: 64,
        maxValueBytes: 4096,
      }
    },
  },
  {
    id: "limit-of-packed-values",
    why: "maxValueBytes counts what is stored, and an adapter may pack it.",
    implementation: class extends ReferenceCache {
      protected override checkSize(value: unknown): void {
        super.checkSize(typeof value === "string" ? value.replaceAll(/(.)\1{3,}/gs, "$1$1") : value)
      }
    },
  },
  {
    id: "base-methods-only",
    why: "The optional interfaces may be left out, by methods that reject UNSUPPORTED.",
    implementation: class extends ReferenceCache {
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
  },
  {
    id: "whole-seconds-left",
    why: "ttl may answer, and a lease may end, in the steps that are declared.",
    implementation: class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, ttlResolutionMs: 1000 }
      protected override secondsLeft(entry: ReferenceEntry): number {
        return Math.ceil(super.secondsLeft(entry))
      }
      protected override giveLease(key: string, ttlMs: number): string {
        return super.giveLease(key, Math.ceil(ttlMs / 1000) * 1000)
      }
    },
  },
  {
    id: "tokens-of-any-form",
    why: "A token is a string, and nobody but the cache reads it.",
    implementation: class extends ReferenceCache {
      protected override newToken(key: string): string {
        return JSON.stringify({ lease: super.newToken(key), note: "*%00\u0000 \ud83c\udf9f ".repeat(20) })
      }
    },
  },
  {
    id: "tokens-numbered-by-key",
    why: "Leases of different keys may have the same token.",
    implementation: class extends ReferenceCache {
      protected override newToken(key: string): string {
        const given = leasesGiven.get(this.store) ?? new Map<string, number>()
        leasesGiven.set(this.store, given)
        const number = (given.get(this.storedKey(key)) ?? 0) + 1
        given.set(this.storedKey(key), number)
        return `${number}`
      }
    },
  },
  {
    id: "counts-answer-late",
    why: "The sums of simultaneous increments need not arrive in their order.",
    implementation: class extends ReferenceCache {
      override async increment(key: string, by?: number, ttl?: number): Promise<number> {
        const sum = await super.increment(key, by, ttl)
        for (let turn = sum % 4; turn > 0; turn--) await nextTurn()
        return sum
      }
    },
  },
  {
    id: "tags-removed-one-by-one",
    why: "An invalidation may take many steps, and in any order, once it has voided the leases.",
    implementation: class extends ReferenceCache {
      override async invalidateTags(tags: readonly string[]): Promise<void> {
        this.checkOpen()
        this.checkTags(tags)
        if (tags.length === 0) return
        const wanted = [...tags]
        this.voidLeases()
        for (const [step, stored] of this.storedKeys().reverse().entries()) {
          if (step % 100 === 0) await nextTurn()
          const entry = this.store.entries.get(stored)
          if (entry !== undefined && this.hasTag(entry, wanted)) this.store.entries.delete(stored)
        }
        return this.reply(undefined)
      }
    },
  },
  {
    id: "tags-by-version",
    why: "Invalidated entries may stay in the store, as long as no method shows them.",
    implementation: class extends ReferenceCache {
      protected override writeTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): void {
        super.writeTagged(
          key,
          value,
          tags.map((tag) => JSON.stringify([tag, this.#versions().get(tag) ?? 0])),
          ttl,
        )
      }
      protected override removeTagged(tags: readonly string[]): void {
        for (const tag of new Set(tags)) this.#versions().set(tag, (this.#versions().get(tag) ?? 0) + 1)
      }
      protected override isLive(entry: ReferenceEntry | undefined): entry is ReferenceEntry {
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
  },
  {
    id: "atomic-left-out",
    why: "Tags need no atomic methods.",
    implementation: referenceWithout("atomic"),
  },
  {
    id: "tags-left-out",
    why: "The atomic methods need no tags.",
    implementation: referenceWithout("tags"),
  },
  {
    id: "not-shared",
    why: "A cache of one process need not be shared.",
    implementation: class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, shared: false }
    },
  },
  ...faultOddities,
])

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

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

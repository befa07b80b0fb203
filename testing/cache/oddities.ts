import type { CacheCapabilities, CacheStats } from "../../contracts/cache.ts"
import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../contracts/foundation/health.ts"
import { faultOddities } from "./fault-oddities.ts"
import { ReferenceCache, referenceCapabilities } from "./reference-cache.ts"

/** An implementation that keeps the contract in an unusual way. A harness that fails it asks for too much. */
export interface Oddity<Implementation> {
  readonly id: string
  /** What the contract leaves open. */
  readonly why: string
  readonly implementation: Implementation
}

class CacheRefusal extends ServiceError {}

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
      override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, batch: false, scan: false }
      override async getMany(): Promise<never> {
        return this.#unsupported()
      }
      override async setMany(): Promise<void> {
        this.#unsupported()
      }
      override async deleteMany(): Promise<number> {
        return this.#unsupported()
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

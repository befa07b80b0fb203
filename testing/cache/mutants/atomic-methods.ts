import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

export const atomicMethodMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "set-if-absent-of-undefined-is-null",
    breaks: "CACHE-ATOMIC-26",
    why: "A missing variable is stored as a value.",
    implementation: class extends ReferenceCache {
      override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
        return super.setIfAbsent(key, value ?? null, ttl)
      }
    },
  },
  {
    id: "increment-with-zero-ttl-lasts",
    breaks: "CACHE-ATOMIC-26",
    why: "A window that was computed to be empty never ends.",
    implementation: class extends ReferenceCache {
      override async increment(key: string, by?: number, ttl?: number): Promise<number> {
        return super.increment(key, by, ttl || undefined)
      }
    },
  },
  {
    id: "set-if-absent-has-no-limit",
    breaks: "CACHE-ATOMIC-26",
    why: "Values over the limit get in by another door.",
    implementation: class extends ReferenceCache {
      #unlimited = false
      protected override checkSize(value: unknown): void {
        if (!this.#unlimited) super.checkSize(value)
      }
      override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
        this.#unlimited = true
        const stored = super.setIfAbsent(key, value, ttl)
        this.#unlimited = false
        return stored
      }
    },
  },
  {
    id: "set-if-absent-keeps-reference",
    breaks: "CACHE-ATOMIC-27",
    why: "A caller that goes on using its object changes what others read.",
    implementation: class extends ReferenceCache {
      override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
        const stored = await super.setIfAbsent(key, value, ttl)
        if (stored) this.amend(key, { value })
        return stored
      }
    },
  },
  {
    id: "fill-keeps-reference",
    breaks: "CACHE-ATOMIC-27",
    why: "A caller that changes what it loaded changes what others read.",
    implementation: class extends ReferenceCache {
      #filling = false
      protected override copyIn(value: unknown): unknown {
        return this.#filling ? value : super.copyIn(value)
      }
      override async fill(...args: Parameters<ReferenceCache["fill"]>): Promise<boolean> {
        this.#filling = true
        const stored = super.fill(...args)
        this.#filling = false
        return stored
      }
    },
  },
  {
    id: "take-is-counted",
    breaks: "CACHE-ATOMIC-28",
    why: "One-time codes drown the hit ratio.",
    implementation: class extends ReferenceCache {
      override async take<T = unknown>(key: string): Promise<T | undefined> {
        this.count(this.find(key))
        return super.take<T>(key)
      }
    },
  },
  {
    id: "set-if-absent-counts-a-miss",
    breaks: "CACHE-ATOMIC-28",
    why: "Locks spoil the hit ratio.",
    implementation: class extends ReferenceCache {
      override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
        this.count(this.find(key))
        return super.setIfAbsent(key, value, ttl)
      }
    },
  },
  {
    id: "misses-remembered",
    breaks: "CACHE-ATOMIC-29",
    why: "A process that has seen a miss overwrites what another stored since.",
    source: "laravel #61556: add of a memoized store believed a miss that it remembered, and overwrote the value",
    implementation: class extends ReferenceCache {
      readonly #missed = new Set<string>()
      protected override read(key: string): unknown {
        const value = super.read(key)
        if (value === undefined) this.#missed.add(key)
        return value
      }
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, ttl)
        this.#missed.delete(key)
      }
      override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
        this.checkOpen()
        if (this.#missed.has(key)) this.remove(key)
        return super.setIfAbsent(key, value, ttl)
      }
    },
  },
]

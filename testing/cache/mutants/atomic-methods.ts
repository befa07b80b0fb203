import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceEntry } from "../reference/store.ts"

/** Answers from what it has found before where the store has nothing any more. */
export class NearCopies extends ReferenceCache {
  readonly #near = new Map<string, ReferenceEntry>()
  override find(key: string): ReferenceEntry | undefined {
    const entry = super.find(key)
    if (entry === undefined) return this.#near.get(key)
    this.#near.set(key, entry)
    return entry
  }
}

export const atomicMethodMutants = mutants({
  "CACHE-ATOMIC-26": {
    "touch-with-zero-ttl-lasts": seam.touch(
      "A session that was to end never does.",
      async ({ next }, key, ttl) => next(key, ttl === 0 ? Number.POSITIVE_INFINITY : ttl),
      "laravel #60878: touch made a zero of a ttl that was over, which some stores take for no end",
    ),
    "take-of-no-key-is-a-miss": seam.take("A missing variable goes unnoticed.", async ({ next, self }, key) =>
      key === "" && !self.closed ? undefined : next(key),
    ),
    "touch-of-no-key-is-no": seam.touch("A missing variable looks like an ended session.", async (call, key, ttl) =>
      key === "" && !call.self.closed ? false : call.next(key, ttl),
    ),
    "ttl-of-no-key-is-a-miss": seam.ttl("A missing variable looks like an absent key.", async ({ next, self }, key) =>
      key === "" && !self.closed ? undefined : next(key),
    ),
    "lease-of-no-key-is-none": seam.lease(
      "Whoever waits for another to load a key that is none waits for ever.",
      async ({ next, self }, key, ttlMs) => (key === "" && !self.closed ? undefined : next(key, ttlMs)),
    ),
    "fill-of-no-key-is-late": seam.fill("A bug looks like a lease that was lost.", async (call, key, ...rest) =>
      key === "" && !call.self.closed ? false : call.next(key, ...rest),
    ),
    "set-if-absent-of-undefined-is-null": seam.setIfAbsent(
      "A missing variable is stored as a value.",
      async ({ next }, key, value, ttl) => next(key, value ?? null, ttl),
    ),
    "increment-with-zero-ttl-lasts": seam.increment(
      "A window that was computed to be empty never ends.",
      async ({ next }, key, by, ttl) => next(key, by, ttl || undefined),
    ),
    "set-if-absent-has-no-limit": subclass(
      "Values over the limit get in by another door.",
      class extends ReferenceCache {
        #unlimited = false
        override checkSize(value: unknown): void {
          if (!this.#unlimited) super.checkSize(value)
        }
        override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
          this.#unlimited = true
          const stored = super.setIfAbsent(key, value, ttl)
          this.#unlimited = false
          return stored
        }
      },
    ),
  },
  "CACHE-ATOMIC-27": {
    "set-if-absent-keeps-reference": seam.setIfAbsent(
      "A caller that goes on using its object changes what others read.",
      async ({ next, self }, key, value, ttl) => {
        const stored = await next(key, value, ttl)
        if (stored) self.amend(key, { value })
        return stored
      },
    ),
    "fill-keeps-reference": subclass(
      "A caller that changes what it loaded changes what others read.",
      class extends ReferenceCache {
        #filling = false
        override copyIn(value: unknown): unknown {
          return this.#filling ? value : super.copyIn(value)
        }
        override async fill(...args: Parameters<ReferenceCache["fill"]>): Promise<boolean> {
          this.#filling = true
          const stored = super.fill(...args)
          this.#filling = false
          return stored
        }
      },
    ),
  },
  "CACHE-ATOMIC-28": {
    "each-look-counted": seam.find("Locks, counters and leases drown the hit ratio.", ({ next, self }, key) => {
      const entry = next(key)
      self.count(entry)
      return entry
    }),
    "fill-counts-a-miss": seam.fill("Each load counts as a second miss.", async ({ next, self }, ...args) => {
      const stored = await next(...args)
      self.misses++
      return stored
    }),
    "take-is-counted": seam.take(
      "One-time codes drown the hit ratio.",
      async ({ next, self }, key) => {
        self.count(self.find(key))
        return next(key)
      },
      "node-cache: take is a get and a del, and counts as a get does",
    ),
    "set-if-absent-counts-a-miss": seam.setIfAbsent(
      "Locks spoil the hit ratio.",
      async ({ next, self }, key, value, ttl) => {
        self.count(self.find(key))
        return next(key, value, ttl)
      },
    ),
  },
  "CACHE-ATOMIC-29": {
    "finds-remembered": subclass("What another process took is given once more.", class extends NearCopies {}),
    "misses-remembered": subclass(
      "A process that has seen a miss overwrites what another stored since.",
      class extends ReferenceCache {
        readonly #missed = new Set<string>()
        override read(key: string): unknown {
          const value = super.read(key)
          if (value === undefined) this.#missed.add(key)
          return value
        }
        override write(key: string, value: unknown, ttl: number | undefined): void {
          super.write(key, value, ttl)
          this.#missed.delete(key)
        }
        override async setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean> {
          this.checkOpen()
          if (this.#missed.has(key)) this.remove(key)
          return super.setIfAbsent(key, value, ttl)
        }
      },
      "laravel #61556: add of a memoized store believed a miss that it remembered, and overwrote the value",
    ),
  },
})

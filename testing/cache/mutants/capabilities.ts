import type { CacheCapabilities } from "../../../contracts/cache/cache.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants } from "../mutant.ts"
import { ReferenceCache, referenceCapabilities } from "../reference/reference-cache.ts"
import { referenceWithout } from "../reference/without.ts"

export const cacheCapabilityMutants = mutants({
  "CACHE-CAP-01": {
    "undeclared-batch-not-implemented": subclass(
      "Callers cannot tell a missing method from a fault.",
      class extends ReferenceCache {
        override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, batch: false }
        override async getMany(): Promise<never> {
          throw new Error("getMany is not yet implemented")
        }
        override async setMany(): Promise<void> {
          throw new Error("setMany is not yet implemented")
        }
        override async deleteMany(): Promise<number> {
          throw new Error("deleteMany is not yet implemented")
        }
      },
      "@objectstack/service-cache 17.4: methods of its Redis adapter reject a plain error, not yet implemented",
    ),
    "undeclared-batch-writes-first": subclass(
      "A refused batch has stored its entries.",
      class extends ReferenceCache {
        override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, batch: false }
        override async getMany(): Promise<never> {
          this.checkOpen()
          return this.refuse("UNSUPPORTED", "This cache has no batches.")
        }
        override async setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void> {
          await super.setMany(entries, ttl)
          this.refuse("UNSUPPORTED", "This cache has no batches.")
        }
        override async deleteMany(): Promise<number> {
          this.checkOpen()
          return this.refuse("UNSUPPORTED", "This cache has no batches.")
        }
      },
    ),
  },
  "CACHE-CAP-02": {
    "undeclared-increment-races": subclass(
      "Two clients that count at one time lose a count.",
      class extends referenceWithout("atomic") {
        override async increment(key: string, by = 1): Promise<number> {
          const next = ((await this.get<number>(key)) ?? 0) + by
          await this.set(key, next)
          return next
        }
      },
    ),
  },
  "CACHE-CAP-03": {
    "undeclared-tags-dropped": subclass(
      "Entries are stored without the tags that were to invalidate them.",
      class extends referenceWithout("tags") {
        override async setTagged(key: string, value: unknown, _tags: readonly string[], ttl?: number): Promise<void> {
          return this.set(key, value, ttl)
        }
      },
    ),
  },
  "CACHE-CAP-04": {
    "undeclared-scan-is-empty": subclass(
      "A walk ends at once, as if nothing were stored.",
      class extends ReferenceCache {
        override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, scan: false }
        override async *keys() {
          await this.openWalk("")
          yield* []
        }
      },
    ),
  },
  "CACHE-CAP-05": {
    "eviction-of-its-own": subclass(
      "A choice over the declared words falls through.",
      class extends ReferenceCache {
        override readonly capabilities = { ...referenceCapabilities, eviction: "arc" as "lru" }
      },
    ),
  },
})

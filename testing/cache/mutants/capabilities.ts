import type { CacheCapabilities } from "../../../contracts/cache/cache.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache, referenceCapabilities } from "../reference/reference-cache.ts"
import { referenceWithout } from "../reference/without.ts"

export const capabilityMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "undeclared-batch-not-implemented",
    breaks: "CACHE-CAP-01",
    why: "Callers cannot tell a missing method from a fault.",
    source: "@objectstack/service-cache 17.4: methods of its Redis adapter reject a plain error, not yet implemented",
    implementation: class extends ReferenceCache {
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
  },
  {
    id: "undeclared-batch-writes-first",
    breaks: "CACHE-CAP-01",
    why: "A refused batch has stored its entries.",
    implementation: class extends ReferenceCache {
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
  },
  {
    id: "undeclared-increment-races",
    breaks: "CACHE-CAP-02",
    why: "Two clients that count at one time lose a count.",
    implementation: class extends referenceWithout("atomic") {
      override async increment(key: string, by = 1): Promise<number> {
        const next = ((await this.get<number>(key)) ?? 0) + by
        await this.set(key, next)
        return next
      }
    },
  },
  {
    id: "undeclared-tags-dropped",
    breaks: "CACHE-CAP-03",
    why: "Entries are stored without the tags that were to invalidate them.",
    implementation: class extends referenceWithout("tags") {
      override async setTagged(key: string, value: unknown, _tags: readonly string[], ttl?: number): Promise<void> {
        return this.set(key, value, ttl)
      }
    },
  },
  {
    id: "undeclared-scan-is-empty",
    breaks: "CACHE-CAP-04",
    why: "A walk ends at once, as if nothing were stored.",
    implementation: class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, scan: false }
      override async *keys() {
        await this.openWalk("")
        yield* []
      }
    },
  },
  {
    id: "limit-declared-as-text",
    breaks: "CACHE-CAP-05",
    why: "A feature that computes with the limit gets NaN or joined text.",
    implementation: class extends ReferenceCache {
      override readonly capabilities = {
        ...referenceCapabilities,
        maxStalenessMs: "0" as unknown as number,
      }
    },
  },
  {
    id: "eviction-of-its-own",
    breaks: "CACHE-CAP-05",
    why: "A choice over the declared words falls through.",
    implementation: class extends ReferenceCache {
      override readonly capabilities = { ...referenceCapabilities, eviction: "arc" as "lru" }
    },
  },
  {
    id: "limit-with-a-fraction",
    breaks: "CACHE-CAP-05",
    why: "A limit that was computed is no whole number of bytes.",
    implementation: class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, maxValueBytes: 1_048_576.5 }
    },
  },
  {
    id: "durable-until-first-read",
    breaks: "CACHE-CAP-06",
    why: "Whoever asked early goes on relying on what is not true any more.",
    implementation: class extends ReferenceCache {
      protected override read(key: string): unknown {
        Object.assign(this.capabilities, { durable: false })
        return super.read(key)
      }
    },
  },
]

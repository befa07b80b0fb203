import { subclass } from "../../engine/seams.ts"
import { mutants } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

export const isolationMutants = mutants({
  "CACHE-ISO-04": {
    "joined-reads-share-a-copy": subclass(
      "One of two requests that read at once sees what the other does to its result.",
      class extends ReferenceCache {
        readonly #latest = new Map<string, unknown>()
        override async get<T = unknown>(key: string): Promise<T | undefined> {
          const value = await super.get<T>(key)
          if (this.#latest.has(key)) return this.#latest.get(key) as T | undefined
          this.#latest.set(key, value)
          await Promise.resolve()
          this.#latest.delete(key)
          return value
        }
      },
      "dataloader, p-memoize: callers that join get one promise, and so one object",
    ),
    "batch-decodes-once": subclass(
      "Two batches give the same object for an entry that did not change between them.",
      class extends ReferenceCache {
        readonly #decoded = new WeakMap<object, unknown>()
        override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
          const found = await super.getMany<T>(keys)
          for (const [key, copy] of found) {
            const entry = this.find(key)
            if (entry === undefined) continue
            if (!this.#decoded.has(entry)) this.#decoded.set(entry, copy)
            found.set(key, this.#decoded.get(entry) as T)
          }
          return found
        }
      },
    ),
  },
})

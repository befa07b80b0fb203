import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

/** Faults between calls under way and between clients. */
export const cacheClientMutants = mutants({
  "CACHE-RW-08": {
    "lists-written-member-by-member": seam.set(
      "Two requests that store a list at once leave one list with the members of both.",
      async ({ next, self }, key, value, ttl) => {
        if (self.closed || !Array.isArray(value)) return next(key, value, ttl)
        self.checkKey(key)
        self.checkValue(value)
        const [first, ...rest] = structuredClone(value) as unknown[]
        await next(key, value.length === 0 ? [] : [first], ttl)
        for (const member of rest) {
          await Promise.resolve()
          const list = self.find(key)?.value
          if (Array.isArray(list)) list.push(member)
        }
      },
    ),
  },
  "CACHE-RW-09": {
    "has-remembers-yes": subclass(
      "What another process deleted seems to be there until this one restarts.",
      class extends ReferenceCache {
        readonly #seen = new Set<string>()
        override remove(key: string): boolean {
          this.#seen.delete(key)
          return super.remove(key)
        }
        override async has(key: string): Promise<boolean> {
          if (await super.has(key)) this.#seen.add(key)
          return this.#seen.has(key)
        }
      },
    ),
    "deletes-remembered": subclass(
      "A key that this process deleted stays deleted for it, whoever stores it anew.",
      class extends ReferenceCache {
        readonly #deleted = new Set<string>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
          this.#deleted.delete(key)
          super.write(key, value, ttl)
        }
        override async delete(key: string): Promise<boolean> {
          const deleted = await super.delete(key)
          if (deleted) this.#deleted.add(key)
          return deleted
        }
        override async get<T = unknown>(key: string): Promise<T | undefined> {
          const value = await super.get<T>(key)
          return this.#deleted.has(key) ? undefined : value
        }
      },
    ),
  },
})

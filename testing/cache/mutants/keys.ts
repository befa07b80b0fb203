import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceEntry } from "../reference/store.ts"

export const keyMutants = mutants({
  "CACHE-KEY-05": {
    "has-takes-patterns": seam.has("A key of user input with a star looks present.", async ({ next, self }, key) => {
      if (typeof key !== "string" || !key.includes("*")) return next(key)
      self.checkOpen()
      const parts = key.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
      const pattern = new RegExp(`^${parts.join("[^]*")}$`)
      return self.liveKeys().some((other) => pattern.test(other))
    }),
  },
  "CACHE-KEY-07": {
    "index-has-prototype": seam.has(
      "Keys such as toString look present in an empty cache.",
      async ({ next }, key) => {
        const live = await next(key)
        const index = Object.fromEntries(live ? [[key, true]] : [])
        return key in index
      },
      "ptarjan/node-cache #38, tiny-lru #25: toString was found in an empty cache, since the store was an object",
    ),
    "marks-on-plain-object": subclass(
      "A key called __proto__ cannot be stored.",
      class extends ReferenceCache {
        readonly #deleted: Record<string, boolean> = {}
        override find(key: string): ReferenceEntry | undefined {
          return this.#deleted[key] ? undefined : super.find(key)
        }
        override write(key: string, value: unknown, ttl: number | undefined): void {
          this.#deleted[key] = false
          super.write(key, value, ttl)
        }
        override remove(key: string): boolean {
          const removed = super.remove(key)
          this.#deleted[key] = true
          return removed
        }
      },
      "async-cache #29: the key __proto__ failed, since keys were used as names of object members",
    ),
    "many-collects-in-object": seam.getMany(
      "A key called __proto__ is lost in a batch, or changes what its result inherits.",
      async ({ next }, keys) => {
        const found: Record<string, unknown> = {}
        for (const [key, value] of await next(keys)) found[key] = value
        return new Map(Object.entries(found))
      },
      "@cacheable/node-cache #1612: mget collected its result in a plain object by assignment",
    ),
  },
  "CACHE-KEY-13": {
    "has-looks-next-door": seam.has(
      "A key seems to be there because another application has it.",
      async ({ next, self }, key) =>
        (await next(key)) || [...self.store.entries.keys()].some((stored) => stored.endsWith(`:${key}`)),
    ),
  },
})

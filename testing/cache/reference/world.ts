import type { CacheCapabilities, CacheImplementation } from "../../../contracts/cache/cache.ts"
import { defineSubject } from "../../define-subject.ts"
import type { Subject } from "../../engine/subject.ts"
import { referenceWorld } from "../../foundation/reference-world.ts"
import type { ReferenceCache } from "./reference-cache.ts"
import { CacheStore } from "./store.ts"

/**
 * A subject of the reference cache, or of a class that changes a line of it: a mutant or an oddity. Its world offers
 * everything that a world can offer.
 *
 * @example
 * for (const { id, implementation } of cacheMutants) {
 *   const report = await runContract(cacheContract, referenceSubject(id, implementation))
 * }
 */
export function referenceSubject(
  name: string,
  Implementation: typeof ReferenceCache,
): Subject<CacheImplementation, CacheCapabilities> {
  return defineSubject({
    service: "cache",
    name,
    open(options) {
      const { clock, namespace } = options
      const store = new CacheStore()
      const corrupt = (key: string) => new Implementation({ clock, store, namespace }).corrupt(key)
      return { ...referenceWorld(Implementation, store, options), corrupt }
    },
  })
}

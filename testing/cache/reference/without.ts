import { type CacheCapabilities, cacheMethods } from "../../../contracts/cache/cache.ts"
import { ReferenceCache, referenceCapabilities } from "./reference-cache.ts"

/** The reference cache without an optional interface: it declares so, and the methods are not there. */
export function referenceWithout(capability: "atomic" | "tags"): typeof ReferenceCache {
  class Without extends ReferenceCache {
    override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, [capability]: false }
  }
  for (const [name, method] of Object.entries(cacheMethods)) {
    const absent = "capability" in method && method.capability === capability
    if (absent) Object.defineProperty(Without.prototype, name, { value: undefined, writable: true })
  }
  return Without
}

/** The contract of each service, and what an implementation of it is. */
import type { CacheCapabilities, CacheImplementation } from "../contracts/cache/cache.ts"

export { cacheContract } from "./cache/contract.ts"

/** Other packages add theirs by declaration merging. */
export interface ConformanceServices {
  cache: { implementation: CacheImplementation; capabilities: CacheCapabilities }
}

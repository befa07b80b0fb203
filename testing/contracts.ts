/** The contract of each service, and what an implementation of it is. */
import type { CacheCapabilities, CacheImplementation } from "../contracts/cache/cache.ts"
import type { QueueCapabilities, QueueImplementation } from "../contracts/queue/queue.ts"
import type { SearchCapabilities, SearchImplementation } from "../contracts/search/search.ts"
import type { StorageCapabilities, StorageImplementation } from "../contracts/storage/storage.ts"
import type { TracingCapabilities, TracingImplementation } from "../contracts/tracing/tracing.ts"

export { cacheContract } from "./cache/contract.ts"
export { queueContract } from "./queue/contract.ts"
export { searchContract } from "./search/contract.ts"
export { storageContract } from "./storage/contract.ts"
export { tracingContract } from "./tracing/contract.ts"

/** Other packages add theirs by declaration merging. */
export interface ConformanceServices {
  cache: { implementation: CacheImplementation; capabilities: CacheCapabilities }
  queue: { implementation: QueueImplementation; capabilities: QueueCapabilities }
  search: { implementation: SearchImplementation; capabilities: SearchCapabilities }
  storage: { implementation: StorageImplementation; capabilities: StorageCapabilities }
  tracing: { implementation: TracingImplementation; capabilities: TracingCapabilities }
}

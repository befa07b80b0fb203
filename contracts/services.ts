import type { Cache } from "./cache/cache.ts"
import type { Queue } from "./queue/queue.ts"
import type { Search } from "./search/search.ts"
import type { Storage } from "./storage/storage.ts"
import type { Tracing } from "./tracing/tracing.ts"

export * from "./cache/index.ts"
export * from "./queue/index.ts"
export * from "./search/index.ts"
export * from "./storage/index.ts"
export * from "./tracing/index.ts"

/**
 * The services and their portable types. Packages add services of their own by declaration merging.
 *
 * @example
 * declare module "@objectos/sdk" {
 *   interface ServiceContracts {
 *     mail: Mail
 *   }
 * }
 */
export interface ServiceContracts {
  cache: Cache
  queue: Queue
  search: Search
  storage: Storage
  tracing: Tracing
}

/** The key of a service. */
export type ServiceKey = keyof ServiceContracts & string

import type { Cache } from "./cache.ts"
import type { Queue } from "./queue.ts"
import type { Search } from "./search.ts"
import type { Storage } from "./storage.ts"

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
}

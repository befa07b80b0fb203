import type { CacheCapabilities, CacheImplementation } from "../contracts/cache.ts"
import type { Subject } from "./engine/subject.ts"

/** What an implementation of each service is. Other packages add theirs by declaration merging. */
export interface ConformanceServices {
  cache: { implementation: CacheImplementation; capabilities: CacheCapabilities }
}

/**
 * Types a subject by its service.
 *
 * @example
 * const subject = defineSubject({
 *   service: "cache",
 *   name: "my-cache",
 *   open: () => {
 *     const cache = new MyCache()
 *     return { connect: () => cache }
 *   },
 * })
 */
export function defineSubject<const Service extends keyof ConformanceServices>(
  subject: { readonly service: Service } & Subject<
    ConformanceServices[Service]["implementation"],
    ConformanceServices[Service]["capabilities"]
  >,
): Subject<ConformanceServices[Service]["implementation"], ConformanceServices[Service]["capabilities"]> {
  return Object.freeze(subject)
}

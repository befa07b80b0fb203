import type { ConformanceServices } from "./contracts.ts"
import type { Subject } from "./engine/subject.ts"

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

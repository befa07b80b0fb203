import type { Mutant } from "../../engine/mutant.ts"
import { type ReferenceClass, subclass, withMethod } from "../../engine/seams.ts"
import type { ServiceClass } from "../../foundation/mutant.ts"
import type { ReferenceOptions, ReferenceService } from "../../foundation/reference-service.ts"

interface CapabilityMutantOptions {
  readonly ranges: string
  readonly stable: string
  /** A capability that counts bytes. Default `maxValueBytes`. */
  readonly limit?: string
  /** A method of the reference that the calls of the probes come to. Default `read`. */
  readonly reads?: string
}

/** Mutants that declare what is not so. */
export function capabilityMutants<Class extends ReferenceClass<ReferenceService>>(
  Reference: Class,
  { limit = "maxValueBytes", ranges, reads = "read", stable }: CapabilityMutantOptions,
): readonly Mutant<Class>[] {
  const declaring = (why: string, change: object) =>
    subclass(
      why,
      class extends (Reference as unknown as ServiceClass) {
        constructor(options: ReferenceOptions<never>) {
          super(options)
          const { capabilities } = this as unknown as { capabilities: object }
          Object.defineProperty(this, "capabilities", { value: { ...capabilities, ...change }, enumerable: true })
        }
      } as unknown as Class,
    )
  const unstable = subclass(
    "A caller that asked early goes on relying on what is not true any more.",
    withMethod(Reference, reads, ({ next, self }, ...args) => {
      Object.assign((self as unknown as { capabilities: object }).capabilities, { durable: false })
      return next(...args)
    }),
  )
  return [
    {
      id: "limit-declared-as-text",
      breaks: ranges,
      ...declaring("A feature that computes with the limit gets NaN or joined text.", { [limit]: "1048576" }),
    },
    {
      id: "limit-with-a-fraction",
      breaks: ranges,
      ...declaring("A limit that was computed is no whole number of bytes.", { [limit]: 1_048_576.5 }),
    },
    { id: "durable-until-first-read", breaks: stable, ...unstable },
  ]
}

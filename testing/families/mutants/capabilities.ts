import type { Mutant } from "../../engine/mutant.ts"
import { seamsOf, subclass } from "../../engine/seams.ts"
import type { ServiceClass } from "../../foundation/mutant.ts"
import type { ReferenceOptions } from "../../foundation/reference-service.ts"
import type { RecordsClass } from "./table.ts"

/** Mutants that declare what is not so. */
export function capabilityMutants<Class extends RecordsClass>(
  Reference: Class,
  ids: { readonly ranges: string; readonly stable: string },
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
  const seam = seamsOf<RecordsClass>(Reference)
  const unstable = seam.read(
    "A caller that asked early goes on relying on what is not true any more.",
    ({ next, self }, key) => {
      Object.assign(self.capabilities, { durable: false })
      return next(key)
    },
  )
  const { ranges, stable } = ids
  return [
    {
      id: "limit-declared-as-text",
      breaks: ranges,
      ...declaring("A feature that computes with the limit gets NaN or joined text.", { maxValueBytes: "1048576" }),
    },
    {
      id: "limit-with-a-fraction",
      breaks: ranges,
      ...declaring("A limit that was computed is no whole number of bytes.", { maxValueBytes: 1_048_576.5 }),
    },
    { id: "durable-until-first-read", breaks: stable, ...(unstable as { why: string; implementation: Class }) },
  ]
}

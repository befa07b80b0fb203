import type { Variant } from "../engine/mutant.ts"
import { seam } from "./mutant.ts"
import type { ReferenceTracing } from "./reference/reference-tracing.ts"

/** Unusual and right. */
export const tracingOddities: Readonly<Record<string, Variant<typeof ReferenceTracing>>> = {
  "late-replies": seam.deliver(
    "A promise may settle in a later turn of the event loop, as it does over a network.",
    async (_, answer) => {
      await nextTurn()
      return answer
    },
  ),
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

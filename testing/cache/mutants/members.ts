import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

export const memberMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "inner-lists-are-holes",
    breaks: "CACHE-VAL-09",
    why: "A list in a list has its length and nothing else, which a comparison by every does not see.",
    implementation: class extends ReferenceCache {
      protected override copyOut(value: unknown): unknown {
        const copy = super.copyOut(value)
        if (!Array.isArray(copy)) return copy
        return copy.map((member) => (Array.isArray(member) ? new Array(member.length) : member))
      }
    },
  },
  {
    id: "no-prototype-refused",
    breaks: "CACHE-VAL-16",
    why: "A parsed query string cannot be cached.",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        const bare = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null
        this.refuseIf(bare ? "An object without a prototype is no plain one." : undefined)
        super.checkValue(value)
      }
    },
  },
  {
    id: "map-keys-unchecked",
    breaks: "CACHE-VAL-17",
    why: "A Map comes back without the keys that have no encoding.",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        super.checkValue(value instanceof Map ? [...value.values()] : value)
      }
      protected override copyIn(value: unknown): unknown {
        return value instanceof Map ? new Map(value) : super.copyIn(value)
      }
    },
  },
]

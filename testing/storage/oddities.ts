import type { Variant } from "../engine/mutant.ts"
import type { ReferenceStorage } from "./reference/reference-storage.ts"
import { serverOddities } from "./server-oddities.ts"

export const storageOddities: Readonly<Record<string, Variant<typeof ReferenceStorage>>> = {
  ...serverOddities,
}

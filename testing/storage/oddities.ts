import type { Variant } from "../engine/mutant.ts"
import type { ReferenceStorage } from "./reference/reference-storage.ts"

export const storageOddities: Readonly<Record<string, Variant<typeof ReferenceStorage>>> = {}

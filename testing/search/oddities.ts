import type { Variant } from "../engine/mutant.ts"
import type { ReferenceSearch } from "./reference/reference-search.ts"

/** Unusual and right. */
export const searchOddities: Readonly<Record<string, Variant<typeof ReferenceSearch>>> = {}

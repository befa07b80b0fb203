import type { FoundationClauseId } from "../../contracts/foundation/clauses.ts"
import type { SearchClauseId } from "../../contracts/search/clauses.ts"
import { mutantsFor } from "../engine/mutant.ts"
import { seamsOf } from "../engine/seams.ts"
import { ReferenceSearch } from "./reference/reference-search.ts"

/** Makes a mutant of one changed method of the reference search. */
export const seam = seamsOf(ReferenceSearch)

export const mutants = mutantsFor<SearchClauseId | FoundationClauseId, typeof ReferenceSearch>()

import type { CacheClauseId } from "../../contracts/cache/clauses.ts"
import type { FoundationClauseId } from "../../contracts/foundation/clauses.ts"
import { mutantsFor } from "../engine/mutant.ts"
import { seamsOf } from "../engine/seams.ts"
import { ReferenceCache } from "./reference/reference-cache.ts"

/** Makes a mutant of one changed method of the reference cache. */
export const seam = seamsOf(ReferenceCache)

export const mutants = mutantsFor<CacheClauseId | FoundationClauseId, typeof ReferenceCache>()

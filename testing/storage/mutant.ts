import type { FoundationClauseId } from "../../contracts/foundation/clauses.ts"
import type { StorageClauseId } from "../../contracts/storage/clauses.ts"
import { mutantsFor } from "../engine/mutant.ts"
import { seamsOf } from "../engine/seams.ts"
import { ReferenceStorage } from "./reference/reference-storage.ts"

/** Makes a mutant of one changed method of the reference storage. */
export const seam = seamsOf(ReferenceStorage)

export const mutants = mutantsFor<StorageClauseId | FoundationClauseId, typeof ReferenceStorage>()

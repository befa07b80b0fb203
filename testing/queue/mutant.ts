import type { FoundationClauseId } from "../../contracts/foundation/clauses.ts"
import type { QueueClauseId } from "../../contracts/queue/clauses.ts"
import { mutantsFor } from "../engine/mutant.ts"
import { seamsOf } from "../engine/seams.ts"
import { ReferenceQueue } from "./reference/reference-queue.ts"

/** Makes a mutant of one changed method of the reference queue. */
export const seam = seamsOf(ReferenceQueue)

export const mutants = mutantsFor<QueueClauseId | FoundationClauseId, typeof ReferenceQueue>()

import type { FoundationClauseId } from "../../contracts/foundation/clauses.ts"
import type { TracingClauseId } from "../../contracts/tracing/clauses.ts"
import { mutantsFor } from "../engine/mutant.ts"
import { seamsOf } from "../engine/seams.ts"
import { ReferenceTracing } from "./reference/reference-tracing.ts"

/** Makes a mutant of one changed method of the reference tracing. */
export const seam = seamsOf(ReferenceTracing)

export const mutants = mutantsFor<TracingClauseId | FoundationClauseId, typeof ReferenceTracing>()

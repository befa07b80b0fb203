import { type Mutant, type MutantTable, mutantsFor } from "../../engine/mutant.ts"
import type { ReferenceClass } from "../../engine/seams.ts"
import type { ReferenceRecords } from "../reference-records.ts"

export type RecordsClass = ReferenceClass<ReferenceRecords>

/** A service's ids of the sentences of a family. Those that it has no id of have no mutants. */
export type FamilyIds<Family> = Readonly<Partial<Record<keyof Family & string, string>>>

/** Mutants of a family by the number of the sentence. */
export type FamilyTable<Family> = MutantTable<keyof Family & string, RecordsClass>

/** The mutants of a table for one service. All of them must be made from its reference. */
export function familyMutants<Class extends RecordsClass, Family>(
  _Reference: Class,
  ids: FamilyIds<Family>,
  ...tables: readonly FamilyTable<Family>[]
): readonly Mutant<Class>[] {
  const all = tables.flatMap((table) => mutantsFor<string, RecordsClass>()(table as MutantTable<string, RecordsClass>))
  return all.flatMap((mutant) => {
    const breaks = ids[mutant.breaks as keyof Family & string]
    return breaks === undefined ? [] : [Object.freeze({ ...mutant, breaks })]
  }) as unknown as readonly Mutant<Class>[]
}

import type { copyFamily, dataFamily, nameFamily } from "../../../contracts/foundation/families.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { begunLate, changedMethods, onlyIn } from "../../engine/seams.ts"
import { copyMutants } from "./copies.ts"
import { dataMutants } from "./data.ts"
import { nameMutants } from "./names.ts"
import type { FamilyIds, RecordsClass } from "./table.ts"

export interface RoleIds {
  readonly names: FamilyIds<typeof nameFamily>
  readonly data: FamilyIds<typeof dataFamily>
  readonly copies: FamilyIds<typeof copyFamily>
}

/** The names of the methods of each role. */
export interface RoleMethods {
  readonly stores: readonly string[]
  readonly reads: readonly string[]
  /** Those of `reads` that take the value away: whether they copy it nobody can tell. */
  readonly takes?: readonly string[]
  readonly finds?: readonly string[]
  readonly removes?: readonly string[]
}

/** Where a changed method of a reference can act. */
const OF_NAMES = ["checkKey", "encodeKey", "storedKey"]
const ACT_IN = {
  stores: new Set([...OF_NAMES, "checkValue", "checkSize", "copyIn"]),
  reads: new Set([...OF_NAMES, "find", "copyOut"]),
  finds: new Set([...OF_NAMES, "find"]),
  removes: new Set([...OF_NAMES, "find", "remove"]),
}

/**
 * Mutants that break one method of a role, and no other: the proof that a sentence is checked over the role. For each
 * sentence and method there is one, made of the first mutant of the sentence that can act in the method.
 */
export function roleMutants<Class extends RecordsClass>(
  Reference: Class,
  ids: RoleIds,
  methods: RoleMethods,
): readonly Mutant<Class>[] {
  const { reads, takes = [] } = methods
  const lasting = { ...methods, reads: reads.filter((method) => !takes.includes(method)) }
  return [
    ...mutantsByMethod(Reference, nameMutants(Reference, ids.names), methods),
    ...mutantsByMethod(Reference, dataMutants(Reference, ids.data), methods),
    ...lateCopies(Reference, ids.copies["01"], methods),
    ...mutantsByMethod(Reference, copyMutants(Reference, ids.copies), lasting),
  ]
}

function mutantsByMethod<Class extends RecordsClass>(
  Reference: Class,
  mutants: readonly Mutant<Class>[],
  methods: RoleMethods,
): Mutant<Class>[] {
  const roles = Object.keys(ACT_IN) as (keyof typeof ACT_IN)[]
  return [...new Set(mutants.map(({ breaks }) => breaks))].flatMap((breaks) =>
    roles.flatMap((role) => {
      const acts = (mutant: Mutant<Class>) =>
        mutant.breaks === breaks && changedMethods(mutant).every((name) => ACT_IN[role].has(name))
      const first = mutants.find(acts)
      if (first === undefined) return []
      return (methods[role] ?? []).map((method) => ({
        ...onlyIn(Reference, method, first),
        id: `${first.id}-in-${method}`,
        breaks,
      }))
    }),
  )
}

/** No seam is late: these change the method itself. */
function lateCopies<Class extends RecordsClass>(
  Reference: Class,
  breaks: string | undefined,
  { stores }: RoleMethods,
): Mutant<Class>[] {
  if (breaks === undefined) return []
  return stores.map((method) => {
    const why = `A change between the call of ${method} and its end is stored.`
    return { ...begunLate(Reference, method, why), id: `${method}-copies-late`, breaks }
  })
}

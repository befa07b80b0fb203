import { type Clause, type ClauseDefinition, clausesFor } from "../engine/clause.ts"
import type { FamilyProbes } from "./roles.ts"

/** A family of clauses for one service. */
export interface FamilyOptions<Numbers extends string, Client, Capabilities> {
  /** The service's ids of the sentences. */
  readonly ids: Readonly<Record<Numbers, string>>
  /** The sentences of the service. */
  readonly sentences: Readonly<Record<string, string>>
  readonly probes: FamilyProbes<Client, Capabilities>
}

/** Gives the function that makes the clauses of a family by their number. */
export function familyClausesFor<Numbers extends string, Client, Capabilities>({
  ids,
  sentences,
}: FamilyOptions<Numbers, Client, Capabilities>) {
  const clause = clausesFor<Client, Capabilities>(sentences)
  return (number: Numbers, definition: ClauseDefinition<Client, Capabilities>): Clause<Client, Capabilities> =>
    clause(ids[number], definition)
}

import type { Clause, ContractProbes } from "../engine/clause.ts"
import type { SharedClient } from "./clause.ts"
import { closeClauses } from "./close.clauses.ts"
import { configurationClauses } from "./configuration.clauses.ts"
import { errorClauses } from "./errors.clauses.ts"
import { faultClauses } from "./faults.clauses.ts"
import { healthClauses } from "./health.clauses.ts"

/** The clauses that every service shares, made for one service by its probes. */
export function foundationClauses<Client extends SharedClient>(
  probes: ContractProbes<Client>,
): Clause<Client, never>[] {
  return [
    ...errorClauses(probes),
    ...faultClauses(probes),
    ...healthClauses(probes),
    ...closeClauses(probes),
    ...configurationClauses<Client>(),
  ]
}

import type { Clause, ContractProbes } from "../engine/clause.ts"
import type { SharedClient } from "./clause.ts"
import { closeClauses } from "./clauses/close.ts"
import { configurationClauses } from "./clauses/configuration.ts"
import { errorClauses } from "./clauses/errors.ts"
import { faultClauses } from "./clauses/faults.ts"
import { healthClauses } from "./clauses/health.ts"

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

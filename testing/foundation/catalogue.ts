import type { FoundationClauseId } from "../../contracts/foundation/clauses.ts"
import type { Clause, ContractProbes } from "../engine/clause.ts"
import type { SharedClient } from "./clause.ts"
import { closeClauses } from "./clauses/close.ts"
import { configurationClauses } from "./clauses/configuration.ts"
import { errorClauses } from "./clauses/errors.ts"
import { faultClauses } from "./clauses/faults.ts"
import { healthClauses } from "./clauses/health.ts"

/** The sentences that want calls to fail, or clients to share what is stored: a service that is quiet keeps the others. */
export const loudSentences: ReadonlySet<string> = new Set<FoundationClauseId>([
  ...(["ERROR-01", "ERROR-02", "ERROR-03"] as const),
  ...(["FAULT-01", "FAULT-02", "FAULT-03", "FAULT-04", "FAULT-09"] as const),
  ...(["CLOSE-02", "CLOSE-05"] as const),
])

/** The clauses that every service shares, made for one service by its probes. */
export function foundationClauses<Client extends SharedClient>(
  probes: ContractProbes<Client>,
): Clause<Client, never>[] {
  const clauses = [
    ...errorClauses(probes),
    ...faultClauses(probes),
    ...healthClauses(probes),
    ...closeClauses(probes),
    ...configurationClauses<Client>(),
  ]
  return probes.quiet ? clauses.filter(({ id }) => !loudSentences.has(id)) : clauses
}

import { ServiceError } from "../../contracts/foundation/errors.ts"
import { failed, type Outcome } from "./outcome.ts"
import type { Exemption } from "./subject.ts"

/** Fails as stale where the clause passes, and else excuses it. */
export function withExemption(outcome: Outcome, exemption: Exemption | undefined): Outcome {
  if (exemption === undefined) return outcome
  const { issue, reason } = exemption
  const known = issue === undefined ? reason : `${reason}, ${issue}`
  if (outcome.status === "passed") {
    return { ...failed("assertion", `stale exemption, the clause passes (${known})`), fix: "Remove it." }
  }
  return { status: "skipped", exempt: true, reason: `exempt: ${known} (${outcome.reason})` }
}

/** @throws ServiceError INVALID_CONFIG for an exemption that names no clause of the contract. */
export function checkExemptions(
  { clauses, service }: { readonly clauses: readonly { readonly id: string }[]; readonly service: string },
  { exempt = {}, name }: { readonly exempt?: Readonly<Record<string, Exemption>>; readonly name: string },
): void {
  const unknown = Object.keys(exempt).find((id) => !clauses.some((clause) => clause.id === id))
  if (unknown === undefined) return
  throw new ServiceError("INVALID_CONFIG", `The subject ${name} exempts ${unknown}, which is no clause of ${service}.`)
}

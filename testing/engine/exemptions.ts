import { ServiceError } from "../../contracts/foundation/errors.ts"
import { failed, type Outcome } from "./outcome.ts"
import type { Exemption } from "./subject.ts"

/**
 * Fails as stale where the clause passes, and excuses it where it fails, or failed before it passed.
 *
 * @param doubt What it failed of at first.
 */
export function withExemption(outcome: Outcome, exemption: Exemption | undefined, doubt?: string): Outcome {
  if (exemption === undefined || outcome.status === "not-run") return outcome
  const { issue, reason } = exemption
  const known = issue === undefined ? reason : `${reason}, ${issue}`
  if (outcome.status === "passed" && doubt === undefined) {
    return { ...failed("assertion", `stale exemption, the clause passes (${known})`), fix: "Remove it." }
  }
  return { status: "skipped", exempt: true, reason: `exempt: ${known} (${outcome.reason ?? doubt})` }
}

/** @throws ServiceError INVALID_CONFIG for an exemption that names no clause of the contract. */
export function checkExemptions(
  { clauses, service }: { readonly clauses: readonly { readonly id: string }[]; readonly service: string },
  { exempt = {}, name }: { readonly exempt?: Readonly<Record<string, Exemption>>; readonly name: string },
): void {
  const unknown = Object.keys(exempt).find((id) => !clauses.some((clause) => clause.id === id))
  if (unknown === undefined) return
  throw new ServiceError("INVALID_CONFIG", `The subject ${name} must exempt clauses of ${service}; got ${unknown}.`)
}

import type { FoundationClauseId } from "../../contracts/foundation/clauses.ts"
import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import type { ContractProbes } from "../engine/clause.ts"
import { mutantsFor, type Variant } from "../engine/mutant.ts"
import { type MethodChange, type Seams, seamsOf, subclass, withMethod } from "../engine/seams.ts"
import type { ReferenceOptions, ReferenceService } from "./reference-service.ts"

/** The methods that the mutants break. A mutant of a method that the service does not have is left out. */
export interface BrokenMethods {
  /** Gives what is stored. */
  readonly reads: string
  /** Tells whether something is there, by a boolean. */
  readonly finds?: string
  /** Stores its second argument. The probes `populate` and `storeSecret` call it. */
  readonly stores: string
  /** Removes something. Its call in the probes removes what `populate` stored. */
  readonly removes?: string
  /** Refuses to go without its first argument, as a bad call in the probes does. Default: `reads`. */
  readonly refuses?: string
  /** Is called by the probe `snapshot`. */
  readonly tells: string
  /** Is counted: its call in the probes changes what `snapshot` tells. */
  readonly counted?: string
}

/** The class of any reference service. */
export type ServiceClass = new (options: ReferenceOptions<never>) => ReferenceService

/** A reference as the mutants of the foundation see it. */
export interface Breakable {
  readonly Reference: ServiceClass
  readonly probes: Pick<ContractProbes<never>, "calls" | "populate">
  readonly methods: BrokenMethods
  readonly seam: Seams<ServiceClass>
  /** Makes a mutant of one changed method, by its name. */
  method(name: string, why: string, change: MethodChange<ReferenceService>, source?: string): Variant<ServiceClass>
}

export function breakable(Reference: ServiceClass, probes: Breakable["probes"], methods: BrokenMethods): Breakable {
  return {
    Reference,
    probes,
    methods,
    seam: seamsOf(Reference),
    method: (name, why, change, source) => subclass(why, withMethod(Reference, name, change), source),
  }
}

export const mutants = mutantsFor<FoundationClauseId, ServiceClass>()

/** Makes the call of a method that the probes have. */
export async function callOf({ probes }: Breakable, name: string, self: ReferenceService): Promise<unknown> {
  return probes.calls[name]?.(self as never)
}

/** Does work that begins, and is done, while the service takes itself for open. */
export function asIfOpen<Answer>(self: ReferenceService, work: () => Answer): Answer {
  const { closed } = self
  self.closed = false
  try {
    return work()
  } finally {
    self.closed = closed
  }
}

/** Gives what an error becomes whose code is one of these. Every other error stays. */
export function onError(
  codes: readonly ErrorCode[],
  become: (error: ServiceError, args: readonly unknown[], self: ReferenceService) => unknown,
): MethodChange<ReferenceService> {
  return async ({ next, self }, ...args) => {
    try {
      return await next(...args)
    } catch (error) {
      throw ServiceError.is(error) && codes.includes(error.code) ? become(error, args, self) : error
    }
  }
}

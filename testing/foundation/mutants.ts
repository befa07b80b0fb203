import type { ContractProbes } from "../engine/clause.ts"
import type { Mutant } from "../engine/mutant.ts"
import { loudSentences } from "./catalogue.ts"
import { type BrokenMethods, breakable, type ServiceClass } from "./mutant.ts"
import { closeMutants } from "./mutants/close.ts"
import { configurationMutants } from "./mutants/configuration.ts"
import { errorMutants } from "./mutants/errors.ts"
import { faultMutants } from "./mutants/faults.ts"
import { healthMutants } from "./mutants/health.ts"

/**
 * Broken services that the clauses every service shares must catch, made of the reference of one service.
 *
 * @example
 * foundationMutants(ReferenceCache, cacheProbes, { reads: "get", stores: "set", tells: "stats" })
 */
export function foundationMutants<Client, Class extends ServiceClass>(
  Reference: Class,
  probes: ContractProbes<Client>,
  methods: BrokenMethods,
): readonly Mutant<Class>[] {
  const service = breakable(Reference, probes, methods)
  const broken = [
    ...errorMutants(service),
    ...faultMutants(service),
    ...healthMutants(service),
    ...closeMutants(service),
    ...configurationMutants(service),
  ]
  const kept = probes.quiet
    ? broken.filter(({ breaks, id }) => !loudSentences.has(breaks) && !WANTS_ERRORS.has(id))
    : broken
  // Each is a subclass of the reference, made as it is.
  return kept as unknown as readonly Mutant<Class>[]
}

/** Mutants that change errors of calls, of which a quiet service has none. */
const WANTS_ERRORS: ReadonlySet<string> = new Set(["value-shown-in-an-outage"])

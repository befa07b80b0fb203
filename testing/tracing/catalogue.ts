import type { TracingCapabilities, TracingImplementation } from "../../contracts/tracing/tracing.ts"
import type { Mutant } from "../engine/mutant.ts"
import type { Catalogue } from "../engine/self-proof.ts"
import { capabilityMutants } from "../families/mutants/capabilities.ts"
import { foundationMutants } from "../foundation/mutants.ts"
import type { TracingClient } from "./clause.ts"
import { tracingContract } from "./contract.ts"
import { activeMutants } from "./mutants/active.ts"
import { attributeLimitsMutants } from "./mutants/attribute-limits.ts"
import { attributesMutants } from "./mutants/attributes.ts"
import { tracingCapabilitiesMutants } from "./mutants/capabilities.ts"
import { carriersMutants } from "./mutants/carriers.ts"
import { configurationMutants } from "./mutants/configuration.ts"
import { eventsMutants } from "./mutants/events.ts"
import { faultsMutants } from "./mutants/faults.ts"
import { flushingMutants } from "./mutants/flushing.ts"
import { headersMutants } from "./mutants/headers.ts"
import { linksMutants } from "./mutants/links.ts"
import { propagationMutants } from "./mutants/propagation.ts"
import { quietMutants } from "./mutants/quiet.ts"
import { readingMutants } from "./mutants/reading.ts"
import { runningMutants } from "./mutants/running.ts"
import { samplingMutants } from "./mutants/sampling.ts"
import { samplingRulesMutants } from "./mutants/sampling-rules.ts"
import { spanTimesMutants } from "./mutants/span-times.ts"
import { spansMutants } from "./mutants/spans.ts"
import { statsMutants } from "./mutants/stats.ts"
import { statusMutants } from "./mutants/status.ts"
import { tracingOddities } from "./oddities.ts"
import { tracingPins } from "./pins.ts"
import { tracingProbes } from "./probes.ts"
import { ReferenceTracing } from "./reference/reference-tracing.ts"
import { referenceSubject } from "./reference/world.ts"

/** In the order of the contract. */
export const tracingMutants: readonly Mutant<typeof ReferenceTracing>[] = Object.freeze([
  ...spansMutants,
  ...spanTimesMutants,
  ...attributesMutants,
  ...attributeLimitsMutants,
  ...eventsMutants,
  ...linksMutants,
  ...statusMutants,
  ...activeMutants,
  ...runningMutants,
  ...carriersMutants,
  ...headersMutants,
  ...statsMutants,
  ...flushingMutants,
  ...quietMutants,
  ...configurationMutants,
  ...propagationMutants,
  ...samplingMutants,
  ...samplingRulesMutants,
  ...faultsMutants,
  ...readingMutants,
  ...tracingCapabilitiesMutants,
  ...capabilityMutants(ReferenceTracing, {
    ranges: "TRACING-CAP-02",
    stable: "TRACING-CAP-03",
    limit: "exports",
    reads: "begin",
  }),
  ...foundationMutants(ReferenceTracing, tracingProbes, {
    reads: "activeContext",
    stores: "startSpan",
    tells: "flush",
    counted: "startSpan",
  }),
])

/** What proves the tracing contract. */
export const tracingCatalogue: Catalogue<
  typeof ReferenceTracing,
  TracingImplementation,
  TracingClient,
  TracingCapabilities
> = {
  service: "tracing",
  contract: tracingContract,
  reference: ReferenceTracing,
  subjectOf: referenceSubject,
  mutants: tracingMutants,
  oddities: tracingOddities,
  pins: tracingPins,
  matrix: "named",
}

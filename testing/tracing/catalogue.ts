import type { TracingCapabilities, TracingImplementation } from "../../contracts/tracing/tracing.ts"
import type { Mutant } from "../engine/mutant.ts"
import type { Catalogue } from "../engine/self-proof.ts"
import { foundationMutants } from "../foundation/mutants.ts"
import type { TracingClient } from "./clause.ts"
import { tracingContract } from "./contract.ts"
import { attributeLimitsMutants } from "./mutants/attribute-limits.ts"
import { attributesMutants } from "./mutants/attributes.ts"
import { eventsMutants } from "./mutants/events.ts"
import { linksMutants } from "./mutants/links.ts"
import { spanTimesMutants } from "./mutants/span-times.ts"
import { spansMutants } from "./mutants/spans.ts"
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
}

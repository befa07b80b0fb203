import { tracingSentences } from "../../contracts/tracing/clauses.ts"
import { type TracingCapabilities, tracingMethods } from "../../contracts/tracing/tracing.ts"
import { type Contract, defineContract } from "../engine/clause.ts"
import { capabilityClauses } from "../families/capabilities.ts"
import { foundationClauses } from "../foundation/catalogue.ts"
import { tracingCapabilityRanges } from "./capabilities.ts"
import type { TracingClient } from "./clause.ts"
import { activeClauses } from "./clauses/active.ts"
import { attributeLimitsClauses } from "./clauses/attribute-limits.ts"
import { attributesClauses } from "./clauses/attributes.ts"
import { capabilitiesClauses } from "./clauses/capabilities.ts"
import { carriersClauses } from "./clauses/carriers.ts"
import { configurationClauses } from "./clauses/configuration.ts"
import { eventsClauses } from "./clauses/events.ts"
import { faultsClauses } from "./clauses/faults.ts"
import { flushingClauses } from "./clauses/flushing.ts"
import { headersClauses } from "./clauses/headers.ts"
import { linksClauses } from "./clauses/links.ts"
import { propagationClauses } from "./clauses/propagation.ts"
import { quietClauses } from "./clauses/quiet.ts"
import { readingClauses } from "./clauses/reading.ts"
import { samplingClauses } from "./clauses/sampling.ts"
import { samplingRulesClauses } from "./clauses/sampling-rules.ts"
import { spanTimesClauses } from "./clauses/span-times.ts"
import { spansClauses } from "./clauses/spans.ts"
import { statsClauses } from "./clauses/stats.ts"
import { statusClauses } from "./clauses/status.ts"
import { tracingProbes } from "./probes.ts"

/** Every clause of the tracing contract, and those that all services share which it can keep. */
export const tracingContract: Contract<TracingClient, TracingCapabilities> = defineContract({
  service: "tracing",
  version: 1,
  methods: tracingMethods,
  sentences: tracingSentences,
  required: ["startSpan", "withSpan", "activeContext", "run", "inject", "extract", "getConfig", "stats", "flush"],
  defaultCapabilities: { spans: false, exports: false, configurable: false },
  clauses: [
    ...spansClauses,
    ...spanTimesClauses,
    ...attributesClauses,
    ...attributeLimitsClauses,
    ...eventsClauses,
    ...linksClauses,
    ...statusClauses,
    ...activeClauses,
    ...carriersClauses,
    ...headersClauses,
    ...statsClauses,
    ...flushingClauses,
    ...quietClauses,
    ...configurationClauses,
    ...propagationClauses,
    ...samplingClauses,
    ...samplingRulesClauses,
    ...faultsClauses,
    ...readingClauses,
    ...capabilitiesClauses,
    ...capabilityClauses<TracingClient, TracingCapabilities>({
      sentences: tracingSentences,
      probes: tracingProbes,
      methods: tracingMethods,
      ranges: { id: "TRACING-CAP-02", of: tracingCapabilityRanges },
      stable: { id: "TRACING-CAP-03" },
    }),
    ...foundationClauses(tracingProbes),
  ],
})

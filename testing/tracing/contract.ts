import { tracingSentences } from "../../contracts/tracing/clauses.ts"
import { type TracingCapabilities, tracingMethods } from "../../contracts/tracing/tracing.ts"
import { type Contract, defineContract } from "../engine/clause.ts"
import { foundationClauses } from "../foundation/catalogue.ts"
import type { TracingClient } from "./clause.ts"
import { attributeLimitsClauses } from "./clauses/attribute-limits.ts"
import { attributesClauses } from "./clauses/attributes.ts"
import { eventsClauses } from "./clauses/events.ts"
import { linksClauses } from "./clauses/links.ts"
import { spanTimesClauses } from "./clauses/span-times.ts"
import { spansClauses } from "./clauses/spans.ts"
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
    ...foundationClauses(tracingProbes),
  ],
})

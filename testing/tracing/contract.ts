import { tracingSentences } from "../../contracts/tracing/clauses.ts"
import { type TracingCapabilities, tracingMethods } from "../../contracts/tracing/tracing.ts"
import { type Contract, defineContract } from "../engine/clause.ts"
import type { TracingClient } from "./clause.ts"

/** Every clause of the tracing contract, and those that all services share which it can keep. */
export const tracingContract: Contract<TracingClient, TracingCapabilities> = defineContract({
  service: "tracing",
  version: 1,
  methods: tracingMethods,
  sentences: tracingSentences,
  required: ["startSpan", "withSpan", "activeContext", "run", "inject", "extract", "getConfig", "stats", "flush"],
  defaultCapabilities: { spans: false, exports: false, configurable: false },
  clauses: [],
})

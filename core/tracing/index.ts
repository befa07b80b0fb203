/** Tracing: what makes one of an implementation, and its features. */
export type * from "../../contracts/tracing/events.ts"
export type * from "../../contracts/tracing/tracing.ts"
export type { TracingInstanceConfig } from "./document.ts"
export { formatTraces } from "./format-traces.ts"
export { type WithTracingOptions, withTracing } from "./layer/with-tracing.ts"
export { type AsTracingOptions, asTracing } from "./portable-tracing.ts"
export { type Fetch, type TracedFetchOptions, tracedFetch } from "./traced-fetch.ts"

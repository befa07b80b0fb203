/** The tracing contract. */
export { type TracingClauseId, tracingSentences } from "./clauses.ts"
export * from "./tracing.ts"

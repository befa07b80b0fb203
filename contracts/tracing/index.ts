/** The tracing contract. */
export * from "./arguments.ts"
export { type TracingClauseId, tracingSentences } from "./clauses.ts"
export * from "./tracing.ts"

/** The queue contract. */
export * from "./arguments.ts"
export { type QueueClauseId, queueSentences } from "./clauses.ts"
export { jsonIssue } from "./json.ts"
export * from "./queue.ts"

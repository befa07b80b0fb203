/** The object storage contract. */
export * from "./arguments.ts"
export { type StorageClauseId, storageSentences } from "./clauses.ts"
export * from "./storage.ts"

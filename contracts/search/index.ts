/** The search contract. */
export {
  bulkOperationIssue,
  indexDefinitionIssue,
  reindexDocumentIssue,
  SEARCH_ANALYZERS,
  SEARCH_MAX_DEPTH,
  SEARCH_MAX_FIELDS,
  SEARCH_MAX_ID_BYTES,
  searchDocumentIssue,
  searchIdIssue,
  searchNameIssue,
  suggestQueryIssue,
} from "./arguments.ts"
export { type SearchClauseId, searchSentences } from "./clauses.ts"
export { SEARCH_MAX_WINDOW, searchLimitIssue, searchQueryIssue } from "./query-arguments.ts"
export * from "./search.ts"

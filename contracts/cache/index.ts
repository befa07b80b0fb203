/** The cache contract. */
export * from "./arguments.ts"
export * from "./cache.ts"
export { type CacheClauseId, cacheSentences } from "./clauses.ts"
export type * from "./invalidation-bus.ts"
export { cacheStatsSchema } from "./schemas.ts"

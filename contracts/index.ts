/** The contracts: what implementers write against and users hold. */
export {
  type Cache,
  type CacheCapabilities,
  type CacheFeatures,
  type CacheImplementation,
  type CacheStats,
  cacheMethods,
  type GetOrSetOptions,
  type GraceOptions,
  type ICacheAtomic,
  type ICacheBatch,
  type ICacheGrace,
  type ICacheScan,
  type ICacheService,
  type ICacheTags,
} from "./cache.ts"
export {
  CACHE_MAX_KEY_BYTES,
  CACHE_MAX_TAG_BYTES,
  CACHE_MAX_TAGS,
  CACHE_MAX_TTL_SECONDS,
  cacheIncrementIssue,
  cacheKeyIssue,
  cacheLeaseIssue,
  cacheTagLimitIssue,
  cacheTagsIssue,
  cacheTokenIssue,
  cacheTouchIssue,
  cacheTtlIssue,
  cacheTtlMs,
  cacheValueIssue,
  seemsCacheKey,
} from "./cache-arguments.ts"
export {
  type AdapterContext,
  type AdapterDefinition,
  type AnyAdapterDefinition,
  defineAdapter,
  type LazyAdapter,
  type Logger,
} from "./foundation/adapter.ts"
export { type Capabilities, NO_LIMIT } from "./foundation/capabilities.ts"
export { type Clock, createManualClock, type ManualClock, systemClock, type Timer } from "./foundation/clock.ts"
export {
  ERROR_CODES,
  type ErrorCode,
  type ErrorIssue,
  ServiceError,
  type ServiceErrorJson,
  type ServiceErrorOptions,
} from "./foundation/errors.ts"
export { type EventEmitter, STANDARD_EVENT_NAMES, type StandardEventName } from "./foundation/events.ts"
export type { IHealthCheckable, PluginHealthStatus } from "./foundation/health.ts"
export type { IClosable, IConnectable } from "./foundation/lifecycle.ts"
export { intercept, type MethodCall, type MethodInfo, type MethodTable, type Proceed } from "./foundation/methods.ts"
export { criticalityOf, SERVICE_NAMES, type ServiceCriticality, type ServiceName } from "./foundation/names.ts"
export { plainDataIssue } from "./foundation/plain-data.ts"
export type { Invalidation, InvalidationBus, InvalidationListener } from "./invalidation-bus.ts"
export type * from "./queue.ts"
export {
  cacheStatsSchema,
  pluginHealthStatusSchema,
  serviceNameSchema,
  standardEventNameSchema,
} from "./schemas.ts"
export type * from "./search.ts"
export type { ServiceContracts } from "./services.ts"
export type * from "./storage.ts"

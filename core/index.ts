/** What works over any adapter: services, configuration, layers, and what makes a portable type of an implementation. */

export type { ServiceKey } from "../contracts/services.ts"
export type { CacheInstanceConfig } from "./cache/document.ts"
export { type AsCacheOptions, asCache } from "./cache/portable-cache.ts"
export type { AnyAdapter, Environment } from "./config/choose-adapter.ts"
export {
  type ConfigDescription,
  type DescribedInstance,
  describeConfig,
  parseConfig,
  safeParseConfig,
} from "./config/config.ts"
export type { PlanInput, PlannedInstance } from "./config/plan.ts"
export type { PortableOptions } from "./foundation/base.ts"
export { type BreakerOptions, withBreaker } from "./foundation/breaker.ts"
export { type CloseOnSignalsOptions, closeOnSignals } from "./foundation/close-on-signals.ts"
export type { InstanceConfig } from "./foundation/document.ts"
export {
  createHealth,
  type Health,
  type HealthCheckOptions,
  type HealthOptions,
  type ServicesHealth,
} from "./foundation/health/health.ts"
export type { InstanceHealth } from "./foundation/health/instance-health.ts"
export { httpStatusOf } from "./foundation/http/status.ts"
export type { Around, LayerCall, Next } from "./foundation/layers.ts"
export { attempt } from "./foundation/result.ts"
export { type RetryOptions, withRetry } from "./foundation/retry.ts"
export { type TimeoutOptions, withTimeout } from "./foundation/timeout.ts"
export { type WrapOptions, wrap } from "./foundation/wrap.ts"
export type { QueueInstanceConfig } from "./queue/document.ts"
export { type AsQueueOptions, asQueue } from "./queue/portable-queue.ts"
export type { SearchInstanceConfig } from "./search/document.ts"
export { type AsSearchOptions, asSearch } from "./search/portable-search.ts"
export {
  createServices,
  createTestServices,
  type SelectedServices,
  type Selection,
  type Services,
  type ServicesControl,
  type ServicesOptions,
  type TestServices,
  type TestServicesOptions,
} from "./services.ts"
export type { StorageInstanceConfig } from "./storage/document.ts"
export { type AsStorageOptions, asStorage } from "./storage/portable-storage.ts"
export type { TracingInstanceConfig } from "./tracing/document.ts"
export { type AsTracingOptions, asTracing } from "./tracing/portable-tracing.ts"

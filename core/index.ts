/** What works over any adapter: services, configuration, layers, portable types. */
export { type CloseOnSignalsOptions, closeOnSignals } from "./close-on-signals.ts"
export type { AnyAdapter, Environment, InstanceConfig } from "./config/choose-adapter.ts"
export {
  type ConfigDescription,
  type DescribedInstance,
  describeConfig,
  parseConfig,
  safeParseConfig,
} from "./config/config.ts"
export type { CacheInstanceConfig, PlanInput, PlannedInstance } from "./config/plan.ts"
export { type BreakerOptions, withBreaker } from "./features/cache/breaker.ts"
export { type CacheEvents, withEvents } from "./features/cache/events.ts"
export { type JitterOptions, jitterRelaxes, withJitter } from "./features/cache/jitter.ts"
export { createLocalBusHub, type LocalBusHub } from "./features/cache/local-bus.ts"
export { type TieredOptions, tiered } from "./features/cache/tiered.ts"
export type { ServicesHealth } from "./health.ts"
export { type RetryOptions, withRetry } from "./layers/retry.ts"
export { type TimeoutOptions, withTimeout } from "./layers/timeout.ts"
export { type Around, type LayerCall, type WrapOptions, wrap } from "./layers/wrap.ts"
export { type AsCacheOptions, asCache } from "./portable/cache.ts"
export type { PortableOptions } from "./portable/portable.ts"
export { asQueue } from "./portable/queue.ts"
export { asSearch } from "./portable/search.ts"
export { asStorage } from "./portable/storage.ts"
export { attempt } from "./result.ts"
export {
  createServices,
  createTestServices,
  type SelectedServices,
  type Selection,
  type ServiceKey,
  type Services,
  type ServicesControl,
  type ServicesOptions,
  type TestServices,
  type TestServicesOptions,
} from "./services.ts"

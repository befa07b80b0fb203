/** The front door: everything of `./core`, with the built-in adapters as the default. */
import type { ResultAsync } from "neverthrow"
import { builtinAdapters } from "./adapters/manifest.ts"
import type { ServiceError } from "./contracts/foundation/errors.ts"
import * as config from "./core/config/config.ts"
import type * as core from "./core/index.ts"
import * as services from "./core/services.ts"

export { builtinAdapters } from "./adapters/manifest.ts"
export { defineAdapter } from "./contracts/foundation/adapter.ts"
export { ServiceError } from "./contracts/foundation/errors.ts"
export type { Invalidation, InvalidationBus, InvalidationListener } from "./contracts/invalidation-bus.ts"
export type { ServiceContracts } from "./contracts/services.ts"
export { type CloseOnSignalsOptions, closeOnSignals } from "./core/close-on-signals.ts"
export type { InstanceConfig } from "./core/config/choose-adapter.ts"
export type { ConfigDescription } from "./core/config/config.ts"
export type { CacheInstanceConfig } from "./core/config/plan.ts"
export { type BreakerOptions, withBreaker } from "./core/features/cache/breaker.ts"
export { type CacheEvents, withEvents } from "./core/features/cache/events.ts"
export { type JitterOptions, jitterRelaxes, withJitter } from "./core/features/cache/jitter.ts"
export { createLocalBusHub, type LocalBusHub } from "./core/features/cache/local-bus.ts"
export { type TieredOptions, tiered } from "./core/features/cache/tiered.ts"
export type { ServicesHealth } from "./core/health.ts"
export { type RetryOptions, withRetry } from "./core/layers/retry.ts"
export { type TimeoutOptions, withTimeout } from "./core/layers/timeout.ts"
export { type Around, type LayerCall, type WrapOptions, wrap } from "./core/layers/wrap.ts"
export { type AsCacheOptions, asCache } from "./core/portable/cache.ts"
export { attempt } from "./core/result.ts"
export type {
  SelectedServices,
  Selection,
  ServiceKey,
  Services,
  ServicesControl,
  TestServices,
} from "./core/services.ts"

/** Options of which `adapters` has a default: the built-in ones. Add yours: `[...builtinAdapters, mine]`. */
type WithBuiltin<Options> = Omit<Options, "adapters"> & { adapters?: readonly core.AnyAdapter[] | undefined }

export type ServicesOptions<Selected extends core.Selection = readonly core.ServiceKey[]> = WithBuiltin<
  core.ServicesOptions<Selected>
>
export type TestServicesOptions<Selected extends core.Selection = readonly core.ServiceKey[]> = WithBuiltin<
  core.TestServicesOptions<Selected>
>
export type ConfigInput = WithBuiltin<core.PlanInput>

/**
 * Creates services over the adapters that the environment chooses: memory where `<NAME>_URL` is not set.
 *
 * @throws ServiceError INVALID_CONFIG with all issues at once, each with its path.
 * @example
 * const { cache, close } = await createServices()
 * const user = await cache.getOrSet("user:1", () => loadUser(1), { ttl: 60 })
 * await close()
 */
export function createServices<const Selected extends core.Selection = readonly core.ServiceKey[]>(
  options: ServicesOptions<Selected> = {},
): Promise<core.Services<Selected>> {
  return services.createServices<Selected>({ ...options, adapters: options.adapters ?? builtinAdapters })
}

/**
 * In-memory services for application tests; time stands still until `advance`.
 *
 * @example
 * const { cache, advance } = await createTestServices()
 * await cache.set("session", 1, 60)
 * await advance(60_000)
 */
export function createTestServices<const Selected extends core.Selection = readonly core.ServiceKey[]>(
  options: TestServicesOptions<Selected> = {},
): Promise<core.TestServices<Selected>> {
  return services.createTestServices<Selected>({ ...options, adapters: options.adapters ?? builtinAdapters })
}

/**
 * Checks a configuration without creating anything.
 *
 * @throws ServiceError INVALID_CONFIG; `details.issues` lists every issue with its path.
 */
export function parseConfig(input: ConfigInput = {}): Promise<core.PlannedInstance[]> {
  return config.parseConfig(withDefaults(input))
}

/** `parseConfig` as a Result. */
export function safeParseConfig(input: ConfigInput = {}): ResultAsync<core.PlannedInstance[], ServiceError> {
  return config.safeParseConfig(withDefaults(input))
}

/**
 * What `createServices` would create, and where each value came from; secrets are hidden.
 *
 * @example
 * console.log(String(await describeConfig()))
 */
export function describeConfig(input: ConfigInput = {}): Promise<core.ConfigDescription> {
  return config.describeConfig(withDefaults(input))
}

function withDefaults(input: ConfigInput): core.PlanInput {
  return {
    ...input,
    adapters: input.adapters ?? builtinAdapters,
    env: input.env ?? globalThis.process?.env ?? {},
  }
}

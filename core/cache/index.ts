/** The cache: what makes one of an implementation, its features and its layers. */
export type * from "../../contracts/cache/cache.ts"
export type * from "../../contracts/cache/invalidation-bus.ts"
export { type CacheEvents, withEvents } from "./layers/events.ts"
export { type JitterOptions, jitterRelaxes, withJitter } from "./layers/jitter.ts"
export { type AsCacheOptions, asCache } from "./portable-cache.ts"
export { createLocalBusHub, type LocalBusHub } from "./tiered/local-bus.ts"
export { type TieredOptions, tiered } from "./tiered/tiered.ts"

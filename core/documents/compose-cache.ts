import type { Cache, CacheImplementation } from "../../contracts/cache.ts"
import type { AdapterContext } from "../../contracts/foundation/adapter.ts"
import type { InvalidationBus } from "../../contracts/invalidation-bus.ts"
import type { PlannedInstance } from "../config/plan.ts"
import { withBreaker } from "../features/cache/breaker.ts"
import { withJitter } from "../features/cache/jitter.ts"
import { tiered } from "../features/cache/tiered.ts"
import { wrap } from "../layers/wrap.ts"
import { asCache } from "../portable/cache.ts"

/** Puts around the cache of the adapter what its document asks for. */
export async function composeCache(cache: Cache, planned: PlannedInstance, context: AdapterContext): Promise<Cache> {
  const { layers = {}, near } = planned
  const { breaker, jitterSeconds, leaseMs } = layers
  const { clock, events, random } = context
  let composed = cache
  if (near !== undefined) {
    const made = (await near.definition.create(near.options as never, context)) as CacheImplementation
    const bus = (await planned.definition.createBus?.(planned.options as never, context)) as InvalidationBus | undefined
    composed = tiered(asCache(made, { adapter: near.definition.name, clock }), cache, { bus, l1Ttl: near.ttl, clock })
  }
  if (jitterSeconds !== undefined) {
    const { defaultTtl } = planned.options as { defaultTtl?: number }
    composed = withJitter(composed, { jitter: jitterSeconds, defaultTtl, random })
  }
  if (breaker !== undefined) composed = withBreaker(composed, { ...breaker, clock, events })
  return leaseMs === undefined ? composed : wrap(composed, (_call, next) => next(), { portable: { leaseMs } })
}

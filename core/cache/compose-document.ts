import type { Cache, CacheImplementation } from "../../contracts/cache/cache.ts"
import type { InvalidationBus } from "../../contracts/cache/invalidation-bus.ts"
import { withBreaker } from "../foundation/breaker.ts"
import type { Composition } from "../foundation/document.ts"
import { wrap } from "../foundation/wrap.ts"
import { withJitter } from "./layers/jitter.ts"
import { asCache } from "./portable-cache.ts"
import { tiered } from "./tiered/tiered.ts"

/** What a document puts around the cache of the adapter. */
export interface CacheLayers {
  /** Seconds that a near tier keeps an entry at most. The near tier is the first part of the composition. */
  readonly nearTtl?: number
  readonly jitterSeconds?: number
  readonly breaker?: { readonly failures: number; readonly resetMs: number }
  readonly leaseMs?: number
}

/** Puts around the cache of the adapter what its document asks for. */
export async function composeCache(cache: Cache, layers: CacheLayers, composition: Composition): Promise<Cache> {
  const { breaker, jitterSeconds, leaseMs, nearTtl } = layers
  const { chosen, context, parts } = composition
  const { clock, events, random } = context
  const [near] = parts
  let composed = cache
  if (near !== undefined && nearTtl !== undefined) {
    const made = (await near.definition.create(near.options as never, context)) as CacheImplementation
    const bus = (await chosen.definition.createBus?.(chosen.options as never, context)) as InvalidationBus | undefined
    composed = tiered(asCache(made, { adapter: near.definition.name, clock }), cache, { bus, l1Ttl: nearTtl, clock })
  }
  if (jitterSeconds !== undefined) {
    const { defaultTtl } = chosen.options as { defaultTtl?: number }
    composed = withJitter(composed, { jitter: jitterSeconds, defaultTtl, random })
  }
  if (breaker !== undefined) composed = withBreaker(composed, { ...breaker, clock, events })
  return leaseMs === undefined ? composed : wrap(composed, (_call, next) => next(), { portable: { leaseMs } })
}

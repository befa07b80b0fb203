import type {
  CacheCapabilities,
  ICacheAtomic,
  ICacheBatch,
  ICacheScan,
  ICacheService,
  ICacheTags,
} from "../../contracts/cache/cache.ts"
import { type CacheClauseId, cacheSentences } from "../../contracts/cache/clauses.ts"
import type { ErrorCode } from "../../contracts/foundation/errors.ts"
import type { IHealthCheckable } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
import type { Checks } from "../engine/checks.ts"
import { type ClauseWorld, clausesFor } from "../engine/clause.ts"

/** A cache as clauses see it: what a clause `needs` is there. */
export type CacheClient = ICacheService &
  ICacheBatch &
  ICacheAtomic &
  ICacheTags &
  ICacheScan &
  IHealthCheckable &
  IClosable

export type CacheWorld = ClauseWorld<CacheClient, CacheCapabilities>

export const clause = clausesFor<CacheClient, CacheCapabilities, CacheClauseId>(cacheSentences)

/** Clients of one store; the same one again and again where a store cannot be shared. */
export function clientsOf(world: CacheWorld, count: number): Promise<CacheClient[]> {
  return Promise.all(Array.from({ length: count }, () => world.connect()))
}

/** What is stored, although it looks like nothing. */
export const FALSY_VALUES = [0, "", false, null] as const

/** The token of a lease that outlasts the clause. */
export async function leaseOf(cache: CacheClient, key: string): Promise<string> {
  return (await cache.lease(key, 3_600_000)) ?? "no token"
}

/**
 * A call with these arguments is refused with the code with which set refuses them. What set takes, though it should
 * not, is the business of other clauses.
 */
export async function refusedAsBySet(
  t: Checks,
  cache: CacheClient,
  [key, value, ttl]: readonly [key: string, value: unknown, ttl?: number | undefined],
  call: () => Promise<unknown>,
  what: string,
): Promise<void> {
  const { error } = await t.outcome(() => cache.set(key, value, ttl), "set")
  if (error !== undefined) return t.rejects(call, (error as { code?: ErrorCode }).code ?? "INTERNAL", what)
  await cache.delete(key)
}

/** Whether the store answers again. */
export async function answers(cache: CacheClient): Promise<boolean> {
  try {
    await cache.has("answers")
    return true
  } catch {
    return false
  }
}

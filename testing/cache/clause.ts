import type {
  CacheCapabilities,
  ICacheAtomic,
  ICacheBatch,
  ICacheScan,
  ICacheService,
  ICacheTags,
} from "../../contracts/cache.ts"
import type { IHealthCheckable } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
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

export const clause = clausesFor<CacheClient, CacheCapabilities>("cache")

/** Limits above this are believed: trying them would take too much memory. */
export const LARGEST_TRIED_BYTES = 16 * 1024 * 1024

/** Whether the store answers again. */
export async function answers(cache: CacheClient): Promise<boolean> {
  try {
    await cache.has("answers")
    return true
  } catch {
    return false
  }
}

/** The same bytes in a Buffer, where the runtime has them. */
export function bufferOf(bytes: Uint8Array): Uint8Array {
  const { Buffer } = globalThis as { Buffer?: { from(bytes: Uint8Array): Uint8Array } }
  return Buffer?.from(bytes) ?? bytes
}

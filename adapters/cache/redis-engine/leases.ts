import { randomUUID } from "node:crypto"
import { CACHE_MAX_TTL_SECONDS, cacheTtlMs } from "../../../contracts/cache/arguments.ts"
import type { RedisCommands } from "../../kit/engines/redis/commands.ts"
import { ExpiringIndex } from "./expiring-index.ts"
import { leaseScript, voidLeaseScript } from "./scripts.ts"

/** Leases, each under its entry's own key. They are listed too: an invalidation finds them without a walk over all keys. */
export class Leases {
  readonly #redis: RedisCommands
  readonly #index: ExpiringIndex
  readonly #entryKey: (key: string) => string

  constructor(redis: RedisCommands, indexKey: string, entryKey: (key: string) => string) {
    this.#redis = redis
    this.#index = new ExpiringIndex(redis, indexKey)
    this.#entryKey = entryKey
  }

  /** @returns The token, or undefined where there is an entry or a lease. */
  async take(key: string, ttlMs: number): Promise<string | undefined> {
    const token = randomUUID()
    const ms = Math.min(Math.ceil(ttlMs), cacheTtlMs(CACHE_MAX_TTL_SECONDS))
    const taken = await this.#redis.run(leaseScript, [this.#entryKey(key)], token, String(ms))
    if (Number(taken) !== 1) return undefined
    try {
      // Before anybody knows the token: an invalidation that does not find it here began before the load does.
      await this.#index.add(key, ms)
    } catch (error) {
      throw this.#redis.partly(error)
    }
    return token
  }

  async voidAll(): Promise<void> {
    for await (const keys of this.#index.members()) {
      await this.#redis.each(keys, (key) => this.#redis.run(voidLeaseScript, [this.#entryKey(key)]))
    }
  }
}

import type { ICacheService } from "@objectos/sdk/contracts"

/** The cache that everybody writes first. `npm run prove examples/my-cache.ts` says what is wrong with it. */
export class MyCache implements ICacheService {
  #entries = new Map()

  async get(key: string) {
    const entry = this.#entries.get(key)
    return entry && entry.until > Date.now() ? entry.value : undefined
  }
  async set(key: string, value: unknown, ttl?: number) {
    this.#entries.set(key, { value, until: ttl ? Date.now() + ttl * 1000 : Number.POSITIVE_INFINITY })
  }
  async delete(key: string) {
    return this.#entries.delete(key)
  }
  async has(key: string) {
    return this.#entries.has(key)
  }
  async clear() {
    this.#entries.clear()
  }
  async stats() {
    return { hits: 0, misses: 0, keyCount: this.#entries.size }
  }
}

import type { RedisCommands } from "../../kit/engines/redis/commands.ts"
import { ExpiringIndex } from "./expiring-index.ts"
import { deleteTaggedScript } from "./scripts.ts"

/**
 * Which keys carry which tag. An index may have too many keys, never too few: the entry itself says what it carries.
 * Tags are those of `encodeTags`.
 */
export class Tags {
  readonly #redis: RedisCommands
  readonly #prefix: string
  readonly #entryKey: (key: string) => string

  constructor(redis: RedisCommands, prefix: string, entryKey: (key: string) => string) {
    this.#redis = redis
    this.#prefix = prefix
    this.#entryKey = entryKey
  }

  async add(key: string, tags: readonly string[], ttlMs: number | undefined): Promise<void> {
    await this.#redis.together(tags.map((tag) => this.#index(tag).add(key, ttlMs)))
  }

  /**
   * Stores an entry and indexes it: before, so that a crash cannot leave an entry that no invalidation finds; and
   * after, since an invalidation in between may have taken it out of the index.
   */
  async store<T>(key: string, tags: readonly string[], ttlMs: number | undefined, store: () => Promise<T>): Promise<T> {
    if (this.#redis.ordered) {
      const before = this.add(key, tags, ttlMs)
      const stored = store()
      const [, result] = await this.#redis.together<unknown>([before, stored, this.add(key, tags, ttlMs)])
      return result as T
    }
    await this.add(key, tags, ttlMs)
    const result = await store()
    try {
      await this.add(key, tags, ttlMs)
    } catch (error) {
      throw this.#redis.partly(error)
    }
    return result
  }

  async invalidate(tag: string): Promise<void> {
    const index = this.#index(tag)
    const owner = await index.setAside()
    if (owner === undefined) return
    try {
      for await (const page of index.membersAside()) {
        await this.#redis.each(page, (key) => this.#redis.run(deleteTaggedScript, [this.#entryKey(key)], tag))
      }
      await index.drop(owner)
    } catch (error) {
      throw this.#redis.partly(error)
    }
  }

  /** Whether a key is an index of these, present or set aside. */
  isIndex(key: string): boolean {
    return key.startsWith(this.#prefix)
  }

  /**
   * Sets indexes aside. @returns Deletes what they held, once the entries are gone: an invalidation
   * meanwhile, or after a failure, still finds it there.
   */
  async setAside(indexes: readonly string[]): Promise<() => Promise<void>> {
    // The tag is between the braces; what another invalidation has set aside has more behind them.
    const tags = new Set(indexes.map((key) => key.slice(this.#prefix.length + 1, key.indexOf("}"))))
    const owned = await this.#redis.each([...tags], async (tag) => {
      const index = this.#index(tag)
      const owner = await index.setAside()
      return { index, owner }
    })
    return async () => {
      await this.#redis.each(owned, async ({ index, owner }) => {
        if (owner !== undefined) await index.drop(owner)
      })
    }
  }

  #index(tag: string): ExpiringIndex {
    return new ExpiringIndex(this.#redis, `${this.#prefix}{${tag}}`)
  }
}

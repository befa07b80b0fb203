/** The optional interfaces of a cache: `ICacheService` is all that a class must have. */

/** Many keys in one call. Capability `batch`. */
export interface ICacheBatch {
  getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>>
  /** Not atomic: a rejected call may have stored some entries, never a refused one. */
  setMany(entries: Iterable<readonly [string, unknown]>, ttl?: number): Promise<void>
  /** @returns How many of the keys were there. */
  deleteMany(keys: readonly string[]): Promise<number>
}

/**
 * Changes that no other client can come between. Capability `atomic`.
 *
 * In a shared store, clear and invalidateTags first void the leases and then remove entries: so they also remove what
 * a fill stored in between.
 */
export interface ICacheAtomic {
  /** @returns Whether the value was stored: false when the key was there. */
  setIfAbsent(key: string, value: unknown, ttl?: number): Promise<boolean>
  /**
   * Adds `by` (default 1) to an integer, from 0 when absent. `ttl` holds only for a key this call makes.
   * PRECONDITION_FAILED where the value, or the sum, is not a safe integer.
   */
  increment(key: string, by?: number, ttl?: number): Promise<number>
  /** Reads and deletes; of several callers one gets the value. */
  take<T = unknown>(key: string): Promise<T | undefined>
  /** Gives a live key a new ttl. @returns Whether the key was there. */
  touch(key: string, ttl: number): Promise<boolean>
  /** @returns Seconds left, Infinity for never, undefined when absent. */
  ttl(key: string): Promise<number | undefined>
  /** A token to `fill` an absent key with, for one caller at a time; void after `ttlMs`. */
  lease(key: string, ttlMs: number): Promise<string | undefined>
  /**
   * Stores only while the lease holds, and ends it; set, delete, clear and invalidateTags void it.
   *
   * @param lease The token that `lease` resolved.
   * @param tags Needs `tags`, and tags the value as `setTagged` does.
   * @returns Whether the value was stored.
   */
  fill(key: string, lease: string, value: unknown, ttl?: number, tags?: readonly string[]): Promise<boolean>
}

/** Groups of entries that go together. Capability `tags`. */
export interface ICacheTags {
  /** @param tags At most 128, each at most 512 bytes; duplicates count once. */
  setTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): Promise<void>
  /** Removes every entry that has at least one of the tags, and voids every lease: what is loading may have one too. */
  invalidateTags(tags: readonly string[]): Promise<void>
}

/** Walking over the keys. Capability `scan`. */
export interface ICacheScan {
  /** In no particular order. Keys set or deleted during the walk may or may not be seen. */
  keys(options?: { prefix?: string | undefined }): AsyncIterable<string>
}

export interface GraceOptions {
  /** Seconds that the entry lives. `Infinity` needs no grace. */
  ttl: number
  /** Seconds that `getStale` finds the value after that. */
  grace: number
  /** As in `setTagged`. */
  tags?: readonly string[] | undefined
  /** Stores only while this lease of the key holds, as `fill` does. */
  lease?: string | undefined
}

/**
 * Entries whose value can still be had for a while after their ttl, by asking for a stale one. Every `Cache` has it
 * that has `scan`; an implementation may do it natively.
 */
export interface ICacheGrace {
  /** As set. No other read than `getStale` finds the entry after its ttl. @returns False when the lease is void. */
  setWithGrace(key: string, value: unknown, options: GraceOptions): Promise<boolean>
  /** What setWithGrace stored, until ttl and grace are over or anybody writes, deletes or invalidates the key. */
  getStale<T = unknown>(key: string): Promise<T | undefined>
}

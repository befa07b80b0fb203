/**
 * The checks of what cache methods are given: each says what is wrong, or undefined. They run in the portable type, so
 * that every adapter refuses alike.
 */
import { plainDataIssue } from "../foundation/plain-data.ts"
import { got, typeName, utf8Length } from "../foundation/text.ts"

export const CACHE_MAX_KEY_BYTES = 512
export const CACHE_MAX_TTL_SECONDS = 10 * 365.25 * 24 * 60 * 60
export const CACHE_MAX_TAG_BYTES = 512
/** Tags of one entry; duplicates count once. */
export const CACHE_MAX_TAGS = 128

/**
 * The part of the key check that costs next to nothing. A key that passes may still have a lone surrogate, so whoever
 * relies on this owes `cacheKeyIssue` for keys that are not found; keys that are found were checked when they were set.
 */
export function seemsCacheKey(key: unknown, maxKeyBytes: number): boolean {
  // A UTF-16 unit is at most three bytes.
  return typeof key === "string" && key.length > 0 && key.length * 3 <= maxKeyBytes
}

/** What is wrong with a key, or undefined. */
export function cacheKeyIssue(key: unknown, maxKeyBytes: number = CACHE_MAX_KEY_BYTES): string | undefined {
  if (typeof key !== "string") return `A cache key must be a string; got ${typeName(key)}.`
  if (key.length === 0) return "A cache key must not be empty."
  if (!seemsCacheKey(key, maxKeyBytes) && utf8Length(key) > maxKeyBytes) {
    return `A cache key must have at most ${maxKeyBytes} bytes; got ${utf8Length(key)}.`
  }
  return key.isWellFormed() ? undefined : "A cache key must not have a lone surrogate."
}

/** What is wrong with a ttl, or undefined. Infinity and an omitted ttl are fine. */
export function cacheTtlIssue(ttl: unknown): string | undefined {
  if (ttl === undefined || ttl === Number.POSITIVE_INFINITY) return undefined
  if (typeof ttl === "number" && ttl > 0 && ttl <= CACHE_MAX_TTL_SECONDS) return undefined
  return `A ttl must be a number of seconds above 0 and up to 10 years, or Infinity; got ${got(ttl)}.`
}

/** A ttl in whole milliseconds, rounded up; Infinity stays. */
export function cacheTtlMs(ttl: number): number {
  // Rounding at a thousandth first: 0.07 * 1000 is 70.00000000000001.
  return Math.ceil(Math.round(ttl * 1_000_000) / 1000)
}

/** What is wrong with a value, or undefined. */
export function cacheValueIssue(value: unknown): string | undefined {
  if (typeof value === "string" || typeof value === "number") return undefined
  const issue = plainDataIssue(value, "value")
  return issue === undefined ? undefined : `A cache value must be plain data; ${issue}.`
}

/** What is wrong with the ttl of `touch`, which cannot be omitted. */
export function cacheTouchIssue(ttl: unknown): string | undefined {
  return ttl === undefined ? "A ttl must be given to touch; got undefined." : cacheTtlIssue(ttl)
}

/** What is wrong with the step of `increment`. */
export function cacheIncrementIssue(by: unknown): string | undefined {
  if (Number.isSafeInteger(by)) return undefined
  return `The step of increment must be a safe integer; got ${got(by)}.`
}

/** What is wrong with the time of a `lease`. */
export function cacheLeaseIssue(ttlMs: unknown): string | undefined {
  if (typeof ttlMs === "number" && ttlMs > 0 && Number.isFinite(ttlMs)) return undefined
  return `The time of a lease must be a finite number of milliseconds above 0; got ${got(ttlMs)}.`
}

/** What is wrong with the token that is given to `fill`; a string that no lease has is fine, and fills nothing. */
export function cacheTokenIssue(token: unknown): string | undefined {
  return typeof token === "string" ? undefined : `The token of a lease must be a string; got ${typeName(token)}.`
}

/** What is wrong with a list of tags, apart from its length. */
export function cacheTagsIssue(tags: unknown): string | undefined {
  if (!Array.isArray(tags)) return `Tags must come as an array; got ${typeName(tags)}.`
  for (const tag of tags as unknown[]) {
    if (typeof tag !== "string") return `A tag must be a string; got ${typeName(tag)}.`
    if (tag.length === 0) return "A tag must not be empty."
    const bytes = utf8Length(tag)
    if (bytes > CACHE_MAX_TAG_BYTES) return `A tag must have at most ${CACHE_MAX_TAG_BYTES} bytes; got ${bytes}.`
    if (!tag.isWellFormed()) return "A tag must not have a lone surrogate."
  }
  return undefined
}

/** Says when an entry has too many tags: LIMIT_EXCEEDED. */
export function cacheTagLimitIssue(tags: readonly string[]): string | undefined {
  const count = tags.length > CACHE_MAX_TAGS ? new Set(tags).size : 0
  return count > CACHE_MAX_TAGS ? `An entry must have at most ${CACHE_MAX_TAGS} tags; got ${count}.` : undefined
}

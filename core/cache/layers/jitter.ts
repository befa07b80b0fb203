import { cacheTtlIssue } from "../../../contracts/cache/arguments.ts"
import type { Cache, GraceOptions } from "../../../contracts/cache/cache.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { got } from "../../../contracts/foundation/text.ts"
import type { Around } from "../../foundation/layers.ts"
import { wrap } from "../../foundation/wrap.ts"

export interface JitterOptions {
  /** How much earlier an entry may go: seconds, or a share of its ttl such as `"10%"`. */
  jitter: number | `${number}%`
  /** Seconds: what a write without ttl gets, shortened as well. Default: such a write stays as it is. */
  defaultTtl?: number | undefined
  /** A number in [0, 1), as `Math.random`, which is the default. */
  random?: (() => number) | undefined
}

/** Clauses of the contract that a cache with jitter does not keep: its entries may go before their ttl. */
export const jitterRelaxes = [
  "CACHE-TTL-01",
  "CACHE-TTL-04",
  "CACHE-TTL-11",
  "CACHE-TTL-12",
  "CACHE-TTL-16",
  "CACHE-ATOMIC-13",
  "CACHE-ATOMIC-19",
] as const

/** One millisecond, in seconds. */
const SHORTEST_TTL = 0.001

/** Where each method has its ttl. */
const TTL_AT: Readonly<Record<string, number>> = {
  set: 2,
  setMany: 1,
  setIfAbsent: 2,
  increment: 2,
  touch: 1,
  fill: 3,
  setTagged: 3,
}

/**
 * Shortens each ttl by chance, so that entries that were stored together do not all expire together.
 *
 * The entry lives for a time in [ttl - jitter, ttl], never longer. A write with Infinity, or without ttl where
 * there is no `defaultTtl`, stays as it is; so does the grace of `getOrSet`. All entries of one setMany get the same
 * ttl.
 *
 * @throws ServiceError INVALID_CONFIG for a jitter that is not seconds above 0, nor a share up to 100%.
 * @example
 * const cache = withJitter(createMemoryCache(), { jitter: "10%" })
 */
export function withJitter(cache: Cache, { defaultTtl, jitter, random = Math.random }: JitterOptions): Cache {
  const spreadOf = spreadFrom(jitter)
  const shorten = (ttl: unknown) => {
    if (typeof ttl !== "number" || ttl === Number.POSITIVE_INFINITY || cacheTtlIssue(ttl) !== undefined) return ttl
    return Math.max(Math.min(ttl, SHORTEST_TTL), ttl - random() * spreadOf(ttl))
  }
  const around: Around = ({ method, args }, next) => {
    if (method === "setWithGrace") {
      const options = args[2] as GraceOptions
      return next([args[0], args[1], { ...options, ttl: shorten(options.ttl) }])
    }
    const at = TTL_AT[method]
    if (at === undefined) return next()
    const ttl = args[at] ?? (method === "touch" ? undefined : defaultTtl)
    if (ttl === undefined) return next()
    const shortened = [...args]
    shortened[at] = shorten(ttl)
    return next(shortened)
  }
  return wrap(cache, around, { keepsContract: true })
}

/** The longest that a ttl is shortened by, in seconds. */
function spreadFrom(jitter: number | string): (ttl: number) => number {
  if (typeof jitter === "number" && jitter > 0) return () => jitter
  const share = typeof jitter === "string" && /^\d+(\.\d+)?%$/.test(jitter) ? Number.parseFloat(jitter) / 100 : 0
  if (share > 0 && share <= 1) return (ttl) => ttl * share
  const must = 'jitter must be a number of seconds above 0, or a share such as "10%"'
  throw new ServiceError(
    "INVALID_CONFIG",
    `${must}; got ${typeof jitter === "string" ? "another string" : got(jitter)}.`,
  )
}

import {
  cacheIncrementIssue,
  cacheKeyIssue,
  cacheLeaseIssue,
  cacheTagLimitIssue,
  cacheTagsIssue,
  cacheTokenIssue,
  cacheTouchIssue,
  cacheTtlIssue,
  cacheValueIssue,
} from "../../contracts/cache/arguments.ts"
import type { CacheCapabilities, GraceOptions } from "../../contracts/cache/cache.ts"
import { typeName } from "../../contracts/foundation/text.ts"
import type { Refusal } from "../foundation/refusal.ts"
import { graceRefusal, optionsIssue } from "./load/load-options.ts"

type Arguments = readonly unknown[]

/** What a check needs to know of the cache. */
export interface CacheLimits {
  readonly maxKeyBytes: number
  readonly capabilities: CacheCapabilities
  /** The implementation checks single values itself. */
  readonly checksValues: boolean
}

/** The arguments as a key space takes them, or why the call is refused: keys and tags are distinct, entries a Map. */
type Check = (args: Arguments, limits: CacheLimits) => Arguments | Refusal

const withValue: Check = (args, limits) => setIssue(args[0], args[1], args[2], limits) ?? args
const withKeys: Check = ([keys], { maxKeyBytes }) => distinctKeys(keys, maxKeyBytes)
const withNothing: Check = (args) => args

const CHECKS: Readonly<Record<string, Check>> = {
  set: withValue,
  setIfAbsent: withValue,
  getMany: withKeys,
  deleteMany: withKeys,
  clear: withNothing,
  stats: withNothing,
  setMany: ([entries, ttl], { maxKeyBytes }) => checkedEntries(entries, ttl, maxKeyBytes),
  keys: (args) => prefixIssue(args[0]) ?? args,
  invalidateTags: ([tags]) => cacheTagsIssue(tags) ?? [distinct(tags)],
  touch: (args, limits) => keyIssue(args, limits) ?? cacheTouchIssue(args[1]) ?? args,
  lease: (args, limits) => keyIssue(args, limits) ?? cacheLeaseIssue(args[1]) ?? args,
  increment(args, limits) {
    const [key, step, ttl] = args
    const by = step === undefined ? 1 : step
    return keyIssue(args, limits) ?? cacheIncrementIssue(by) ?? cacheTtlIssue(ttl) ?? [key, by, ttl]
  },
  fill(args, limits) {
    const [, token, value, ttl, tags] = args
    const issue = keyIssue(args, limits) ?? cacheTokenIssue(token) ?? cacheTtlIssue(ttl) ?? valueIssue(value, limits)
    return issue ?? (tags === undefined ? args : withTags(args, 4, limits))
  },
  setTagged: (args, limits) =>
    keyIssue(args, limits) ?? cacheTtlIssue(args[3]) ?? valueIssue(args[1], limits) ?? withTags(args, 2, limits),
  setWithGrace(args, limits) {
    const [key, value, options] = args
    const issue = keyIssue(args, limits)
    if (issue !== undefined) return issue
    const refusal = graceRefusal(key as string, options as GraceOptions, limits.capabilities)
    return refusal ?? valueIssue(value, limits) ?? args
  },
  release: (args, limits) =>
    keyIssue(args, limits) ??
    (limits.capabilities.atomic ? args : { code: "UNSUPPORTED", message: "This cache does not offer release()." }),
}

/** Of methods that take a key alone. */
const withKey: Check = (args, limits) => keyIssue(args, limits) ?? args

export function checkArguments(method: string, args: Arguments, limits: CacheLimits): Arguments | Refusal {
  return (CHECKS[method] ?? withKey)(args, limits)
}

/** What is wrong with the arguments of set, or undefined. */
export function setIssue(key: unknown, value: unknown, ttl: unknown, limits: CacheLimits): string | undefined {
  return cacheKeyIssue(key, limits.maxKeyBytes) ?? cacheTtlIssue(ttl) ?? valueIssue(value, limits)
}

function keyIssue(args: Arguments, { maxKeyBytes }: CacheLimits): string | undefined {
  return cacheKeyIssue(args[0], maxKeyBytes)
}

function valueIssue(value: unknown, { checksValues }: CacheLimits): string | undefined {
  return checksValues ? undefined : cacheValueIssue(value)
}

function distinct(list: unknown): string[] {
  return [...new Set(list as string[])]
}

function prefixIssue(options: unknown): Refusal | undefined {
  const issue = optionsIssue(options)
  if (issue !== undefined) return issue
  const { prefix } = options as { prefix?: unknown }
  return prefix === undefined || typeof prefix === "string"
    ? undefined
    : `A prefix must be a string; got ${typeName(prefix)}.`
}

function distinctKeys(keys: unknown, maxKeyBytes: number): Arguments | Refusal {
  if (!Array.isArray(keys)) return `Keys must come as an array; got ${typeName(keys)}.`
  const unique = distinct(keys)
  for (const key of unique) {
    const issue = cacheKeyIssue(key, maxKeyBytes)
    if (issue !== undefined) return issue
  }
  return [unique]
}

function checkedEntries(entries: unknown, ttl: unknown, maxKeyBytes: number): Arguments | Refusal {
  const ttlIssue = cacheTtlIssue(ttl)
  if (ttlIssue !== undefined) return ttlIssue
  if (typeof (entries as Iterable<unknown> | undefined)?.[Symbol.iterator] !== "function") {
    return `Entries must come as an iterable; got ${typeName(entries)}.`
  }
  const checked = new Map<string, unknown>()
  for (const entry of entries as Iterable<unknown>) {
    const issue = Array.isArray(entry)
      ? (cacheKeyIssue(entry[0], maxKeyBytes) ?? cacheValueIssue(entry[1]))
      : `An entry must be a [key, value] pair; got ${typeName(entry)}.`
    if (issue !== undefined) return issue
    const [key, value] = entry as [string, unknown]
    checked.set(key, value)
  }
  return [checked, ttl]
}

/** The arguments with the tags at their place, each once. */
function withTags(args: Arguments, at: number, { capabilities }: CacheLimits): Arguments | Refusal {
  const tags = args[at]
  if (!capabilities.tags) return { code: "UNSUPPORTED", message: "This cache does not offer tags." }
  const issue = cacheTagsIssue(tags)
  if (issue !== undefined) return issue
  const once = distinct(tags)
  const limit = cacheTagLimitIssue(once)
  return limit === undefined ? args.with(at, once) : { code: "LIMIT_EXCEEDED", message: limit }
}

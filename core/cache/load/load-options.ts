import { cacheKeyIssue, cacheTtlIssue } from "../../../contracts/cache/arguments.ts"
import type { CacheCapabilities, GetOrSetOptions, GraceOptions } from "../../../contracts/cache/cache.ts"
import { got, typeName } from "../../../contracts/foundation/text.ts"
import type { Refusal } from "../../foundation/refusal.ts"
import { staleKey } from "../reserved-keys.ts"

/** What is wrong with options as a whole, or undefined. */
export function optionsIssue(options: unknown): string | undefined {
  if (typeof options === "object" && options !== null) return undefined
  return `Options must come as an object; got ${typeName(options)}.`
}

/** Why a call of `getOrSet` is refused, or undefined. The key by itself is checked when it is read. */
export function loadRefusal(
  key: string,
  factory: unknown,
  options: GetOrSetOptions,
  capabilities: CacheCapabilities,
): Refusal | undefined {
  if (typeof factory !== "function") return `A factory must be a function; got ${typeName(factory)}.`
  const shape = optionsIssue(options)
  if (shape !== undefined) return shape
  const { grace, hardTimeoutMs, leaseMs, softTimeoutMs, tags, ttl } = options
  const issue =
    cacheTtlIssue(ttl) ??
    durationIssue("softTimeoutMs", softTimeoutMs) ??
    durationIssue("hardTimeoutMs", hardTimeoutMs) ??
    (leaseMs === undefined ? undefined : leaseIssue(leaseMs))
  if (issue !== undefined) return issue
  if (grace !== undefined) return graceRefusal(key, { grace, tags, ttl }, capabilities)
  return softTimeoutMs === undefined
    ? tagsRefusal(tags, capabilities)
    : "softTimeoutMs must come with grace, which keeps the old value for it."
}

/** Why an entry cannot have this grace, or undefined. */
export function graceRefusal(
  key: string,
  options: { [Name in keyof GraceOptions]?: unknown },
  capabilities: CacheCapabilities,
): Refusal | undefined {
  const shape = optionsIssue(options)
  if (shape !== undefined) return shape
  const { grace, tags, ttl } = options
  if (!capabilities.scan)
    return { code: "UNSUPPORTED", message: "This cache does not offer grace, since it has no scan." }
  if (ttl === undefined) return "grace must come with a ttl, after which it begins."
  const issue = cacheTtlIssue(ttl) ?? graceIssue(grace, ttl as number)
  if (issue !== undefined) return issue
  const keyIssue = cacheKeyIssue(typeof key === "string" ? staleKey(key) : key, capabilities.maxKeyBytes)
  if (keyIssue !== undefined) return `With grace, which marks the key: ${keyIssue}`
  return tagsRefusal(tags, capabilities)
}

function graceIssue(grace: unknown, ttl: number): string | undefined {
  if (typeof grace === "number" && grace > 0 && cacheTtlIssue(ttl + grace) === undefined) return undefined
  return `grace must be a number of seconds above 0, and with the ttl up to 10 years; got ${got(grace)}.`
}

function tagsRefusal(tags: unknown, capabilities: CacheCapabilities): Refusal | undefined {
  if (tags === undefined) return undefined
  if (!capabilities.tags) return { code: "UNSUPPORTED", message: "This cache does not offer tags." }
  if (!Array.isArray(tags)) return `Tags must come as an array; got ${typeName(tags)}.`
  if (tags.every((tag) => typeof tag === "string" && tag !== "")) return undefined
  return "Tags must be strings, and must not be empty."
}

function durationIssue(name: string, ms: unknown): string | undefined {
  if (ms === undefined || (typeof ms === "number" && ms >= 0 && Number.isFinite(ms))) return undefined
  return `${name} must be a number of milliseconds, 0 or more; got ${got(ms)}.`
}

function leaseIssue(ms: unknown): string | undefined {
  if (typeof ms === "number" && ms > 0 && Number.isFinite(ms)) return undefined
  return `leaseMs must be a number of milliseconds above 0; got ${got(ms)}.`
}

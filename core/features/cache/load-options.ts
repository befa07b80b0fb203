import type { CacheCapabilities, GetOrSetOptions, GraceOptions } from "../../../contracts/cache.ts"
import { cacheKeyIssue, cacheTtlIssue } from "../../../contracts/cache-arguments.ts"
import type { ErrorCode } from "../../../contracts/foundation/errors.ts"
import { typeName } from "../../../contracts/foundation/text.ts"
import { copyKey } from "../../portable/reserved-keys.ts"

export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
}

/** What is wrong with options as a whole, or undefined. */
export function optionsIssue(options: unknown): string | undefined {
  if (typeof options === "object" && options !== null) return undefined
  return `Options come as an object, not as ${typeName(options)}.`
}

/** Why a call of `getOrSet` is refused, or undefined. The key by itself is checked when it is read. */
export function loadRefusal(
  key: string,
  factory: unknown,
  options: GetOrSetOptions,
  capabilities: CacheCapabilities,
): Refusal | undefined {
  if (typeof factory !== "function") return invalid(`A factory is a function, not ${typeName(factory)}.`)
  const shape = optionsIssue(options)
  if (shape !== undefined) return invalid(shape)
  const { grace, hardTimeoutMs, leaseMs, softTimeoutMs, tags, ttl } = options
  const issue =
    cacheTtlIssue(ttl) ??
    durationIssue("softTimeoutMs", softTimeoutMs) ??
    durationIssue("hardTimeoutMs", hardTimeoutMs) ??
    (leaseMs === 0 ? "A lease lasts more than 0 ms." : durationIssue("leaseMs", leaseMs))
  if (issue !== undefined) return invalid(issue)
  if (grace !== undefined) return graceRefusal(key, { grace, tags, ttl }, capabilities)
  return softTimeoutMs === undefined ? tagsRefusal(tags, capabilities) : invalid("softTimeoutMs needs grace.")
}

/** Why an entry cannot have this grace, or undefined. */
export function graceRefusal(
  key: string,
  options: { [Name in keyof GraceOptions]?: unknown },
  capabilities: CacheCapabilities,
): Refusal | undefined {
  const shape = optionsIssue(options)
  if (shape !== undefined) return invalid(shape)
  const { grace, tags, ttl } = options
  if (!capabilities.scan) return { code: "UNSUPPORTED", message: "grace needs scan." }
  if (ttl === undefined) return invalid("grace needs a ttl.")
  const fits = typeof grace === "number" && grace > 0 && cacheTtlIssue((ttl as number) + grace) === undefined
  const issue =
    cacheTtlIssue(ttl) ?? (fits ? undefined : "grace is a number of seconds above 0, and with the ttl up to 10 years.")
  if (issue !== undefined) return invalid(issue)
  const keyIssue = cacheKeyIssue(typeof key === "string" ? copyKey(key) : key, capabilities.maxKeyBytes)
  return keyIssue === undefined ? tagsRefusal(tags, capabilities) : invalid(`With grace: ${keyIssue}`)
}

function tagsRefusal(tags: unknown, capabilities: CacheCapabilities): Refusal | undefined {
  if (tags === undefined) return undefined
  if (!capabilities.tags) return { code: "UNSUPPORTED", message: "This cache has no tags." }
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === "string" && tag !== "")) return undefined
  return invalid("Tags come as an array of strings that are not empty.")
}

function durationIssue(name: string, ms: unknown): string | undefined {
  if (ms === undefined || (typeof ms === "number" && ms >= 0 && Number.isFinite(ms))) return undefined
  return `${name} is a number of milliseconds, 0 or more.`
}

function invalid(message: string): Refusal {
  return { code: "INVALID_ARGUMENT", message }
}

import { err, ok } from "neverthrow"
import * as z from "zod/mini"
import type { Cache } from "../../contracts/cache/cache.ts"
import type { ErrorIssue } from "../../contracts/foundation/errors.ts"
import { got } from "../../contracts/foundation/text.ts"
import {
  type DescribedValue,
  type DocumentOption,
  type DocumentPart,
  type DocumentPlan,
  INSTANCE_KEYS,
  type InstanceConfig,
  type PlannedAdapter,
  type ServiceDocument,
} from "../foundation/document.ts"
import { parseSchema } from "../foundation/parse-schema.ts"
import { issueAt, optionNames, schemaIssues } from "../foundation/schema.ts"
import type { CacheLayers } from "./compose-document.ts"
import { disabledCache } from "./disabled-cache.ts"

const tierSchema = z.strictObject({
  /** A label: it names the tier in the description of the configuration. */
  name: z.string(),
  /** The adapter. A near tier is `memory`. */
  type: z.enum(["memory", "redis", "memcached", "cdn"]),
  /** Megabytes of 1,048,576 bytes: `maxBytes` of the adapter. */
  maxSize: z.optional(z.number()),
  /** Seconds: `defaultTtl` of the adapter; of a near tier how long it keeps an entry at most. */
  ttl: z._default(z.number(), 300),
  /** `eviction` of the adapter. `lru` is the document's default, so it leaves the choice to a server that has its own. */
  strategy: z._default(z.enum(["lru", "lfu", "fifo", "ttl", "adaptive"]), "lru"),
  warmup: z._default(z.boolean(), false),
})

const avalanchePreventionSchema = z.strictObject({
  /** Shortens each ttl by chance, by `maxJitterSeconds` at most; it is never made longer. */
  jitterTtl: z.optional(
    z.strictObject({ enabled: z._default(z.boolean(), false), maxJitterSeconds: z._default(z.number(), 60) }),
  ),
  /** `withBreaker`. `resetTimeout` in seconds. */
  circuitBreaker: z.optional(
    z.strictObject({
      enabled: z._default(z.boolean(), false),
      failureThreshold: z._default(z.number(), 5),
      resetTimeout: z._default(z.number(), 30),
    }),
  ),
  /** `leaseMs` of getOrSet where the call gives none. Within a process a key is always loaded once at a time. */
  lockout: z.optional(
    z.strictObject({ enabled: z._default(z.boolean(), false), lockTimeoutMs: z._default(z.number(), 5000) }),
  ),
})

/** The cache document of the requirement document (SPEC-005), with its defaults; what it does not know is refused. */
export const cacheDocumentSchema = z.strictObject({
  /** Without `enabled: true` the cache stores nothing, and every read misses. */
  enabled: z._default(z.boolean(), false),
  /** The near one first. None: the adapter is chosen as without a document. */
  tiers: z.array(tierSchema),
  invalidation: z.array(
    z.strictObject({
      trigger: z.enum(["create", "update", "delete", "manual"]),
      scope: z.enum(["key", "pattern", "tag", "all"]),
      pattern: z.optional(z.string()),
      tags: z.optional(z.array(z.string())),
    }),
  ),
  prefetch: z._default(z.boolean(), false),
  /** Needs an adapter that has the option. */
  compression: z._default(z.boolean(), false),
  /** Needs an adapter that has the option. */
  encryption: z._default(z.boolean(), false),
  consistency: z.optional(z.enum(["write_through", "write_behind", "write_around", "refresh_ahead"])),
  avalanchePrevention: z.optional(avalanchePreventionSchema),
  warmup: z.optional(
    z.strictObject({
      enabled: z._default(z.boolean(), false),
      strategy: z._default(z.enum(["eager", "lazy", "scheduled"]), "lazy"),
      schedule: z.optional(z.string()),
      patterns: z.optional(z.array(z.string())),
      concurrency: z._default(z.number(), 10),
    }),
  ),
})
export type CacheDocument = z.input<typeof cacheDocumentSchema>
type ParsedDocument = z.output<typeof cacheDocumentSchema>

/** Configuration of a cache: with the keys of the cache document, it says what stands around the adapter too. */
export type CacheInstanceConfig = InstanceConfig & CacheDocument

const KEYS = optionNames(cacheDocumentSchema)

/** Translates a cache document; what no composition honours is refused, each with its path. */
export const cacheDocument: ServiceDocument = {
  keys: KEYS,
  read(raw, path) {
    const parsed = parseSchema(cacheDocumentSchema, raw)
    if (parsed.issues === undefined) return ok(translate(parsed.data, raw as unknown as CacheDocument, path))
    const issues = schemaIssues(cacheDocumentSchema, parsed.issues, [...INSTANCE_KEYS, ...KEYS])
    return err(issues.map((issue) => issueAt(path, issue)))
  },
}

function translate(document: ParsedDocument, raw: CacheDocument, path: string): DocumentPlan {
  const { avalanchePrevention, enabled } = document
  const tiers = document.tiers.map((tier, index) => tierPart(tier, raw.tiers[index] ?? {}, `${path}.tiers.${index}`))
  const [near, far] = tiers.length > 1 ? tiers : [undefined, tiers[0]]
  const [nearTier] = document.tiers
  const layers: CacheLayers = {
    ...(near && nearTier && { nearTtl: nearTier.ttl }),
    ...layersOf(avalanchePrevention),
  }
  const at = `${path}.avalanchePrevention`
  return {
    ...(!enabled && { instead: { definition: disabledCache, path: `${path}.enabled` } }),
    issues: [...refuseWhatNobodyDoes(document, path), ...refuseNumbers(avalanchePrevention, at)],
    ...(far && { adapter: far.adapter }),
    options: [
      ...(far?.options ?? []),
      ...(["compression", "encryption"] as const)
        .filter((key) => document[key])
        .map((key) => ({ key, value: true, source: `${path}.${key}`, given: true })),
    ],
    parts: near ? [near] : [],
    described: describeLayers(layers, at),
    check: (chosen) => refuseLayers(layers, chosen, far?.name ?? "the cache", at),
    async compose(instance, composition) {
      const { composeCache } = await import("./compose-document.ts")
      return composeCache(instance as Cache, layers, composition)
    },
  }
}

function tierPart(tier: ParsedDocument["tiers"][number], raw: object, path: string): DocumentPart {
  const option = (key: string, from: keyof typeof tier, value: unknown, optional = false): DocumentOption => ({
    key,
    value,
    source: `${path}.${from}`,
    given: (raw as typeof tier)[from] !== undefined,
    optional,
  })
  const options = [
    option("defaultTtl", "ttl", tier.ttl),
    option("eviction", "strategy", tier.strategy, tier.strategy === "lru"),
    ...(tier.maxSize === undefined ? [] : [option("maxBytes", "maxSize", Math.round(tier.maxSize * 1024 * 1024))]),
  ]
  return { name: tier.name, path, adapter: { name: tier.type, path: `${path}.type` }, options }
}

const FILL = "must be false, since a cache does not know what to load; fill it with getOrSet or setMany"

function refuseWhatNobodyDoes(document: ParsedDocument, path: string): ErrorIssue[] {
  const { consistency, invalidation, prefetch, tiers, warmup } = document
  const issues: ErrorIssue[] = []
  const refuse = (key: string, message: string) => issues.push({ path: `${path}.${key}`, message })
  for (const [index, { name, type, warmup }] of tiers.entries()) {
    const at = `tiers.${index}`
    if (index > 1) refuse(at, "must be left out; there are a near tier and a far one, and no third")
    if (index === 0 && tiers.length > 1 && type !== "memory") {
      refuse(`${at}.type`, `must be memory, as the near tier, which is the first; got ${type}`)
    }
    if (index === 1 && type === "memory") {
      refuse(`${at}.type`, "must be a store, as the far tier, which is the second; got memory")
    }
    if (tiers.findIndex((other) => other.name === name) < index) {
      refuse(`${at}.name`, "must be a name of its own; an earlier tier has the same")
    }
    if (warmup) refuse(`${at}.warmup`, FILL)
  }
  for (const [index, { pattern, tags, trigger }] of invalidation.entries()) {
    const at = `invalidation.${index}`
    if (trigger !== "manual") {
      refuse(
        `${at}.trigger`,
        "must be manual, since a cache does not see changes of data; call delete, invalidateTags or clear on them",
      )
      continue
    }
    if (pattern !== undefined)
      refuse(`${at}.pattern`, "must be left out; the calls that invalidate by hand name the keys")
    if (tags !== undefined) refuse(`${at}.tags`, "must be left out; the calls that invalidate by hand name the tags")
  }
  if (prefetch)
    refuse("prefetch", "must be false, since a cache does not know what will be read; grace of getOrSet loads ahead")
  if (consistency !== undefined && consistency !== "write_through") {
    refuse("consistency", `must be write_through, as tiers are written; got ${consistency}`)
  } else if (consistency !== undefined && tiers.length < 2) {
    refuse("consistency", `must come with two tiers; got ${tiers.length}`)
  }
  if (warmup?.enabled) refuse("warmup.enabled", FILL)
  return issues
}

type AvalanchePrevention = ParsedDocument["avalanchePrevention"]

function refuseNumbers({ circuitBreaker, jitterTtl, lockout }: AvalanchePrevention = {}, path: string): ErrorIssue[] {
  const issues: ErrorIssue[] = []
  const check = (valid: boolean, key: string, wanted: string, value: number) => {
    if (!valid) issues.push({ path: `${path}.${key}`, message: `must be ${wanted}; got ${got(value)}` })
  }
  if (jitterTtl?.enabled) {
    const { maxJitterSeconds } = jitterTtl
    check(maxJitterSeconds > 0, "jitterTtl.maxJitterSeconds", "a number of seconds above 0", maxJitterSeconds)
  }
  if (circuitBreaker?.enabled) {
    const { failureThreshold, resetTimeout } = circuitBreaker
    const whole = Number.isInteger(failureThreshold) && failureThreshold > 0
    check(whole, "circuitBreaker.failureThreshold", "a whole number of 1 or more", failureThreshold)
    check(resetTimeout > 0, "circuitBreaker.resetTimeout", "a number of seconds above 0", resetTimeout)
  }
  if (lockout?.enabled) {
    const { lockTimeoutMs } = lockout
    check(lockTimeoutMs > 0, "lockout.lockTimeoutMs", "a number of milliseconds above 0", lockTimeoutMs)
  }
  return issues
}

function layersOf({ circuitBreaker, jitterTtl, lockout }: AvalanchePrevention = {}): CacheLayers {
  return {
    ...(jitterTtl?.enabled && { jitterSeconds: jitterTtl.maxJitterSeconds }),
    ...(circuitBreaker?.enabled && {
      breaker: { failures: circuitBreaker.failureThreshold, resetMs: circuitBreaker.resetTimeout * 1000 },
    }),
    ...(lockout?.enabled && { leaseMs: lockout.lockTimeoutMs }),
  }
}

function describeLayers({ breaker, jitterSeconds, leaseMs }: CacheLayers, path: string): DescribedValue[] {
  const values = [
    { key: "jitterSeconds", value: jitterSeconds, source: `${path}.jitterTtl` },
    { key: "breaker", value: breaker, source: `${path}.circuitBreaker` },
    { key: "leaseMs", value: leaseMs, source: `${path}.lockout` },
  ]
  return values.filter(({ value }) => value !== undefined)
}

/** What depends on the adapter that was chosen, and on its options. `tier` is the label of its tier. */
function refuseLayers(layers: CacheLayers, chosen: PlannedAdapter, tier: string, path: string): ErrorIssue[] {
  const { jitterSeconds = 0, leaseMs } = layers
  const { defaultTtl = Number.POSITIVE_INFINITY } = chosen.options as { defaultTtl?: number }
  const issues: ErrorIssue[] = []
  if (jitterSeconds >= defaultTtl) {
    const message = `must be less than ${defaultTtl}, the ttl of ${tier}; got ${jitterSeconds}`
    issues.push({ path: `${path}.jitterTtl.maxJitterSeconds`, message })
  }
  if (leaseMs !== undefined && chosen.definition.name === "memory") {
    const message =
      "must be false, since no other process shares this cache; in one process a key is loaded once anyway"
    issues.push({ path: `${path}.lockout.enabled`, message })
  }
  return issues
}

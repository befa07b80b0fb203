import { z } from "zod"

const tierSchema = z.strictObject({
  /** A label: it names the tier in the description of the configuration. */
  name: z.string(),
  /** The adapter. A near tier is `memory`. */
  type: z.enum(["memory", "redis", "memcached", "cdn"]),
  /** Megabytes of 1,048,576 bytes: `maxBytes` of the adapter. */
  maxSize: z.number().optional(),
  /** Seconds: `defaultTtl` of the adapter; of a near tier how long it keeps a copy at most. */
  ttl: z.number().default(300),
  /** `eviction` of the adapter. `lru` is the document's default, so it leaves the choice to a server that has its own. */
  strategy: z.enum(["lru", "lfu", "fifo", "ttl", "adaptive"]).default("lru"),
  warmup: z.boolean().default(false),
})

const avalanchePreventionSchema = z.strictObject({
  /** Shortens each ttl by chance, by `maxJitterSeconds` at most; it is never made longer. */
  jitterTtl: z
    .strictObject({ enabled: z.boolean().default(false), maxJitterSeconds: z.number().default(60) })
    .optional(),
  /** `withBreaker`. `resetTimeout` in seconds. */
  circuitBreaker: z
    .strictObject({
      enabled: z.boolean().default(false),
      failureThreshold: z.number().default(5),
      resetTimeout: z.number().default(30),
    })
    .optional(),
  /** `leaseMs` of getOrSet where the call gives none. Within a process a key is always loaded once at a time. */
  lockout: z.strictObject({ enabled: z.boolean().default(false), lockTimeoutMs: z.number().default(5000) }).optional(),
})

/** The cache document of the requirement document (SPEC-005), with its defaults; what it does not know is refused. */
export const cacheDocumentSchema = z.strictObject({
  /** Without `enabled: true` the cache stores nothing, and every read misses. */
  enabled: z.boolean().default(false),
  /** The near one first. None: the adapter is chosen as without a document. */
  tiers: z.array(tierSchema),
  invalidation: z.array(
    z.strictObject({
      trigger: z.enum(["create", "update", "delete", "manual"]),
      scope: z.enum(["key", "pattern", "tag", "all"]),
      pattern: z.string().optional(),
      tags: z.array(z.string()).optional(),
    }),
  ),
  prefetch: z.boolean().default(false),
  /** Needs an adapter that has the option. */
  compression: z.boolean().default(false),
  /** Needs an adapter that has the option. */
  encryption: z.boolean().default(false),
  consistency: z.enum(["write_through", "write_behind", "write_around", "refresh_ahead"]).optional(),
  avalanchePrevention: avalanchePreventionSchema.optional(),
  warmup: z
    .strictObject({
      enabled: z.boolean().default(false),
      strategy: z.enum(["eager", "lazy", "scheduled"]).default("lazy"),
      schedule: z.string().optional(),
      patterns: z.array(z.string()).optional(),
      concurrency: z.number().default(10),
    })
    .optional(),
})
export type CacheDocument = z.input<typeof cacheDocumentSchema>
type ParsedDocument = z.output<typeof cacheDocumentSchema>

/** A value of the document as an option of an adapter. */
export interface DocumentOption {
  readonly key: string
  readonly value: unknown
  readonly source: string
  /** False for a default of the document, which the environment goes before. */
  readonly given: boolean
  /** Left out where the adapter has no such option. */
  readonly optional?: boolean
}

export interface TierPlan {
  readonly name: string
  readonly adapter: string
  readonly path: string
  readonly ttl: number
  readonly options: readonly DocumentOption[]
}

/** What stands around the cache of the adapter. */
export interface CacheLayers {
  readonly jitterSeconds?: number
  readonly breaker?: { readonly failures: number; readonly resetMs: number }
  readonly leaseMs?: number
}

export interface CachePlan {
  readonly enabled: boolean
  readonly near?: TierPlan
  /** Undefined: chosen as without a document. */
  readonly far?: TierPlan
  /** Options of the far adapter besides those of its tier. */
  readonly options: readonly DocumentOption[]
  readonly layers: CacheLayers
}

type Report = (path: string, message: string) => void

/** Translates a cache document; reports what no composition honours, each with its path. */
export function readCacheDocument(raw: Readonly<Record<string, unknown>>, path: string, report: Report) {
  const parsed = cacheDocumentSchema.safeParse(raw)
  if (parsed.success) return translate(parsed.data, raw as unknown as CacheDocument, path, report)
  for (const issue of parsed.error.issues) {
    const at = [path, ...issue.path.map(String)].join(".")
    if (issue.code === "unrecognized_keys") for (const key of issue.keys) report(`${at}.${key}`, "unknown key")
    else report(at, issue.message)
  }
  return undefined
}

function translate(document: ParsedDocument, raw: CacheDocument, path: string, report: Report): CachePlan {
  if (!document.enabled) return { enabled: false, options: [], layers: {} }
  refuseWhatNobodyDoes(document, path, report)
  const tiers = document.tiers.map((tier, index) => tierPlan(tier, raw.tiers[index] ?? {}, `${path}.tiers.${index}`))
  const near = tiers.length > 1 ? tiers[0] : undefined
  const far = tiers[near === undefined ? 0 : 1]
  return {
    enabled: true,
    ...(near !== undefined && { near }),
    ...(far !== undefined && { far }),
    options: (["compression", "encryption"] as const)
      .filter((key) => document[key])
      .map((key) => ({ key, value: true, source: `${path}.${key}`, given: true })),
    layers: layersOf(document, `${path}.avalanchePrevention`, report),
  }
}

function tierPlan(tier: ParsedDocument["tiers"][number], raw: object, path: string): TierPlan {
  const option = (key: string, from: string, value: unknown, optional = false): DocumentOption => ({
    key,
    value,
    source: `${path}.${from}`,
    given: Object.hasOwn(raw, from),
    optional,
  })
  const options = [
    option("defaultTtl", "ttl", tier.ttl),
    option("eviction", "strategy", tier.strategy, tier.strategy === "lru"),
    ...(tier.maxSize === undefined ? [] : [option("maxBytes", "maxSize", Math.round(tier.maxSize * 1024 * 1024))]),
  ]
  return { name: tier.name, adapter: tier.type, path, ttl: tier.ttl, options }
}

function refuseWhatNobodyDoes(document: ParsedDocument, path: string, report: Report): void {
  const { consistency, invalidation, prefetch, tiers, warmup } = document
  for (const [index, { name, type, warmup }] of tiers.entries()) {
    const at = `${path}.tiers.${index}`
    if (index > 1) report(at, "there are a near tier and a far one, and no third")
    if (index === 0 && tiers.length > 1 && type !== "memory")
      report(`${at}.type`, "the near tier, the first, is memory")
    if (index === 1 && type === "memory")
      report(`${at}.type`, "behind a memory tier stands a store, not another memory")
    if (tiers.findIndex((other) => other.name === name) < index) report(`${at}.name`, "another tier has this name")
    if (warmup) report(`${at}.warmup`, "a cache does not know what to load; fill it with getOrSet or setMany")
  }
  for (const [index, { pattern, tags, trigger }] of invalidation.entries()) {
    const at = `${path}.invalidation.${index}`
    if (trigger !== "manual") {
      report(`${at}.trigger`, "a cache does not see changes of data; call delete, invalidateTags or clear on them")
      continue
    }
    if (pattern !== undefined) report(`${at}.pattern`, "the calls that invalidate by hand say what")
    if (tags !== undefined) report(`${at}.tags`, "the calls that invalidate by hand say what")
  }
  if (prefetch) report(`${path}.prefetch`, "a cache does not know what will be read; grace of getOrSet loads ahead")
  if (consistency !== undefined && consistency !== "write_through") {
    report(`${path}.consistency`, "tiers are written through: write_through is the only consistency")
  } else if (consistency !== undefined && tiers.length < 2) {
    report(`${path}.consistency`, "needs two tiers")
  }
  if (warmup?.enabled) {
    report(`${path}.warmup.enabled`, "a cache does not know what to load; fill it with getOrSet or setMany")
  }
}

function layersOf({ avalanchePrevention }: ParsedDocument, path: string, report: Report): CacheLayers {
  const { circuitBreaker, jitterTtl, lockout } = avalanchePrevention ?? {}
  const check = (valid: boolean, key: string, message: string) => valid || report(`${path}.${key}`, message)
  if (jitterTtl?.enabled) {
    check(jitterTtl.maxJitterSeconds > 0, "jitterTtl.maxJitterSeconds", "a number of seconds above 0")
  }
  if (circuitBreaker?.enabled) {
    const { failureThreshold, resetTimeout } = circuitBreaker
    const whole = Number.isInteger(failureThreshold) && failureThreshold > 0
    check(whole, "circuitBreaker.failureThreshold", "a whole number of 1 or more")
    check(resetTimeout > 0, "circuitBreaker.resetTimeout", "a number of seconds above 0")
  }
  if (lockout?.enabled) check(lockout.lockTimeoutMs > 0, "lockout.lockTimeoutMs", "a number of milliseconds above 0")
  return {
    ...(jitterTtl?.enabled && { jitterSeconds: jitterTtl.maxJitterSeconds }),
    ...(circuitBreaker?.enabled && {
      breaker: { failures: circuitBreaker.failureThreshold, resetMs: circuitBreaker.resetTimeout * 1000 },
    }),
    ...(lockout?.enabled && { leaseMs: lockout.lockTimeoutMs }),
  }
}

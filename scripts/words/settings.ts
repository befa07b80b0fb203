/** Whatever a configuration can be refused for: options, documents, URLs, selections, layers. */
import { LRUCache } from "lru-cache"
import { createMemoryCache } from "../../adapters/cache/memory.ts"
import { createRedisCache } from "../../adapters/cache/redis.ts"
import { createRedisBus, redisBusOptionsSchema } from "../../adapters/cache/redis-bus.ts"
import { redisCacheOptionsSchema } from "../../adapters/cache/redis-engine/options.ts"
import { builtinAdapters } from "../../adapters/manifest.ts"
import type { ServiceKey } from "../../contracts/services.ts"
import { withJitter } from "../../core/cache/layers/jitter.ts"
import { tiered } from "../../core/cache/tiered/tiered.ts"
import { optionNames } from "../../core/foundation/schema.ts"
import {
  type ConfigInput,
  createHealth,
  createServices,
  describeConfig,
  parseConfig,
  withBreaker,
  withRetry,
  withTimeout,
  wrap,
} from "../../index.ts"
import type { Provocation } from "./collect.ts"
import { HOSTILE, spoiled } from "./hostile.ts"
import { SECRET } from "./rules.ts"

/** Options that are objects, with something in each of their parts. */
const PARTS: Readonly<Record<string, unknown>> = {
  tls: { ca: "", cert: "", key: "", servername: "a", rejectUnauthorized: false },
  cluster: { nodes: ["a:1"] },
}

/** Each bad value of each option of each built-in adapter, and options that do not go together. */
export async function optionsOfAdapters(): Promise<Provocation[]> {
  const adapters = await Promise.all(builtinAdapters.map((adapter) => adapter.load()))
  const provocations = adapters.flatMap(({ name, optionsSchema, service }) => {
    const plan = (options: unknown) => () =>
      parseConfig({
        services: [service as ServiceKey],
        env: {},
        config: { [service]: { adapter: name, options: options as Record<string, unknown> } },
      })
    return badOptions(`${service} ${name}`, optionNames(optionsSchema), plan)
  })
  const cache = (options: unknown) => () => createRedisCache(options as Record<string, unknown>)
  const bus = (options: unknown) => () => createRedisBus(options as Record<string, unknown>)
  const memory = (options: unknown) => () => createMemoryCache(options as Record<string, unknown>)
  return [
    ...provocations,
    ...badOptions("redis cache", optionNames(redisCacheOptionsSchema), cache),
    ...badOptions("redis bus", optionNames(redisBusOptionsSchema), bus),
    ...HOSTILE.map((options) => ({ by: "memory cache, options", run: memory(options) })),
  ]
}

function badOptions(by: string, names: readonly string[], plan: (options: unknown) => () => unknown): Provocation[] {
  const together = [
    { cluster: true, database: 1, mode: "tracking" },
    { cluster: { nodes: ["a:1"] }, host: SECRET, port: 1 },
    { client: {}, host: SECRET, username: SECRET, password: SECRET, tls: true },
    { cache: new LRUCache({ max: 1 }), max: 5, maxBytes: 5 },
    { cache: new LRUCache({ ttl: 1, ttlAutopurge: true }) },
    { keyPrefix: "a" },
    { colour: SECRET, [`${"un"}known`]: SECRET },
  ]
  return [
    ...names.flatMap((name) =>
      [...spoiled(PARTS[name])].map(({ at, value }) => ({ by: `${by}, ${name}, ${at}`, run: plan({ [name]: value }) })),
    ),
    ...together.map((options) => ({ by: `${by}, ${Object.keys(options)}`, run: plan(options) })),
  ]
}

/** A document in which every key of the cache document stands. */
const DOCUMENT = {
  enabled: true,
  tiers: [
    { name: "near", type: "memory", maxSize: 1, ttl: 10, strategy: "lru", warmup: false },
    { name: "far", type: "redis", maxSize: 1, ttl: 10, strategy: "lru", warmup: false },
  ],
  invalidation: [{ trigger: "manual", scope: "tag", pattern: "a", tags: ["a"] }],
  prefetch: true,
  compression: true,
  encryption: true,
  consistency: "write_through",
  avalanchePrevention: {
    jitterTtl: { enabled: true, maxJitterSeconds: 60 },
    circuitBreaker: { enabled: true, failureThreshold: 5, resetTimeout: 30 },
    lockout: { enabled: true, lockTimeoutMs: 5000 },
  },
  warmup: { enabled: true, strategy: "lazy", schedule: "daily", patterns: ["a"], concurrency: 10 },
}

/** Each bad value of each key of the cache document, and what no cache does. */
export function documents(): Provocation[] {
  const [near, far] = DOCUMENT.tiers
  const whole = [
    { tiers: [near] },
    { tiers: [near, near, far] },
    { tiers: [far, near] },
    { tiers: [{ ...near, type: "cdn" }] },
    { tiers: [{ ...near, warmup: true, strategy: "adaptive" }] },
    { tiers: [], consistency: "write_through" },
    { consistency: "write_behind" },
    { invalidation: [{ trigger: "create", scope: "key" }] },
    { options: { defaultTtl: 5, maxBytes: 5 } },
    { adapter: "memory" },
    { adapter: "pigeon" },
  ].map((change) => ({ at: Object.keys(change).join(), value: { ...DOCUMENT, ...change } }))
  return [...whole, ...spoiled(DOCUMENT)].map(({ at, value }) => ({
    by: `document, ${at}`,
    run: () => parseConfig({ services: ["cache"], env: {}, config: { cache: value as object } }),
  }))
}

/** Variables of OpenTelemetry that cannot be read, alone and where they do not go together. */
export function variables(): Provocation[] {
  const bad: readonly Readonly<Record<string, string>>[] = [
    ...[`http://user:${SECRET}@host`, `host/${SECRET}`, `http://host:${SECRET}`].map((url) => ({ ENDPOINT: url })),
    ...["COMPRESSION", "HEADERS", "PROTOCOL", "TIMEOUT", "TRACES_TIMEOUT"].map((name) => ({ [name]: SECRET })),
  ].map((given) => Object.fromEntries(Object.entries(given).map(([name, value]) => [`EXPORTER_OTLP_${name}`, value])))
  const others: readonly Readonly<Record<string, string>>[] = [
    { PROPAGATORS: SECRET },
    { PROPAGATORS: "none,b3" },
    { PROPAGATORS: "baggage" },
    { RESOURCE_ATTRIBUTES: SECRET },
    { SDK_DISABLED: SECRET },
    { TRACES_EXPORTER: SECRET },
    { TRACES_SAMPLER: SECRET },
    { TRACES_SAMPLER: "traceidratio", TRACES_SAMPLER_ARG: SECRET },
    { TRACES_SAMPLER: "traceidratio", TRACES_SAMPLER_ARG: "1.5" },
    { BSP_MAX_QUEUE_SIZE: "1", BSP_MAX_EXPORT_BATCH_SIZE: "2" },
    { BSP_SCHEDULE_DELAY: SECRET },
    { SPAN_LINK_COUNT_LIMIT: "-1" },
    { ATTRIBUTE_VALUE_LENGTH_LIMIT: "0" },
  ]
  return [...bad, ...others].map((given) => {
    const named = Object.entries(given).map(([name, value]) => [`OTEL_${name}`, value] as const)
    const env = { OTEL_TRACES_EXPORTER: "otlp", ...Object.fromEntries(named) }
    return {
      by: named.map((pair) => pair.join("=")).join(" "),
      run: () => parseConfig({ services: ["tracing"], env }),
    }
  })
}

/** Bad URLs, from the environment and from the configuration. */
export function urls(): Provocation[] {
  const bad = [
    SECRET,
    "not a url",
    `pigeon://${SECRET}`,
    "redis://localhost:99999",
    `redis://user:${SECRET}%zz@host`,
    `redis://${SECRET}%zz@host`,
    `redis://host/%zz${SECRET}`,
    `redis://host/${SECRET}`,
    `redis://host?keyPrefix=${SECRET}%20%20`,
    `redis://host?timeoutMs=${SECRET}&database=${SECRET}&port=0&tls=${SECRET}&cluster=${SECRET}`,
    `redis://host?colour=${SECRET}`,
    `redis://host#%${SECRET}`,
    `memory:?eviction=${SECRET}&maxEntries=0&maxBytes=&freeze=${SECRET}`,
    `memory:?maxEntries=99999999999&defaultTtl=-1&maxValueBytes=1.5`,
  ]
  return bad.flatMap((url) => [
    { by: `CACHE_URL=${url}`, run: () => parseConfig({ services: ["cache"], env: { CACHE_URL: url } }) },
    { by: `QUEUE_URL=${url}`, run: () => parseConfig({ services: ["queue"], env: { QUEUE_URL: url } }) },
    { by: `url ${url}`, run: () => parseConfig({ services: ["cache"], env: {}, config: { cache: { url } } }) },
    {
      by: `url ${url} of memory`,
      run: () => parseConfig({ services: ["cache"], env: {}, config: { cache: { adapter: "memory", url } } }),
    },
  ])
}

const NEEDY = { service: "search", name: "memory", contractVersion: 1, schemes: [], optionsSchema: { _zod: {} } }

/** Selections, names and needs that cannot be met. */
export function selections(): Provocation[] {
  const [first] = builtinAdapters
  const needing = (needs: string[], more: object = {}) => ({ ...NEEDY, needs, ...more, load: async () => needy(needs) })
  const inputs: Record<string, unknown> = {
    "unknown service": { services: ["pigeon"] },
    twice: { services: ["cache", "cache"] },
    reserved: { services: { health: "cache", close: "queue" } },
    "no such instance": { config: { pigeon: {} }, required: ["dove"] },
    "unknown adapter": { config: { cache: { adapter: "pigeon" } } },
    "no memory": {
      services: ["search"],
      adapters: [{ ...NEEDY, name: "pigeon", schemes: ["pigeon"], load: async () => needy([]) }],
    },
    production: { env: { NODE_ENV: "production" } },
    "two of a name": { adapters: [first, first] },
    "needs what is not there": { services: ["search"], adapters: [needing(["queue"])] },
    "needs one of several": {
      services: { search: "search", a: "queue", b: "queue" },
      adapters: [...builtinAdapters.filter(({ service }) => service === "queue"), needing(["queue"])],
    },
    "needs itself": { services: ["search"], adapters: [needing(["search"])] },
    "no name": { config: { queue: { adapter: 5 } } },
    "no services": { services: [] },
    "a name that may be a secret": { services: [`redis://${SECRET}`], config: { cache: { adapter: `a ${SECRET}` } } },
    "no adapter": { services: ["search"], adapters: [null, {}, needing([], { load: undefined })] },
    "no load": { services: ["search"], adapters: [needing([], { load: () => Promise.reject(new Error(SECRET)) })] },
    "nothing loaded": { services: ["search"], adapters: [needing([], { load: async () => undefined })] },
    "no definition": { services: ["search"], adapters: [needing([], { load: async () => ({}) })] },
    "no schema": { services: ["search"], adapters: [needing([], { load: async () => ({ ...NEEDY, create() {} }) })] },
    "nothing created": {
      services: ["search"],
      adapters: [needing([], { load: async () => ({ ...(await needy([])), create: () => SECRET }) })],
    },
    "no options of a URL": {
      services: ["search"],
      adapters: [needing([], { load: async () => ({ ...(await needy([])), fromUrl: () => SECRET }) })],
      config: { search: { url: "memory:", adapter: "memory" } },
    },
    "cannot be made": { services: ["search"], adapters: [needing([])] },
  }
  // Names that are short identifiers are shown, so that lists and objects of them are not among the hostile.
  const single = HOSTILE.filter((value) => typeof value !== "object" || value instanceof Map)
  const hostile = { services: single, required: single, config: single, adapters: HOSTILE }
  const forms = Object.entries(hostile).flatMap(([part, values]) =>
    values.map((value) => [`${part}, hostile`, { [part]: value }] as const),
  )
  const configs = [...spoiled({ url: "memory:", options: {} })]
  return [
    ...[...Object.entries(inputs), ...forms].map(([by, input]) => ({
      by,
      run: () => createServices({ env: {}, ...(input as ConfigInput) } as object),
    })),
    ...configs.map(({ at, value }) => ({
      by: `config.queue, ${at}`,
      run: () => describeConfig({ env: {}, config: { queue: value as object } }),
    })),
  ]
}

async function needy(needs: readonly string[]) {
  const { memorySearch } = await import("../../adapters/search/memory.ts")
  return {
    ...memorySearch,
    needs,
    create() {
      throw new TypeError(SECRET)
    },
  }
}

/** Each bad option of each layer. */
export function layers(): Provocation[] {
  const cache = createMemoryCache()
  const never: never[] = []
  const of: Record<string, readonly [good: object, make: (options: never) => unknown]> = {
    withJitter: [{ jitter: "10%" }, (options) => withJitter(cache, options)],
    withBreaker: [{ failures: 3, resetMs: 10 }, (options) => withBreaker(cache, options)],
    withRetry: [{ attempts: 3 }, (options) => withRetry(cache, options)],
    withTimeout: [{ timeoutMs: 10 }, (options) => withTimeout(cache, options)],
    createHealth: [{ timeoutMs: 10, maxAgeMs: 10 }, (options) => createHealth({ cache }, options)],
    tiered: [{ l1Ttl: 10 }, (options) => tiered(cache, createMemoryCache(), options)],
  }
  return [
    ...Object.entries(of).flatMap(([by, [good, make]]) =>
      Object.keys(good).flatMap((name) =>
        HOSTILE.map((value) => ({ by: `${by}, ${name}`, run: () => void make({ ...good, [name]: value } as never) })),
      ),
    ),
    ...HOSTILE.filter((value) => value !== null && value !== undefined).map((value) => ({
      by: "wrap",
      run: () => void wrap(value as object, async () => never),
    })),
  ]
}

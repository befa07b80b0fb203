import { describe, expect, it } from "vitest"
import * as z from "zod/mini"
import { builtinAdapters } from "../../adapters/manifest.ts"
import { createServices } from "../services.ts"
import { type CacheDocument, cacheDocumentSchema } from "./document.ts"

const shape = cacheDocumentSchema.shape
const avalanche = shape.avalanchePrevention.def.innerType.shape

/** The keys of an object schema that have a default, with it. */
function defaultsOf(schema: z.ZodMiniObject): Record<string, unknown> {
  const entries = Object.entries(schema.shape)
  return Object.fromEntries(
    entries.flatMap(([key, field]) => (field instanceof z.ZodMiniDefault ? [[key, field.def.defaultValue]] : [])),
  )
}

/** Each default alone, and all together. */
function eachOf(defaults: Record<string, unknown>): object[] {
  return [...Object.entries(defaults).map(([key, value]) => ({ [key]: value })), defaults]
}

const parts = Object.entries(avalanche).map(([part, schema]) => [part, defaultsOf(schema.def.innerType)] as const)
const allParts = Object.fromEntries(parts)
const avalanches = [...parts.flatMap(([part, values]) => eachOf(values).map((one) => ({ [part]: one }))), allParts]
const warmup = defaultsOf(shape.warmup.def.innerType)
const tier = defaultsOf(shape.tiers.def.element)
const { enabled, ...top } = defaultsOf(cacheDocumentSchema)

const documents: object[] = [
  {},
  ...eachOf(top),
  ...eachOf(warmup).map((warmup) => ({ warmup })),
  ...avalanches.map((avalanchePrevention) => ({ avalanchePrevention })),
  { ...top, warmup, avalanchePrevention: allParts },
]

const near = { name: "near", type: "memory" } as const
const far = { name: "far", type: "redis" } as const
const tiers: Record<string, CacheDocument["tiers"]> = {
  memory: [near],
  redis: [far],
  "memory before redis": [near, far],
  "what the environment chooses": [],
}

async function open(cache: CacheDocument): Promise<void> {
  const { close } = await createServices({ services: ["cache"], adapters: builtinAdapters, env: {}, config: { cache } })
  await close()
}

describe("the defaults of the document", () => {
  it("are those of the requirement document", () => {
    expect({ enabled, ...top, tier, warmup, ...allParts }).toEqual({
      enabled: false,
      prefetch: false,
      compression: false,
      encryption: false,
      tier: { ttl: 300, strategy: "lru", warmup: false },
      warmup: { enabled: false, strategy: "lazy", concurrency: 10 },
      jitterTtl: { enabled: false, maxJitterSeconds: 60 },
      circuitBreaker: { enabled: false, failureThreshold: 5, resetTimeout: 30 },
      lockout: { enabled: false, lockTimeoutMs: 5000 },
    })
  })

  describe.each(Object.entries(tiers))("are accepted on %s", (_, tiers) => {
    it.each(documents)("%j", async (document) => {
      await open({ ...document, enabled: true, tiers, invalidation: [] })
    })

    it.each(eachOf(tier))("of each tier %j", async (defaults) => {
      await open({ enabled: true, tiers: tiers.map((tier) => ({ ...tier, ...defaults })), invalidation: [] })
    })

    it("of a cache that is disabled", async () => {
      await open({ ...top, enabled: false, tiers, invalidation: [], warmup, avalanchePrevention: allParts })
    })
  })
})

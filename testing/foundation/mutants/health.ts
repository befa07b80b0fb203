import type { CacheStats } from "../../../contracts/cache/cache.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import { ReferenceCache } from "../../cache/reference/reference-cache.ts"
import type { Mutant } from "../../engine/mutant.ts"

export const healthMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "health-rejects-after-close",
    breaks: "HEALTH-01",
    why: "A health endpoint fails during shutdown and tells nothing about the other services.",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        if (this.closed) this.refuse("CLOSED", "This cache is closed.")
        return super.healthCheck()
      }
    },
  },
  {
    id: "health-rejects-before-use",
    breaks: "HEALTH-01",
    why: "A start-up probe kills an instance that has not been used yet.",
    implementation: class extends ReferenceCache {
      #used = false
      override async stats(): Promise<CacheStats> {
        this.#used = true
        return super.stats()
      }
      override async healthCheck(): Promise<PluginHealthStatus> {
        if (!this.#used && this.store.entries.size === 0) this.refuse("UNAVAILABLE", "Not connected.")
        return super.healthCheck()
      }
    },
  },
  {
    id: "health-is-a-word",
    breaks: "HEALTH-02",
    why: "Dashboards find neither status nor latency.",
    source: "@objectstack/spec 2.0: PluginHealthStatus is one of six words there, not an object",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        const { status } = await super.healthCheck()
        return status as unknown as PluginHealthStatus
      }
    },
  },
  {
    id: "latency-not-measured",
    breaks: "HEALTH-02",
    why: "A latency that is not a number breaks the chart.",
    implementation: class extends ReferenceCache {
      #started: number | undefined
      override async healthCheck(): Promise<PluginHealthStatus> {
        return { ...(await super.healthCheck()), latency: this.clock.monotonic() - Number(this.#started) }
      }
    },
  },
  {
    id: "degraded-without-hits",
    breaks: "HEALTH-03",
    why: "A fresh instance gets no traffic, and so never gets hits.",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        const health = await super.healthCheck()
        return health.status === "healthy" && this.hits === 0 ? { ...health, status: "degraded" } : health
      }
    },
  },
  {
    id: "always-healthy",
    breaks: "HEALTH-04",
    why: "Traffic goes on to an instance that answers nothing.",
    source: "n8n #6089: the health endpoint answers 200 while Redis is gone",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        return { ...(await super.healthCheck()), status: "healthy" }
      }
    },
  },
  {
    id: "health-reads-a-key",
    breaks: "HEALTH-05",
    why: "Probes spoil the hit ratio.",
    source: "opencti #18338: the health check asks Redis for a key by get",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        if (!this.closed) await this.get("health-check").catch(() => undefined)
        return super.healthCheck()
      }
    },
  },
  {
    id: "health-leaves-a-key",
    breaks: "HEALTH-05",
    why: "The cache holds a key that its user never set.",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        if (!this.closed) await this.set("health-check", this.clock.now(), 60).catch(() => undefined)
        return super.healthCheck()
      }
    },
  },
  {
    id: "ratio-of-nothing",
    breaks: "HEALTH-06",
    why: "A collector refuses a whole scrape for one NaN.",
    implementation: class extends ReferenceCache {
      override async getMetrics(): Promise<Record<string, number>> {
        return { ...(await super.getMetrics()), hitRatio: this.hits / (this.hits + this.misses) }
      }
    },
  },
  {
    id: "one-check-at-a-time",
    breaks: "HEALTH-07",
    why: "With two probes one of them always sees a sick service.",
    implementation: class extends ReferenceCache {
      #checking = false
      override async healthCheck(): Promise<PluginHealthStatus> {
        if (this.#checking) return { status: "degraded", message: "A check is running.", latency: 0 }
        this.#checking = true
        const health = await super.healthCheck()
        this.#checking = false
        return health
      }
    },
  },
  {
    id: "latest-check-answered",
    breaks: "HEALTH-07",
    why: "All probes but the latest hang.",
    implementation: class extends ReferenceCache {
      #latest: object | undefined
      override async healthCheck(): Promise<PluginHealthStatus> {
        const health = super.healthCheck()
        this.#latest = health
        await health
        return this.#latest === health ? health : new Promise<never>(() => {})
      }
    },
  },
  {
    id: "details-are-objects-of-the-library",
    breaks: "HEALTH-08",
    why: "The status page fails on what it cannot turn into JSON.",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        return { ...(await super.healthCheck()), details: { entries: new Map([["a", 1]]) } }
      }
    },
  },
  {
    id: "login-shown-in-health",
    breaks: "HEALTH-08",
    why: "The status page tells everybody the password of the store.",
    source: "status endpoints that print the connection string that they were given",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        return { ...(await super.healthCheck()), message: `cache://user:${this.password}@store` }
      }
    },
  },
  {
    id: "latency-unknown-after-close",
    breaks: "HEALTH-02",
    why: "The last scrape of an instance that stops fails.",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        const health = await super.healthCheck()
        return this.closed ? { ...health, latency: Number.NaN } : health
      }
    },
  },
  {
    id: "latency-is-a-moment",
    breaks: "HEALTH-02",
    why: "The chart of latencies shows fifty years.",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        return { ...(await super.healthCheck()), latency: this.clock.now() }
      }
    },
  },
  {
    id: "unhealthy-before-first-use",
    breaks: "HEALTH-03",
    why: "An instance that was just started gets no traffic, and so is never used.",
    source: "node-redis, isReady: false until somebody has called connect",
    implementation: class extends ReferenceCache {
      #used = false
      override async stats(): Promise<CacheStats> {
        this.#used = true
        return super.stats()
      }
      override async healthCheck(): Promise<PluginHealthStatus> {
        return this.#used ? super.healthCheck() : { status: "unhealthy", latency: 0 }
      }
    },
  },
  {
    id: "metrics-read-a-key",
    breaks: "HEALTH-05",
    why: "Each scrape lowers the hit ratio that it tells.",
    implementation: class extends ReferenceCache {
      override async getMetrics(): Promise<Record<string, number>> {
        await this.get("metrics").catch(() => undefined)
        return super.getMetrics()
      }
    },
  },
  {
    id: "metrics-in-a-map",
    breaks: "HEALTH-06",
    why: "A collector finds no metric at all.",
    implementation: class extends ReferenceCache {
      override async getMetrics(): Promise<Record<string, number>> {
        return new Map(Object.entries(await super.getMetrics())) as unknown as Record<string, number>
      }
    },
  },
  {
    id: "login-shown-in-metrics",
    breaks: "HEALTH-08",
    why: "The password of the store is the name of a metric.",
    implementation: class extends ReferenceCache {
      override async getMetrics(): Promise<Record<string, number>> {
        return { [`cache://user:${this.password}@store hits`]: this.hits }
      }
    },
  },
  {
    id: "metrics-begin-anew",
    breaks: "HEALTH-05",
    why: "Two collectors that ask in turn each get a part of the counts.",
    implementation: class extends ReferenceCache {
      override async getMetrics(): Promise<Record<string, number>> {
        const metrics = await super.getMetrics()
        this.hits = 0
        this.misses = 0
        return metrics
      }
    },
  },
]

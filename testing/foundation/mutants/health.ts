import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { subclass, withMethod } from "../../engine/seams.ts"
import { type Breakable, callOf, mutants, type ServiceClass } from "../mutant.ts"

export function healthMutants(service: Breakable): readonly Mutant<ServiceClass>[] {
  const { methods, probes, Reference, seam } = service
  const { counted, reads } = methods
  /** Clients that something was read of. */
  const read = new WeakSet<object>()
  return mutants({
    "HEALTH-01": {
      "health-rejects-after-close": seam.healthCheck(
        "A health endpoint fails during shutdown and tells nothing about the other services.",
        async ({ next, self }) => {
          if (self.closed) self.refuse("CLOSED", `This ${self.service} is closed.`)
          return next()
        },
      ),
      "health-rejects-before-use": subclass(
        "A start-up probe kills an instance that has not been used yet.",
        class extends Reference {
          #used = false
          override checkOpen(): void {
            super.checkOpen()
            this.#used = true
          }
          override async healthCheck(): Promise<PluginHealthStatus> {
            if (!this.#used) this.refuse("UNAVAILABLE", "Not connected.")
            return super.healthCheck()
          }
        },
      ),
    },
    "HEALTH-02": {
      "health-is-a-word": seam.healthCheck(
        "Dashboards find neither status nor latency.",
        async ({ next }) => {
          const { status } = await next()
          return status as unknown as PluginHealthStatus
        },
        "@objectstack/spec 2.0: PluginHealthStatus is one of six words there, not an object",
      ),
      "latency-not-measured": subclass(
        "A latency that is not a number breaks the chart.",
        class extends Reference {
          #started: number | undefined
          override async healthCheck(): Promise<PluginHealthStatus> {
            return { ...(await super.healthCheck()), latency: this.clock.monotonic() - Number(this.#started) }
          }
        },
      ),
      "latency-unknown-after-close": seam.healthCheck(
        "The last scrape of an instance that stops fails.",
        async ({ next, self }) => {
          const health = await next()
          return self.closed ? { ...health, latency: Number.NaN } : health
        },
      ),
      "latency-is-a-moment": seam.healthCheck("The chart of latencies shows fifty years.", async ({ next, self }) => ({
        ...(await next()),
        latency: self.clock.now(),
      })),
    },
    "HEALTH-03": {
      "degraded-without-hits": subclass(
        "A fresh instance gets no traffic, and so never gets hits.",
        class extends withMethod(Reference, reads, ({ next, self }, ...args) => {
          read.add(self)
          return next(...args)
        }) {
          override async healthCheck(): Promise<PluginHealthStatus> {
            const health = await super.healthCheck()
            return health.status === "healthy" && !read.has(this) ? { ...health, status: "degraded" } : health
          }
        },
      ),
      "unhealthy-before-first-use": subclass(
        "An instance that was just started gets no traffic, and so is never used.",
        class extends Reference {
          #used = false
          override checkOpen(): void {
            super.checkOpen()
            this.#used = true
          }
          override async healthCheck(): Promise<PluginHealthStatus> {
            return this.#used ? super.healthCheck() : { status: "unhealthy", latency: 0 }
          }
        },
        "node-redis, isReady: false until somebody has called connect",
      ),
    },
    "HEALTH-04": {
      "always-healthy": seam.healthCheck(
        "Traffic goes on to an instance that answers nothing.",
        async ({ next }) => ({ ...(await next()), status: "healthy" }),
        "n8n #6089: the health endpoint answers 200 while Redis is gone",
      ),
    },
    "HEALTH-05": {
      ...(counted !== undefined && {
        "health-reads-a-key": seam.healthCheck(
          "Probes spoil the hit ratio.",
          async ({ next, self }) => {
            if (!self.closed) await callOf(service, counted, self).catch(() => undefined)
            return next()
          },
          "opencti #18338: the health check asks Redis for a key by get",
        ),
        "metrics-read-a-key": seam.getMetrics(
          "Each scrape lowers the hit ratio that it tells.",
          async ({ next, self }) => {
            await callOf(service, counted, self).catch(() => undefined)
            return next()
          },
        ),
      }),
      "health-leaves-a-key": seam.healthCheck("The store holds what its user never stored.", async ({ next, self }) => {
        if (!self.closed) await probes.populate(self as never).catch(() => undefined)
        return next()
      }),
    },
    "HEALTH-06": {
      "ratio-of-nothing": seam.getMetrics("A collector refuses a whole scrape for one NaN.", async ({ next }) => ({
        ...(await next()),
        ratio: 0 / 0,
      })),
      "metrics-in-a-map": seam.getMetrics(
        "A collector finds no metric at all.",
        async ({ next }) => new Map(Object.entries(await next())) as unknown as Record<string, number>,
      ),
    },
    "HEALTH-07": {
      "one-check-at-a-time": subclass(
        "With two probes one of them always sees a sick service.",
        class extends Reference {
          #checking = false
          override async healthCheck(): Promise<PluginHealthStatus> {
            if (this.#checking) return { status: "degraded", message: "A check is running.", latency: 0 }
            this.#checking = true
            const health = await super.healthCheck()
            this.#checking = false
            return health
          }
        },
      ),
      "latest-check-answered": subclass(
        "All probes but the latest hang.",
        class extends Reference {
          #latest: object | undefined
          override async healthCheck(): Promise<PluginHealthStatus> {
            const health = super.healthCheck()
            this.#latest = health
            await health
            return this.#latest === health ? health : new Promise<never>(() => {})
          }
        },
      ),
    },
    "HEALTH-08": {
      "details-are-objects-of-the-library": seam.healthCheck(
        "The status page fails on what it cannot turn into JSON.",
        async ({ next }) => ({ ...(await next()), details: { entries: new Map([["a", 1]]) } }),
      ),
      "login-shown-in-health": seam.healthCheck(
        "The status page tells everybody the password of the store.",
        async ({ next, self }) => ({ ...(await next()), message: `${self.service}://user:${self.password}@store` }),
        "status endpoints that print the connection string that they were given",
      ),
      "login-shown-in-metrics": seam.getMetrics(
        "The password of the store is the name of a metric.",
        async ({ self }) => ({ [`${self.service}://user:${self.password}@store calls`]: 0 }),
      ),
    },
  })
}

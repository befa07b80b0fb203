import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import { ReferenceCache } from "../../cache/reference/reference-cache.ts"
import type { Mutant } from "../../engine/mutant.ts"

export const faultMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "failure-is-a-miss",
    breaks: "FAULT-01",
    why: "While the store is away every read looks like a miss, and everything is loaded anew.",
    source: "keyv 6, throwOnErrors off by default: a get whose store fails resolves undefined",
    implementation: class extends ReferenceCache {
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        return this.store.fault === "unreachable" && !this.closed ? undefined : super.get<T>(key)
      }
    },
  },
  {
    id: "failure-counts-as-absent",
    breaks: "FAULT-01",
    why: "Whoever asks has while the store is away creates what is there.",
    implementation: class extends ReferenceCache {
      override async has(key: string): Promise<boolean> {
        return this.store.fault === "unreachable" && !this.closed ? false : super.has(key)
      }
    },
  },
  {
    id: "waits-for-ever",
    breaks: "FAULT-02",
    why: "A request waits for a store that does not answer until somebody restarts the program.",
    source: "cacheable #1208: a call whose Redis stopped answering never settled",
    implementation: class extends ReferenceCache {
      override async delete(key: string): Promise<boolean> {
        const removed = await super.delete(key).catch((error: unknown) => {
          if (this.store.fault === "silent") return new Promise<never>(() => {})
          throw error
        })
        return removed
      }
    },
  },
  {
    id: "one-failure-for-good",
    breaks: "FAULT-03",
    why: "A moment's outage lasts until the program is restarted.",
    source: "bullmq #4585: after an outage longer than its delay a worker never resumed, though it looked alive",
    implementation: class extends ReferenceCache {
      #broken = false
      protected override checkOpen(): void {
        if (this.store.fault === "unreachable") this.#broken = true
        if (this.#broken && !this.closed) this.refuse("UNAVAILABLE", "The connection was lost.")
        super.checkOpen()
      }
      override async healthCheck(): Promise<PluginHealthStatus> {
        this.#broken = false
        return super.healthCheck()
      }
    },
  },
  {
    id: "refused-write-kept-for-later",
    breaks: "FAULT-04",
    why: "A write that failed overwrites, minutes later, what was written since.",
    source: "ioredis, enableOfflineQueue: commands given while the server is away are sent when it is back",
    implementation: class extends ReferenceCache {
      readonly #queue: [string, unknown][] = []
      protected override checkOpen(): void {
        super.checkOpen()
        for (const [key, value] of this.#queue.splice(0)) this.write(key, value, undefined)
      }
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        if (this.store.fault === "unreachable" && !this.closed) this.#queue.push([key, value])
        return super.set(key, value, ttl)
      }
    },
  },
  {
    id: "health-of-yesterday",
    breaks: "FAULT-05",
    why: "Traffic goes to an instance that cannot serve it.",
    implementation: class extends ReferenceCache {
      #latest: Promise<PluginHealthStatus> | undefined
      override async healthCheck(): Promise<PluginHealthStatus> {
        if (this.closed) return super.healthCheck()
        this.#latest ??= super.healthCheck()
        return this.#latest
      }
    },
  },
  {
    id: "health-looks-at-the-object",
    breaks: "FAULT-05",
    why: "The status page is green while nothing works.",
    source: "bullmq, isRunning: true while the worker consumes nothing after an outage",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        return { status: this.closed ? "unhealthy" : "healthy", latency: 0 }
      }
    },
  },
  {
    id: "farewell-without-end",
    breaks: "FAULT-06",
    why: "A shutdown hangs on the very store that is broken, and the process is killed in the middle of its work.",
    implementation: class extends ReferenceCache {
      override async close(): Promise<void> {
        if (this.store.fault === "silent") await new Promise<never>(() => {})
        return super.close()
      }
    },
  },
  {
    id: "login-shown-in-error",
    breaks: "FAULT-07",
    why: "The password of the store is in every log of an outage.",
    implementation: class extends ReferenceCache {
      protected override checkOpen(): void {
        if (this.store.fault === "unreachable" && !this.closed) {
          this.refuse("UNAVAILABLE", `Cannot reach cache://user:${this.password}@store.`)
        }
        super.checkOpen()
      }
    },
  },
  {
    id: "gives-up-after-five-failures",
    breaks: "FAULT-03",
    why: "A short outage under load lasts until the program is restarted.",
    source: "node-redis, reconnectStrategy that returns false: the client is closed for good",
    implementation: class extends ReferenceCache {
      #failures = 0
      protected override checkOpen(): void {
        if (!this.closed && this.#failures >= 5) this.refuse("UNAVAILABLE", "The client has given up.")
        if (this.store.fault === "unreachable") this.#failures++
        super.checkOpen()
        this.#failures = 0
      }
    },
  },
  {
    id: "health-rejects-in-an-outage",
    breaks: "FAULT-05",
    why: "The health endpoint fails with the store that it should tell about.",
    implementation: class extends ReferenceCache {
      override async healthCheck(): Promise<PluginHealthStatus> {
        const health = await super.healthCheck()
        if (health.status === "unhealthy" && !this.closed) this.refuse("UNAVAILABLE", "The store is away.")
        return health
      }
    },
  },
  {
    id: "farewell-rejected-in-an-outage",
    breaks: "FAULT-06",
    why: "A shutdown stops half-way because a store is away.",
    source: "ioredis: quit() rejects while there is no connection, Connection is closed",
    implementation: class extends ReferenceCache {
      override async close(): Promise<void> {
        await super.close()
        if (this.store.fault === "unreachable") this.refuse("UNAVAILABLE", "The store cannot be told.")
      }
    },
  },
  {
    id: "login-shown-in-timeout",
    breaks: "FAULT-07",
    why: "The password of the store is in the log of every slow minute.",
    implementation: class extends ReferenceCache {
      protected override async noAnswer(): Promise<never> {
        return super.noAnswer().catch(() => this.refuse("TIMEOUT", `No answer of cache://user:${this.password}@store.`))
      }
    },
  },
  {
    id: "value-shown-in-an-outage",
    breaks: "FAULT-07",
    why: "Each write that an outage fails puts its value into the log.",
    implementation: class extends ReferenceCache {
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        return super.set(key, value, ttl).catch((error: unknown) => {
          const { code } = error as { code?: unknown }
          if (code === "UNAVAILABLE") this.refuse(code, `Not stored: ${JSON.stringify(value)}.`)
          throw error
        })
      }
    },
  },
  {
    id: "metrics-wait-for-ever",
    breaks: "FAULT-08",
    why: "A scrape of all metrics hangs on one store.",
    implementation: class extends ReferenceCache {
      override async getMetrics(): Promise<Record<string, number>> {
        if (this.store.fault === "silent") await new Promise<never>(() => {})
        return super.getMetrics()
      }
    },
  },
  {
    id: "outage-not-retryable",
    breaks: "FAULT-09",
    why: "A retry by the word of the error gives up at the first failure.",
    implementation: class extends ReferenceCache {
      protected override refuse(code: ErrorCode, message: string): never {
        const error = new ServiceError(code, message)
        throw code === "UNAVAILABLE" ? Object.defineProperty(error, "retryable", { value: false }) : error
      }
    },
  },
]

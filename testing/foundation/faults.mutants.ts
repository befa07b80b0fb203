import type { PluginHealthStatus } from "../../contracts/foundation/health.ts"
import { ReferenceCache } from "../cache/reference-cache.ts"
import type { Mutant } from "../engine/mutant.ts"

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
]

import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { subclass, withMethod } from "../../engine/seams.ts"
import { type Breakable, mutants, onError, type ServiceClass } from "../mutant.ts"

export function faultMutants({ method, methods, Reference, seam }: Breakable): readonly Mutant<ServiceClass>[] {
  const { finds, reads, stores } = methods
  /** Writes that failed, by the client. */
  const queues = new WeakMap<object, (() => Promise<unknown>)[]>()
  return mutants({
    "FAULT-01": {
      "failure-is-a-miss": method(
        reads,
        "While the store is away every read looks like a miss, and everything is loaded anew.",
        async ({ next, self }, ...args) =>
          self.store.fault === "unreachable" && !self.closed ? undefined : next(...args),
        "keyv 6, throwOnErrors off by default: a get whose store fails resolves undefined",
      ),
      ...(finds !== undefined && {
        "failure-counts-as-absent": method(
          finds,
          "Whoever asks while the store is away creates what is there.",
          async ({ next, self }, ...args) =>
            self.store.fault === "unreachable" && !self.closed ? false : next(...args),
        ),
      }),
    },
    "FAULT-02": {
      "waits-for-ever": method(
        stores,
        "A request waits for a store that does not answer until somebody restarts the program.",
        async ({ next, self }, ...args) => {
          try {
            return await next(...args)
          } catch (error) {
            if (self.store.fault === "silent") return new Promise<never>(() => {})
            throw error
          }
        },
        "cacheable #1208: a call whose Redis stopped answering never settled",
      ),
    },
    "FAULT-03": {
      "one-failure-for-good": subclass(
        "A moment's outage lasts until the program is restarted.",
        class extends Reference {
          #broken = false
          override checkOpen(): void {
            if (this.store.fault === "unreachable") this.#broken = true
            if (this.#broken && !this.closed) this.refuse("UNAVAILABLE", "The connection was lost.")
            super.checkOpen()
          }
          override async healthCheck(): Promise<PluginHealthStatus> {
            this.#broken = false
            return super.healthCheck()
          }
        },
        "bullmq #4585: after an outage longer than its delay a worker never resumed, though it looked alive",
      ),
      "gives-up-after-five-failures": subclass(
        "A short outage under load lasts until the program is restarted.",
        class extends Reference {
          #failures = 0
          override checkOpen(): void {
            if (!this.closed && this.#failures >= 5) this.refuse("UNAVAILABLE", "The client has given up.")
            if (this.store.fault === "unreachable") this.#failures++
            super.checkOpen()
            this.#failures = 0
          }
        },
        "node-redis, reconnectStrategy that returns false: the client is closed for good",
      ),
    },
    "FAULT-04": {
      "refused-write-kept-for-later": subclass(
        "A write that failed overwrites, minutes later, what was written since.",
        class extends withMethod(Reference, stores, async ({ next, self }, ...args) => {
          const queue = queues.get(self) ?? []
          if (self.store.fault === "unreachable" && !self.closed)
            queues.set(self, [...queue, async () => next(...args)])
          return next(...args)
        }) {
          override checkOpen(): void {
            super.checkOpen()
            const queue = queues.get(this) ?? []
            queues.delete(this)
            for (const write of queue) write().catch(() => undefined)
          }
        },
        "ioredis, enableOfflineQueue: commands given while the server is away are sent when it is back",
      ),
    },
    "FAULT-05": {
      "health-of-yesterday": subclass(
        "Traffic goes to an instance that cannot serve it.",
        class extends Reference {
          #latest: Promise<PluginHealthStatus> | undefined
          override async healthCheck(): Promise<PluginHealthStatus> {
            if (this.closed) return super.healthCheck()
            this.#latest ??= super.healthCheck()
            return this.#latest
          }
        },
      ),
      "health-looks-at-the-object": seam.healthCheck(
        "The status page is green while nothing works.",
        async ({ self }) => ({ status: self.closed ? "unhealthy" : "healthy", latency: 0 }),
        "bullmq, isRunning: true while the worker consumes nothing after an outage",
      ),
      "health-rejects-in-an-outage": seam.healthCheck(
        "The health endpoint fails with the store that it should tell about.",
        async ({ next, self }) => {
          const health = await next()
          if (health.status === "unhealthy" && !self.closed) self.refuse("UNAVAILABLE", "The store is away.")
          return health
        },
      ),
    },
    "FAULT-06": {
      "farewell-without-end": seam.close(
        "A shutdown hangs on the very store that is broken, and the process is killed in the middle of its work.",
        async ({ next, self }) => {
          if (self.store.fault === "silent") await new Promise<never>(() => {})
          return next()
        },
      ),
      "farewell-rejected-in-an-outage": seam.close(
        "A shutdown stops half-way because a store is away.",
        async ({ next, self }) => {
          await next()
          if (self.store.fault === "unreachable") self.refuse("UNAVAILABLE", "The store cannot be told.")
        },
        "ioredis: quit() rejects while there is no connection, Connection is closed",
      ),
    },
    "FAULT-07": {
      "login-shown-in-error": seam.checkOpen(
        "The password of the store is in every log of an outage.",
        ({ next, self }) => {
          if (self.store.fault === "unreachable" && !self.closed) {
            self.refuse("UNAVAILABLE", `Cannot reach ${self.service}://user:${self.password}@store.`)
          }
          next()
        },
      ),
      "login-shown-in-timeout": seam.noAnswer(
        "The password of the store is in the log of every slow minute.",
        async ({ next, self }) =>
          next().catch(() => self.refuse("TIMEOUT", `No answer of ${self.service}://user:${self.password}@store.`)),
      ),
      "value-shown-in-an-outage": method(
        stores,
        "Each write that an outage fails puts its value into the log.",
        onError(
          ["UNAVAILABLE"],
          ({ code }, [, value]) => new ServiceError(code, `Not stored: ${JSON.stringify(value)}.`),
        ),
      ),
    },
    "FAULT-08": {
      "metrics-wait-for-ever": seam.getMetrics(
        "A scrape of all metrics hangs on one store.",
        async ({ next, self }) => {
          if (self.store.fault === "silent") await new Promise<never>(() => {})
          return next()
        },
      ),
    },
    "FAULT-09": {
      "outage-not-retryable": seam.refuse(
        "A retry by the word of the error gives up at the first failure.",
        (_, code, message) => {
          const error = new ServiceError(code, message)
          throw code === "UNAVAILABLE" ? Object.defineProperty(error, "retryable", { value: false }) : error
        },
      ),
    },
  })
}

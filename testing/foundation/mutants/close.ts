import type { Mutant } from "../../engine/mutant.ts"
import { subclass, withMethod } from "../../engine/seams.ts"
import { asIfOpen, type Breakable, callOf, mutants, type ServiceClass } from "../mutant.ts"
import type { ReferenceOptions } from "../reference-service.ts"

export function closeMutants(service: Breakable): readonly Mutant<ServiceClass>[] {
  const { method, methods, Reference, seam } = service
  const { finds, reads, removes, stores, tells } = methods
  /** Calls under way, by the client. */
  const running = new WeakMap<object, number>()
  /** Clients that have started a timer. */
  const timed = new WeakSet<object>()
  /** Stores of which one client was closed. */
  const closedStores = new WeakSet<object>()
  /** Stores whose one connection was ended. */
  const endedConnections = new WeakSet<object>()
  return mutants({
    "CLOSE-01": {
      "second-close-rejects": seam.close(
        "Shutdown code that runs twice fails.",
        async ({ next, self }) => {
          if (self.closed) self.refuse("CLOSED", `This ${self.service} is closed.`)
          return next()
        },
        "ioredis #874, node-redis: quit or close of a closed client rejects, the client is closed",
      ),
      "concurrent-close-rejects": subclass(
        "A shutdown from two places fails.",
        class extends Reference {
          #closing = false
          override async close(): Promise<void> {
            if (this.#closing) this.refuse("INTERNAL", "close is under way.")
            this.#closing = true
            await super.close()
            this.#closing = false
          }
        },
      ),
      "close-gives-no-promise": seam.close("Shutdown code that chains with then fails.", ({ self }) => {
        self.closed = true
        return undefined as unknown as Promise<void>
      }),
    },
    "CLOSE-02": {
      "reads-go-on-after-close": method(
        finds ?? reads,
        "A client that should be gone hides a bug by answering.",
        async ({ next, self }, ...args) => asIfOpen(self, () => next(...args)),
      ),
      "writes-dropped-after-close": method(
        stores,
        "A write after close is lost, and its caller thinks it is stored.",
        async ({ next, self }, ...args) => (self.closed ? undefined : next(...args)),
      ),
      "refused-after-the-work": method(
        stores,
        "A call that was refused as closed has changed the store.",
        async ({ next, self }, ...args) => {
          const answer = await asIfOpen(self, () => next(...args))
          self.checkOpen()
          return answer
        },
      ),
      ...(removes !== undefined && {
        "deletes-go-on-after-close": method(
          removes,
          "A delete that was refused as closed has removed the entry.",
          async ({ next, self }, ...args) => {
            if (self.closed) await asIfOpen(self, () => next(...args))
            return next(...args)
          },
        ),
      }),
    },
    "CLOSE-03": {
      "replies-dropped-at-close": method(
        tells,
        "A caller waits for ever, and its request with it.",
        async ({ next, self }, ...args) => {
          const answer = await next(...args)
          await new Promise((resolve) => setTimeout(resolve))
          return self.closed ? new Promise<never>(() => {}) : answer
        },
        "ioredis #2193: the promise of a command in flight is never settled, not by disconnect either",
      ),
      "close-waits-for-itself": subclass(
        "A close while calls are running never ends.",
        class extends withMethod(Reference, tells, async ({ next, self }, ...args) => {
          running.set(self, (running.get(self) ?? 0) + 1)
          const answer = await next(...args)
          if (!self.closed) running.set(self, (running.get(self) ?? 0) - 1)
          return answer
        }) {
          override async close(): Promise<void> {
            await super.close()
            await Promise.resolve()
            if ((running.get(this) ?? 0) > 0) await new Promise<never>(() => {})
          }
        },
        "ioredis #2169: a worker's close waited for ever for a command that was stranded by the disconnect",
      ),
    },
    "CLOSE-04": {
      "dispose-does-nothing": subclass(
        "await using leaves the connection open.",
        class extends Reference {
          override async [Symbol.asyncDispose](): Promise<void> {}
        },
      ),
      "disposed-only-once": subclass(
        "A block that closed its client by itself ends with an error.",
        class extends Reference {
          override async [Symbol.asyncDispose](): Promise<void> {
            if (this.closed) this.refuse("CLOSED", `This ${this.service} is closed.`)
            await this.close()
          }
        },
      ),
    },
    "CLOSE-05": {
      ...(removes !== undefined && {
        "close-empties-store": seam.close(
          "One process that stops empties the store of all others.",
          async ({ next, self }) => {
            if (!self.closed) await callOf(service, removes, self).catch(() => undefined)
            return next()
          },
        ),
      }),
      "close-ends-shared-connection": subclass(
        "Parts of the process that still run lose their store.",
        class extends Reference {
          override checkOpen(): void {
            super.checkOpen()
            if (endedConnections.has(this.store)) this.refuse("CLOSED", "The client is closed.")
          }
          override async close(): Promise<void> {
            endedConnections.add(this.store)
            return super.close()
          }
        },
        "sharedb-redis-pubsub #26: the first of several instances to close ended the client they shared",
      ),
      "first-close-is-the-last": subclass(
        "A program that closed one client can open no other.",
        class extends Reference {
          constructor(options: ReferenceOptions<never>) {
            super(options)
            this.closed = closedStores.has(this.store)
          }
          override async close(): Promise<void> {
            closedStores.add(this.store)
            return super.close()
          }
        },
      ),
    },
    "CLOSE-06": {
      "close-before-use-rejects": subclass(
        "A start that failed half-way fails again when it cleans up.",
        class extends Reference {
          #used = false
          override checkOpen(): void {
            super.checkOpen()
            this.#used = true
          }
          override async close(): Promise<void> {
            if (!this.#used) this.refuse("UNAVAILABLE", "There is no connection to close.")
            return super.close()
          }
        },
        "redis-rb #485: quit of a client that never connected tries to connect first, and fails",
      ),
      "unused-stays-open": subclass(
        "A client that was closed before its first call connects on a later one, and nobody closes it.",
        class extends Reference {
          #used = false
          override checkOpen(): void {
            super.checkOpen()
            this.#used = true
          }
          override async close(): Promise<void> {
            if (this.#used) await super.close()
          }
        },
      ),
    },
    "CLOSE-07": {
      "timer-after-close": method(
        stores,
        "The program has closed everything and does not end.",
        ({ next, self }, ...args) => {
          if (!timed.has(self)) self.store.startTimer()
          timed.add(self)
          return next(...args)
        },
        "node-cache: the check timer keeps running until close is called, and keeps the process alive",
      ),
    },
  })
}

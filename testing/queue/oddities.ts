import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { Variant } from "../engine/mutant.ts"
import { changed, subclass, withMethods } from "../engine/seams.ts"
import { seam } from "./mutant.ts"
import { ReferenceQueue } from "./reference/reference-queue.ts"
import type { HeldQueue } from "./reference/store.ts"
import { referenceThatDeclares, referenceWithout } from "./reference/without.ts"

class QueueRefusal extends ServiceError {}

/** In which a delay acts, of the queue that says so. */
const RESOLUTION_MS = 50

let makers = 0

/** Queues that have started a message in this turn. */
const startedNow = new WeakSet<HeldQueue>()

export const queueOddities: Readonly<Record<string, Variant<typeof ReferenceQueue>>> = {
  "late-replies": seam.deliver(
    "A promise may settle in a later turn of the event loop, as it does over a network.",
    async (_, answer) => {
      await nextTurn()
      return answer
    },
  ),
  "replies-out-of-order": subclass(
    "Simultaneous calls need not settle in the order in which they were made.",
    class extends ReferenceQueue {
      #calls = 0
      override async deliver<T>(answer: T): Promise<T> {
        if (++this.#calls % 2 === 0) await nextTurn()
        return answer
      }
    },
  ),
  "one-message-a-turn": seam.nextDelivery(
    "A worker may fetch each message by itself, in a turn of its own.",
    ({ next, self }, held) => {
      if (startedNow.has(held)) return undefined
      const found = next(held)
      if (found === undefined) return undefined
      startedNow.add(held)
      setImmediate(() => {
        startedNow.delete(held)
        self.wake(found.message.queue)
      })
      return found
    },
  ),
  "delays-in-steps": subclass(
    "A delay may act in steps that are declared; it is rounded up to them.",
    withMethods(referenceThatDeclares({ delayResolutionMs: RESOLUTION_MS }), {
      delayOf: ({ next }, options) => Math.ceil((next(options) as number) / RESOLUTION_MS) * RESOLUTION_MS,
    }),
  ),
  "redelivered-at-the-last-moment": seam.leaseMs(
    "A lost message may be with nobody for twice its visibility timeout.",
    ({ next }, subscription) => next(subscription) * 2,
  ),
  "ids-of-another-maker": subclass(
    "An id has a form and sorts by time, and nobody but the queue reads the rest of it.",
    class extends ReferenceQueue {
      readonly #maker = String(++makers).padStart(10, "Z")
      #count = 0
      override newId(): string {
        return `${super.newId().slice(0, 10)}${String(++this.#count).padStart(6, "0")}${this.#maker}`
      }
    },
  ),
  "error-of-a-subclass": seam.refuse(
    "A subclass of ServiceError is one, with details of its own.",
    (_, code, message) => {
      throw new QueueRefusal(code, message, { operation: "any", details: { reason: "refused" } })
    },
  ),
  "errors-of-another-copy": seam.refuse(
    "A ServiceError may come from another copy of the package: it has the mark, and is of another class.",
    (_, code, message) => {
      const error = new ServiceError(code, message)
      const fields = { code, retryable: error.retryable, [Symbol.for("@objectos/sdk/ServiceError")]: true }
      throw Object.assign(new Error(message), fields)
    },
  ),
  "jitter-takes-all-it-may": seam.waitOf(
    "Chance may take the whole share of a wait that it is given.",
    ({ next }, backoff, attempt) => {
      const whole = next({ ...(backoff ?? { type: "exponential", delayMs: 1000 }), jitter: 0 }, attempt)
      return whole * (1 - (backoff?.jitter ?? 0))
    },
  ),
  "purge-in-steps": seam.purge(
    "A purge may take many steps, while others go on using the queue.",
    async ({ self }, queue) => {
      self.checkName(queue)
      const held = self.queueOf(queue)
      let removed = 0
      for (const [step, message] of self.unstarted(held).entries()) {
        if (step % 100 === 99) await nextTurn()
        if (message.state !== "waiting" && message.state !== "delayed") continue
        self.remove(held, message)
        removed++
      }
      return self.reply(removed)
    },
  ),
  "ticks-made-for-workers": changed(ReferenceQueue, "A tick may be made when somebody is there to take it.", {
    tick: ({ next, self }, queue) => {
      if (self.queueOf(queue).subscriptions.length > 0) next(queue)
    },
    nextTickAt: ({ next }, held) => (held.subscriptions.length > 0 ? next(held) : Number.POSITIVE_INFINITY),
  }),
  "killed-calls-never-settle": subclass(
    "What becomes of the calls of a process that was killed is left open.",
    class extends ReferenceQueue {
      override async deliver<T>(answer: T): Promise<T> {
        await Promise.resolve()
        return this.killed ? new Promise<never>(() => {}) : answer
      }
    },
  ),
  "talkative-health": seam.healthCheck(
    "Health may have a message, details and a latency in fractions.",
    async ({ next }) => {
      await nextTurn()
      const { status } = await next()
      return { status, latency: 0.25, message: `The store is ${status}.`, details: { workers: 2, leader: null } }
    },
  ),
  "many-metrics": seam.getMetrics(
    "Metrics are free to choose, also negative and fractional ones.",
    async ({ next }) => ({ ...(await next()), "load.average": 0.5, drift: -3 }),
  ),
  "small-payloads": subclass("An adapter may declare a lower limit.", referenceThatDeclares({ maxPayloadBytes: 4096 })),
  "no-order": subclass(
    "A queue may deliver in any order, where it says so.",
    withMethods(referenceThatDeclares({ order: "none", priorities: false, groups: false }), {
      waiting: ({ next }, held) => (next(held) as unknown[]).reverse(),
    }),
  ),
  "not-shared": subclass("A queue of one process need not be shared.", referenceThatDeclares({ shared: false })),
  "not-durable": subclass(
    "A queue may lose all with its process, where it says so.",
    referenceThatDeclares({ durable: false }),
  ),
  "management-left-out": subclass("Dead letters and schedules need no management.", referenceWithout("management")),
  "dead-letters-left-out": subclass("Messages may die unseen.", referenceWithout("deadLetters")),
  "schedules-left-out": subclass("Who wants schedules may use a service of its own.", referenceWithout("schedules")),
  "priorities-left-out": subclass("All messages may be alike.", referenceWithout("priorities")),
  "groups-left-out": subclass("Messages need no groups.", referenceWithout("groups")),
  "rate-limit-left-out": subclass("Subscriptions need no limit.", referenceWithout("rateLimit")),
  "base-methods-only": subclass(
    "The optional interfaces and options may be left out together.",
    referenceWithout("management", "deadLetters", "schedules", "priorities", "groups", "rateLimit"),
  ),
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

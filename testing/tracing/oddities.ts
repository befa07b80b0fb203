import type { TraceContext } from "../../contracts/tracing/tracing.ts"
import type { Variant } from "../engine/mutant.ts"
import { changed, subclass } from "../engine/seams.ts"
import { seam } from "./mutant.ts"
import type { TracingReferenceOptions } from "./reference/configured.ts"
import { ReferenceTracing } from "./reference/reference-tracing.ts"
import { referenceThatDeclares, referenceWithoutSpans } from "./reference/without.ts"

/** Unusual and right. */
export const tracingOddities: Readonly<Record<string, Variant<typeof ReferenceTracing>>> = {
  "late-replies": seam.deliver(
    "A promise may settle in a later turn of the event loop, as it does over a network.",
    async (_, answer) => {
      await nextTurn()
      return answer
    },
  ),
  "replies-out-of-order": subclass(
    "Simultaneous calls need not settle in the order in which they were made.",
    class extends ReferenceTracing {
      #calls = 0
      override async deliver<T>(answer: T): Promise<T> {
        if (++this.#calls % 2 === 0) await nextTurn()
        return answer
      }
    },
  ),
  "sends-in-a-later-turn": seam.sendBatch(
    "Spans may leave when the event loop has turned.",
    async ({ next }, timeoutMs) => {
      await nextTurn()
      return next(timeoutMs)
    },
  ),
  "each-span-leaves-at-once": seam.enqueue("Spans need not wait for others.", ({ next, self }, held) => {
    next(held)
    if (self.inFlight === 0) self.sendAll(0).catch(() => {})
  }),
  "batches-in-another-order": seam.receive(
    "A receiver may have the spans of a batch in any order.",
    ({ next }, batch) => next(batch.toReversed()),
  ),
  "ids-begin-with-the-time": seam.newTraceId(
    "A part of an id may be the time, as in X-Ray, where the rest is random.",
    ({ next, self }) => {
      const id = next()
      const seconds = Math.floor(self.clock.now() / 1000)
        .toString(16)
        .padStart(8, "0")
      return self.config.traceIdGenerator === "uuid" ? id : `${seconds}${id.slice(8)}`
    },
  ),
  "frozen-contexts": seam.contextFor("A context may be frozen.", ({ next }, ...args) => Object.freeze(next(...args))),
  "frozen-spans": seam.handleOf("A span may be frozen.", ({ next }, held) => Object.freeze(next(held))),
  "members-that-are-undefined": changed(ReferenceTracing, "A member that is not known may be there, and undefined.", {
    contextFor: ({ next }, ...args): TraceContext => ({ traceState: undefined, baggage: undefined, ...next(...args) }),
    spanOf({ next }, held) {
      const span = next(held)
      return { parentSpanId: undefined, ...span, status: { message: undefined, ...span.status } }
    },
  }),
  "attributes-without-a-prototype": seam.recordOf(
    "Attributes may be an object without a prototype.",
    ({ next }, held) => Object.assign(Object.create(null), next(held)),
  ),
  "spans-with-more-to-them": seam.spanOf("A receiver may know more of a span.", ({ next }, held) => ({
    ...next(held),
    scope: "objectos",
    resource: { "service.name": "shop" },
  })),
  "parts-of-milliseconds": subclass(
    "A clock may count parts of milliseconds.",
    class extends ReferenceTracing {
      constructor({ clock, ...options }: TracingReferenceOptions) {
        super({ ...options, clock: { ...clock, now: () => clock.now() + 0.375 } })
      }
    },
  ),
  "causes-by-their-title": seam.stackOf("A stack may name its causes without their own stacks.", ({ self }, error) => {
    const [, ...causes] = self.causesOf(error).map((cause) => self.titleOf(cause).slice(0, 200))
    return [self.memberOf(error, "stack").slice(0, 2000), ...causes].filter((part) => part !== "").join("\n")
  }),
  "spans-cannot-be-read": {
    why: "Spans that leave the process need not be kept in it.",
    implementation: referenceWithoutSpans(),
  },
  "nothing-leaves": {
    why: "Spans may stay in the process.",
    implementation: referenceThatDeclares({ exports: false }),
  },
  "made-in-one-way": {
    why: "A tracing need not be made with the keys of TracingConfig.",
    implementation: referenceThatDeclares({ configurable: false }),
  },
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"
import type { Running } from "../reference/store.ts"

export const contextMutants = mutants({
  "QUEUE-CTX-01": {
    "context-tells-attempts-left": seam.contextOf(
      "A handler takes an early attempt for its last one.",
      ({ next }, message, running) => {
        const context = next(message, running)
        return { ...context, maxAttempts: context.maxAttempts - message.attempts + 1 }
      },
    ),
    "context-tells-default-attempts": seam.contextOf(
      "A handler of a message of ten attempts gives up after three.",
      ({ next }, message, running) => ({ ...next(message, running), maxAttempts: 3 }),
    ),
  },
  "QUEUE-CTX-02": {
    "retry-later-costs-an-attempt": seam.giveBack(
      "A message that waits for somebody dies of waiting.",
      ({ self }, message, delayMs) => self.deliverLater(message, delayMs),
    ),
    "retry-later-at-once": seam.giveBack(
      "A handler that asks for time is called in a tight loop.",
      ({ next }, message) => next(message, 0),
    ),
    "retry-later-waits-for-backoff": seam.giveBack(
      "A message comes back when its backoff says, not when its handler does.",
      ({ next, self }, message) => next(message, self.waitOf(message.options.backoff, message.attempts)),
    ),
  },
  "QUEUE-CTX-03": {
    "throw-overrules-retry-later": seam.settle(
      "A handler that gives its message back and throws loses it.",
      ({ next }, queue, message, running, outcome) => {
        const { later: _, ...said } = running.said
        return next(queue, message, outcome.thrown === undefined ? running : { ...running, said }, outcome)
      },
    ),
  },
  "QUEUE-CTX-04": {
    "throw-overrules-dead": seam.settle(
      "A message that was given up is tried again since its handler threw.",
      ({ next }, queue, message, running, outcome) => {
        const { dead: _, ...said } = running.said
        return next(queue, message, outcome.thrown === undefined ? running : { ...running, said }, outcome)
      },
    ),
    "retry-later-overrules-dead": seam.settle(
      "A message that was given up comes back.",
      ({ next }, queue, message, running, outcome) => {
        const { dead, later } = running.said
        const said = dead !== undefined && later !== undefined ? { later } : running.said
        return next(queue, message, { ...running, said }, outcome)
      },
    ),
    "dead-is-one-failed-attempt": seam.settle(
      "A message that nothing can mend uses up all its attempts.",
      ({ next, self }, queue, message, running, outcome) =>
        running.said.dead === undefined
          ? next(queue, message, running, outcome)
          : self.fail(queue, message, "error", { message: running.said.dead }),
    ),
    "dead-completes": seam.settle(
      "A message that was given up is counted as done.",
      ({ next, self }, queue, message, running, outcome) =>
        running.said.dead === undefined ? next(queue, message, running, outcome) : self.complete(message, undefined),
    ),
  },
  "QUEUE-CTX-05": {
    "timeout-aborts-nothing": seam.abort("A handler that is too late goes on working.", () => {}),
    "subscription-timeout-ignored": seam.timeoutOf(
      "A worker's time limit does nothing.",
      (_, { options }) => options.timeoutMs,
    ),
    "timeout-costs-no-attempt": seam.finish(
      "A message that always takes too long is tried for ever.",
      ({ next, self }, queue, message, running, outcome) =>
        running.over === "timeout" ? self.giveBack(message, 0) : next(queue, message, running, outcome),
    ),
  },
  "QUEUE-CTX-06": {
    "late-result-completes": seam.finish(
      "A message that was reported as timed out is counted as done.",
      ({ next, self }, queue, message, running, outcome) => {
        if (running.over === "timeout" && outcome !== undefined) self.settle(queue, message, running, outcome)
        else next(queue, message, running, outcome)
      },
    ),
    "late-handler-drops-message": seam.finish(
      "A message whose handler ended too late is neither done nor tried again.",
      ({ next }, queue, message, running, outcome) => {
        if (running.over !== "timeout" || outcome?.thrown !== undefined) next(queue, message, running, outcome)
      },
    ),
  },
  "QUEUE-CTX-07": {
    "slot-held-for-ever": seam.limit(
      "One handler that never ends stops the queue.",
      ({ next }, running, timeoutMs) => ({ ...next(running, timeoutMs), givenUp: new Promise<undefined>(() => {}) }),
    ),
    "slot-held-for-a-minute": seam.giveUpMs("Each handler that hangs costs a minute of its slot.", () => 60_000),
  },
  "QUEUE-CTX-08": {
    "subscription-timeout-first": seam.timeoutOf(
      "A message that may take longer is cut short.",
      (_, { options }, { timeoutMs }) => timeoutMs ?? options.timeoutMs,
    ),
    "shorter-timeout-wins": seam.timeoutOf("A message cannot have more time than others.", ({ next }, message, by) => {
      const timeoutMs = next(message, by)
      return timeoutMs === undefined ? undefined : Math.min(timeoutMs, by.timeoutMs ?? timeoutMs)
    }),
    "longer-timeout-wins": seam.timeoutOf("A message cannot have less time than others.", ({ next }, message, by) => {
      const timeoutMs = next(message, by)
      return timeoutMs === undefined ? undefined : Math.max(timeoutMs, by.timeoutMs ?? timeoutMs)
    }),
  },
  "QUEUE-CTX-09": {
    "progress-unchecked": seam.contextOf("A page shows 4,000 percent.", ({ next }, message, running) => ({
      ...next(message, running),
      progress: async (value) => {
        message.progress = value
      },
    })),
    "extend-unchecked": seam.contextOf("A slip in a number is taken for a time.", ({ next }, message, running) => ({
      ...next(message, running),
      extend: async () => {},
    })),
    "negative-retry-later-is-at-once": seam.contextOf(
      "A handler that counted wrong is called in a tight loop.",
      ({ next }, message, running) => {
        const { retryLater, ...context } = next(message, running)
        return { ...context, retryLater: (delayMs) => retryLater(Math.max(delayMs, 0)) }
      },
    ),
  },
  "QUEUE-CTX-10": {
    "one-signal-for-all": subclass(
      "One message that takes too long stops those beside it.",
      class extends ReferenceQueue {
        readonly #all = new Set<Running>()
        override contextOf(...[message, running]: Parameters<ReferenceQueue["contextOf"]>) {
          this.#all.add(running)
          return super.contextOf(message, running)
        }
        override abort(): void {
          for (const running of this.#all) super.abort(running)
        }
      },
    ),
    "unsubscribe-aborts-handlers": seam.ended(
      "Work that is nearly done is thrown away at every deployment.",
      ({ next, self }, subscription) => {
        for (const running of subscription.running.values()) self.abort(running)
        return next(subscription)
      },
    ),
  },
})

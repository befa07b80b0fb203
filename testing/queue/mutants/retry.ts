import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"
import type { HeldMessage } from "../reference/store.ts"

const nameOf = (thrown: unknown) => (thrown instanceof Error ? thrown.name : undefined)

/** What a handler threw that is called so counts for something else than a failed attempt. */
function byName(
  why: string,
  names: readonly string[],
  then: (self: ReferenceQueue, message: HeldMessage) => void,
  source: string,
) {
  return subclass(
    why,
    class extends ReferenceQueue {
      readonly #thrown = new WeakSet<object>()
      override errorOf(thrown: unknown) {
        const error = super.errorOf(thrown)
        if (names.includes(nameOf(thrown) ?? "")) this.#thrown.add(error)
        return error
      }
      override fail(...args: Parameters<ReferenceQueue["fail"]>): void {
        const [, message, , error] = args
        if (this.#thrown.has(error)) then(this, message)
        else super.fail(...args)
      }
    },
    source,
  )
}

export const retryMutants = mutants({
  "QUEUE-RETRY-01": {
    "one-attempt-and-no-more": seam.isUsedUp(
      "A mail is lost while its server restarts.",
      () => true,
      "snowplow-rdb-loader #716: the retry queue worked once, since its comparison was the wrong way round",
    ),
    "attempts-not-counted": seam.messageOf("A handler cannot tell its last attempt.", ({ next }, held) => ({
      ...next(held),
      attempts: 1,
    })),
    "late-rejections-not-seen": seam.handle(
      "A handler that fails after its first await has handled its message.",
      async ({ self }, subscription, message, running) => {
        try {
          void Promise.resolve(subscription.handler(self.messageOf(message), self.contextOf(message, running))).catch(
            () => undefined,
          )
          return {}
        } catch (thrown) {
          return { thrown: self.errorOf(thrown) }
        }
      },
      "EventEmitter and its kind: what a listener returns is not waited for",
    ),
  },
  "QUEUE-RETRY-02": {
    "attempts-taken-for-retries": seam.isUsedUp(
      "What must be tried once is tried twice.",
      ({ self }, message) => message.attempts > self.maxAttemptsOf(message),
      "honeydew #42: a limit of one meant one try and one retry",
    ),
    "attempts-without-end": seam.isUsedUp(
      "A message that cannot be handled keeps a worker busy for ever.",
      () => false,
      "Amazon SQS, RabbitMQ: without a dead-letter queue a message comes again without end",
    ),
    "last-attempt-left-out": seam.isUsedUp(
      "A message has one attempt fewer than it was given.",
      ({ self }, message) => message.attempts + 1 >= self.maxAttemptsOf(message),
    ),
  },
  "QUEUE-RETRY-03": {
    "one-attempt-by-default": seam.withDefaults(
      "Who says nothing loses a message at its first failure.",
      ({ next }, queue, options) => ({ ...next(queue, options), maxAttempts: options.maxAttempts ?? 1 }),
      "BullMQ: attempts are 1 unless a number is given",
    ),
    "three-retries-by-default": seam.withDefaults(
      "Who says nothing sends four mails.",
      ({ next }, queue, options) => ({ ...next(queue, options), maxAttempts: options.maxAttempts ?? 4 }),
      "Task specifications that count retries: 3 of them are 4 attempts",
    ),
  },
  "QUEUE-RETRY-04": {
    "fixed-taken-for-linear": seam.growthOf(
      "What should be asked every minute is asked ever less.",
      ({ next }, backoff, attempt) =>
        backoff.type === "fixed" ? next({ ...backoff, type: "linear" }, attempt) : next(backoff, attempt),
    ),
    "fixed-taken-for-exponential": seam.growthOf(
      "What should be asked every minute is asked ever less.",
      ({ next }, backoff, attempt) =>
        backoff.type === "fixed" ? next({ ...backoff, type: "exponential" }, attempt) : next(backoff, attempt),
    ),
    "first-retry-at-once": seam.waitOf(
      "The second attempt meets the failure of the first.",
      ({ next }, backoff, attempt) => (attempt === 1 && backoff?.type === "fixed" ? 0 : next(backoff, attempt)),
    ),
    "backoff-ignored": seam.waitOf(
      "All attempts meet one failure.",
      () => 0,
      "@objectstack/service-queue 16.1, memory: attempts follow each other at once, whatever the backoff",
    ),
  },
  "QUEUE-RETRY-05": {
    "linear-taken-for-fixed": seam.growthOf(
      "A service that is down is pressed all the time.",
      ({ next }, backoff, attempt) =>
        backoff.type === "linear" ? next({ ...backoff, type: "fixed" }, attempt) : next(backoff, attempt),
    ),
    "linear-taken-for-exponential": seam.growthOf(
      "Waits grow faster than was said.",
      ({ next }, backoff, attempt) =>
        backoff.type === "linear" ? next({ ...backoff, type: "exponential" }, attempt) : next(backoff, attempt),
      "BullMQ, pg-boss: fixed and exponential are there, and linear is not",
    ),
    "linear-from-twice": seam.growthOf("The first wait is twice as long as was said.", ({ next }, backoff, attempt) =>
      next(backoff, backoff.type === "linear" ? attempt + 1 : attempt),
    ),
  },
  "QUEUE-RETRY-06": {
    "exponential-from-the-second-power": seam.growthOf(
      "Each wait is twice as long as was said.",
      ({ next }, backoff, attempt) => next(backoff, backoff.type === "exponential" ? attempt + 1 : attempt),
      "bull 3: the first wait of an exponential backoff was (2^1 - 1) times its delay, and the second 3 times",
    ),
    "multiplier-ignored": seam.growthOf(
      "Waits grow more slowly than was said.",
      ({ next }, { multiplier: _, ...backoff }, attempt) => next(backoff, attempt),
      "BullMQ: an exponential backoff doubles, and nothing else",
    ),
    "multiplier-of-three": seam.growthOf("Waits grow faster than was said.", ({ next }, backoff, attempt) =>
      next({ multiplier: 3, ...backoff }, attempt),
    ),
    "exponential-taken-for-linear": seam.growthOf(
      "A service that is down is pressed too often.",
      ({ next }, backoff, attempt) =>
        next(backoff.type === "exponential" ? { ...backoff, type: "linear" } : backoff, attempt),
    ),
  },
  "QUEUE-RETRY-07": {
    "longest-wait-ignored": seam.waitOf(
      "After ten failures a message waits for a day.",
      ({ next, self }, backoff, attempt) =>
        backoff === undefined
          ? next(backoff, attempt)
          : self.growthOf(backoff, attempt) * (1 - (backoff.jitter ?? 0) / 2),
      "kue #1025, pg-boss #520: an exponential backoff had no bound",
    ),
    "no-longest-wait-by-default": seam.waitOf(
      "Who says nothing waits for hours.",
      ({ next }, backoff, attempt) => next(backoff && { maxDelayMs: Number.POSITIVE_INFINITY, ...backoff }, attempt),
      "BullMQ: backoffs have no bound",
    ),
    "longest-wait-of-a-minute": seam.waitOf("Nobody can wait for longer than a minute.", ({ next }, backoff, attempt) =>
      Math.min(next(backoff, attempt), 60_000),
    ),
    "bound-before-the-growth": seam.waitOf(
      "A bound of a minute lets waits grow to an hour.",
      ({ next, self }, backoff, attempt) => {
        if (backoff?.maxDelayMs === undefined) return next(backoff, attempt)
        return self.growthOf({ ...backoff, delayMs: Math.min(backoff.delayMs, backoff.maxDelayMs) }, attempt)
      },
    ),
  },
  "QUEUE-RETRY-08": {
    "without-one-at-once": seam.waitOf(
      "Three attempts within a millisecond meet one failure.",
      ({ next }, backoff, attempt) => (backoff === undefined ? 0 : next(backoff, attempt)),
      "BullMQ: without a backoff attempts follow each other at once",
    ),
    "without-one-fixed": seam.waitOf("A service that is down is pressed every second.", ({ next }, backoff, attempt) =>
      next(backoff ?? { type: "fixed", delayMs: 1000 }, attempt),
    ),
    "without-one-from-five-seconds": seam.waitOf(
      "Who says nothing waits for longer than was said.",
      ({ next }, backoff, attempt) => next(backoff ?? { type: "exponential", delayMs: 5000 }, attempt),
    ),
  },
  "QUEUE-RETRY-09": {
    "jitter-both-ways": seam.waitOf(
      "A message comes back later than the longest wait.",
      ({ next, self }, backoff, attempt) => {
        if (backoff?.jitter === undefined) return next(backoff, attempt)
        const wait = self.growthOf(backoff, attempt)
        return wait + wait * backoff.jitter * (Math.random() * 2 - 1)
      },
      "agenda #1748: jitter went both ways, also beyond maxDelay",
    ),
    "jitter-of-all": seam.waitOf(
      "Some messages come back at once.",
      ({ next, self }, backoff, attempt) =>
        backoff?.jitter === undefined ? next(backoff, attempt) : self.growthOf(backoff, attempt) * Math.random(),
      "AWS, exponential backoff and jitter: full jitter takes any part of the wait",
    ),
    "jitter-ignored": seam.waitOf(
      "What failed at once comes back at once.",
      ({ next }, backoff, attempt) => next(backoff && { ...backoff, jitter: 0 }, attempt),
      "BullMQ before 5.54: backoffs have no jitter",
    ),
  },
  "QUEUE-RETRY-10": {
    "falsy-throws-handled": seam.handle(
      "A handler that rejects with nothing has handled its message.",
      async ({ next }, subscription, message, running) => {
        const outcome = await next(subscription, message, running)
        return outcome.thrown !== undefined && /null|undefined/.test(outcome.thrown.message) ? {} : outcome
      },
      "Node-style callbacks: an error that is null or undefined is none",
    ),
    "names-of-errors-mean-something": byName(
      "A message whose handler throws an error of a library hangs.",
      ["WaitingError", "DelayedError"],
      (_, message) => {
        message.state = "active"
      },
      "BullMQ 6: an error called WaitingError or DelayedError leaves its job active until it stalls",
    ),
    "some-errors-are-final": byName(
      "A message is dead at its first failure, for the name of an error.",
      ["UnrecoverableError", "AbortError"],
      (self, message) => self.die(message.queue, message, "max_attempts", { message: "It cannot be mended." }),
      "BullMQ: UnrecoverableError ends all attempts; p-retry: AbortError does",
    ),
    "only-errors-are-thrown": seam.fail(
      "A handler that throws text has handled its message.",
      ({ next, self }, queue, message, reason, error) => {
        if (/^The handler threw|^text$/.test(error.message)) self.complete(message, undefined)
        else next(queue, message, reason, error)
      },
    ),
  },
  "QUEUE-RETRY-11": {
    "failed-head-holds-the-queue": seam.nextDelivery(
      "One message that fails stops all others.",
      ({ next, self }, held) =>
        self.messagesOf(held, "delayed").some(({ attempts }) => attempts > 0) ? undefined : next(held),
      "Kafka consumers, Amazon SQS FIFO: a message that fails holds up those behind it",
    ),
    "slot-held-between-attempts": seam.hasSlot(
      "A worker sleeps through the backoff of its message.",
      ({ next, self }, subscription) => {
        const held = [...self.store.queues.values()].find(({ subscriptions }) => subscriptions.includes(subscription))
        const failed = held === undefined ? [] : self.messagesOf(held, "delayed").filter(({ attempts }) => attempts > 0)
        return next(subscription) && failed.length < subscription.concurrency
      },
      "p-retry around a handler: its slot waits with it",
    ),
  },
  "QUEUE-RETRY-12": {
    "retried-under-a-new-id": seam.messageOf(
      "A handler that must not do a thing twice does it twice.",
      ({ next }, held) => {
        const message = next(held)
        return held.attempts > 1 ? { ...message, id: `${message.id.slice(0, -1)}Z` } : message
      },
      "Celery before 3, Resque and others: a retry is a new job",
    ),
    "retried-as-published-now": seam.messageOf("A message looks new at each attempt.", ({ next, self }, held) => {
      const message = next(held)
      return held.attempts > 1 ? { ...message, timestamp: self.clock.now() } : message
    }),
    "type-lost-at-a-retry": seam.messageOf("A handler of several types cannot try again.", ({ next }, held) => {
      const { type, ...message } = next(held)
      return held.attempts > 1 || type === undefined ? message : { ...message, type }
    }),
    "data-wrapped-at-a-retry": seam.messageOf("The second attempt is given other data.", ({ next }, held) => {
      const message = next(held)
      return held.attempts > 1 ? { ...message, data: { data: message.data, attempt: held.attempts } as never } : message
    }),
  },
  "QUEUE-RETRY-13": {
    "falsy-results-fail": seam.complete(
      "A handler that returns false is called again, although it has done its work.",
      ({ next, self }, message, value) => {
        if (value === false || value === null) self.fail(message.queue, message, "error", { message: "It said no." })
        else next(message, value)
      },
      "RabbitMQ wrappers, Bee-Queue's kin: false stands for nack",
    ),
    "completion-not-stored": seam.complete(
      "A message comes again when the time of its worker is over.",
      ({ next, self }, message, value) => {
        next(message, value)
        self.clock.setTimeout(() => {
          message.state = "waiting"
          self.wake(message.queue)
        }, 1000)
      },
      "Amazon SQS: a message that was handled and not deleted comes again after its visibility timeout",
    ),
    "handled-messages-wait-for-the-next-subscription": seam.end(
      "A restart of a worker does all work again.",
      async ({ next, self }, queue) => {
        await next(queue)
        for (const message of self.messagesOf(self.queueOf(queue), "completed")) message.state = "waiting"
      },
      "Kafka: offsets that were not committed are read again",
    ),
  },
  "QUEUE-RETRY-14": {
    "result-that-has-no-json-fails": seam.complete(
      "A mail is sent three times, since what its handler returned cannot be stored.",
      ({ next, self }, message, value) => {
        const hasJson = value === undefined || self.resultOf(value) !== undefined
        if (hasJson) next(message, value)
        else self.fail(message.queue, message, "error", { message: "The result cannot be stored." })
      },
      "BullMQ 6: a result that JSON cannot hold fails a job that is done, and runs it again",
    ),
    "result-that-throws-fails": seam.complete(
      "A mail is sent three times, since what its handler returned cannot be encoded.",
      ({ next, self }, message, value) => {
        try {
          JSON.stringify(value)
          next(message, value)
        } catch {
          self.fail(message.queue, message, "error", { message: "The result cannot be encoded." })
        }
      },
      "BullMQ 6: a BigInt in a result fails a job that is done",
    ),
  },
})

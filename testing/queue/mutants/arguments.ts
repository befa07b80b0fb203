import type { PublishOptions, SubscribeOptions } from "../../../contracts/queue/queue.ts"
import { mutants, seam } from "../mutant.ts"
import type { ReferenceQueue } from "../reference/reference-queue.ts"

type Members = Record<string, unknown>

/** The options of publish, with what a careless check takes them for. */
function lenient(why: string, change: (options: Members) => Members, source?: string) {
  const isObject = (value: unknown): value is Members => typeof value === "object" && value !== null
  return seam.optionsIssue(why, ({ next }, options) => next(isObject(options) ? change(options) : options), source)
}

/** An option of publish whose value is taken for another one. */
function taken(why: string, option: keyof PublishOptions, as: (value: unknown) => unknown, source?: string) {
  return lenient(why, (options) => ({ ...options, [option]: as(options[option]) }), source)
}

/** The options of subscribe, with what a careless check takes them for. */
function lenientSubscribe(
  why: string,
  change: (options: SubscribeOptions, self: ReferenceQueue) => SubscribeOptions,
  source?: string,
) {
  return seam.checkSubscribe(
    why,
    ({ next, self }, queue, handler, options) =>
      next(queue, handler, change((options ?? {}) as SubscribeOptions, self)),
    source,
  )
}

const isNumber = (value: unknown): value is number => typeof value === "number"
const PUBLISH_OPTIONS = [
  "type",
  "delay",
  "priority",
  "maxAttempts",
  "backoff",
  "timeoutMs",
  "id",
  "idempotencyKey",
  "idempotencyWindowMs",
  "groupKey",
  "metadata",
]

export const argumentsMutants = mutants({
  "QUEUE-ARG-01": {
    "negative-delay-is-none": taken(
      "A message whose time was computed wrongly starts at once.",
      "delay",
      (delay) => (isNumber(delay) && delay < 0 ? 0 : delay),
      "BullMQ 6: a negative delay is accepted",
    ),
    "delay-in-text": taken("A delay from a form is not checked.", "delay", (delay) =>
      typeof delay === "string" ? Number(delay) : delay,
    ),
    "delay-without-bound": taken("A message is stored that comes in a thousand years.", "delay", (delay) =>
      isNumber(delay) && delay > 0 ? 1 : delay,
    ),
    "no-number-is-no-delay": taken(
      "A delay that came from undefined starts work at once.",
      "delay",
      (delay) => (Number.isNaN(delay) ? 0 : delay),
      "BullMQ 6: a delay of NaN reaches Redis",
    ),
  },
  "QUEUE-ARG-02": {
    "negative-priority-first": taken(
      "A caller overtakes all others in a way that other stores lack.",
      "priority",
      (priority) => (isNumber(priority) && priority < 0 ? 0 : priority),
      "BullMQ 6: negative priorities are accepted, and go first",
    ),
    "priority-cut": taken("Two priorities become one in silence.", "priority", (priority) =>
      isNumber(priority) ? Math.min(priority, 1000) : priority,
    ),
    "priority-rounded": taken("Two priorities become one in silence.", "priority", (priority) =>
      isNumber(priority) ? Math.round(priority) : priority,
    ),
  },
  "QUEUE-ARG-03": {
    "no-attempts-is-the-default": taken(
      "A message that was to have no attempt has three.",
      "maxAttempts",
      (attempts) => attempts || undefined,
    ),
    "attempts-without-bound": taken("A message that cannot be handled is tried for ever.", "maxAttempts", (attempts) =>
      attempts === Number.POSITIVE_INFINITY ? 1 : attempts,
    ),
    "attempts-rounded": taken("Half an attempt is accepted.", "maxAttempts", (attempts) =>
      isNumber(attempts) ? Math.ceil(attempts) : attempts,
    ),
  },
  "QUEUE-ARG-04": {
    "unknown-backoff-accepted": lenient(
      "A message is stored that no worker knows how to try again.",
      ({ backoff, ...options }) =>
        typeof (backoff as Members | undefined)?.["type"] === "string"
          ? { ...options, backoff: { ...(backoff as Members), type: "fixed" } }
          : { ...options, backoff },
      "BullMQ 6: a backoff of a type that the worker does not know leaves its job active",
    ),
    "backoff-numbers-unchecked": lenient(
      "A jitter of more than all makes waits negative.",
      ({ backoff, ...options }) => {
        if (typeof backoff !== "object" || backoff === null || Array.isArray(backoff)) return { ...options, backoff }
        const { jitter: _, maxDelayMs: __, multiplier: ___, ...checked } = backoff as Members
        return { ...options, backoff: checked }
      },
      "bullmq #639: a backoff that the worker could not compute left its job delayed for ever",
    ),
    "backoff-in-milliseconds": taken(
      "What one adapter takes for a fixed backoff is refused by the next.",
      "backoff",
      (backoff) => (isNumber(backoff) ? { type: "fixed", delayMs: backoff } : backoff),
      "BullMQ: a backoff that is a number is a fixed one",
    ),
  },
  "QUEUE-ARG-05": {
    "metadata-turned-to-text": taken("An object arrives as [object Object].", "metadata", (metadata) =>
      typeof metadata === "object" && metadata !== null && !Array.isArray(metadata)
        ? Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, String(value)]))
        : metadata,
    ),
    "nothing-in-metadata-dropped": taken("A header that was to be there is missing.", "metadata", (metadata) =>
      typeof metadata === "object" && metadata !== null && !Array.isArray(metadata)
        ? Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null && value !== undefined))
        : metadata,
    ),
    "metadata-unchecked": taken("Metadata arrives that no header can carry.", "metadata", () => undefined),
  },
  "QUEUE-ARG-06": {
    "unknown-options-of-publish-ignored": lenient(
      "A misspelled priority is no priority.",
      (options) => Object.fromEntries(Object.entries(options).filter(([name]) => PUBLISH_OPTIONS.includes(name))),
      "BullMQ: options that are not known are stored and ignored",
    ),
    "unknown-options-of-subscribe-ignored": lenientSubscribe(
      "A misspelled concurrency is 1.",
      ({ concurrency, groupConcurrency, rateLimit, timeoutMs, visibilityTimeoutMs }) => ({
        concurrency,
        groupConcurrency,
        rateLimit,
        timeoutMs,
        visibilityTimeoutMs,
      }),
      "@objectstack/service-queue 17: subscribe takes no options, and ignores them",
    ),
  },
  "QUEUE-ARG-07": {
    "handler-found-out-at-the-first-message": seam.checkSubscribe(
      "A worker looks well until its first message fails.",
      ({ next }, queue, _handler, options) => next(queue, () => {}, options),
      "@objectstack/service-queue 17: what is subscribed is called when a message comes, whatever it is",
    ),
    "concurrency-of-none-is-one": lenientSubscribe("A worker that was switched off works.", (options) => ({
      ...options,
      concurrency: options.concurrency || undefined,
    })),
    "refused-subscription-stays": seam.subscribe(
      "A queue cannot be subscribed after a mistake.",
      async ({ next }, queue, handler, options) => {
        const isBad = typeof handler !== "function" || options?.concurrency === 0
        if (isBad) await next(queue, () => {})
        return next(queue, handler, isBad ? { concurrency: 0 } : options)
      },
    ),
  },
  "QUEUE-ARG-08": {
    "options-checked-after-the-message-is-stored": seam.publish(
      "A publish that failed has published.",
      async ({ next, self }, queue, data, options) => {
        const isBad = self.payloadIssue(data) === undefined && self.optionsIssue(options) !== undefined
        if (isBad) self.add(queue, data)
        return next(queue, data, options)
      },
    ),
    "key-taken-before-the-check": seam.checkPublish(
      "A publish that was mended and repeated publishes nothing.",
      ({ next, self }, queue, data, options) => {
        try {
          next(queue, data, options)
        } catch (error) {
          const { idempotencyKey } = (options ?? {}) as PublishOptions
          if (idempotencyKey !== undefined) self.holdKey(self.queueOf(String(queue)), { idempotencyKey }, self.newId())
          throw error
        }
      },
    ),
  },
  "QUEUE-ARG-09": {
    "any-text-is-an-id": taken(
      "Ids of the application meet those of others.",
      "id",
      (id) => (typeof id === "string" ? undefined : id),
      "BullMQ: a job can have any id but a whole number or one with a colon",
    ),
    "ids-in-any-case": taken("Two ids name one message.", "id", (id) =>
      typeof id === "string" ? id.toUpperCase() : id,
    ),
    "ids-trimmed": taken("An id with a line end is taken for another one.", "id", (id) =>
      typeof id === "string" ? id.trim() : id,
    ),
  },
  "QUEUE-ARG-10": {
    "no-time-is-no-limit": taken(
      "An attempt that was to have no time has all of it.",
      "timeoutMs",
      (timeoutMs) => timeoutMs || undefined,
      "node-redis, undici and others: a timeout of 0 is none",
    ),
    "no-time-of-a-subscription-is-no-limit": lenientSubscribe("Attempts have no limit.", (options) => ({
      ...options,
      timeoutMs: options.timeoutMs || undefined,
    })),
    "no-visibility-is-the-default": lenientSubscribe("A message of a lost worker waits for 30 seconds.", (options) => ({
      ...options,
      visibilityTimeoutMs: options.visibilityTimeoutMs || undefined,
    })),
  },
})

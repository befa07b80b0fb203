/** What the methods of a queue may be told. */

/**
 * How long to wait before delivery n + 1: fixed d, linear d * n, exponential d * multiplier^(n - 1), and never longer
 * than `maxDelayMs`.
 */
export interface Backoff {
  type: "fixed" | "linear" | "exponential"
  /** d, in milliseconds. */
  delayMs: number
  /** Default 60,000. */
  maxDelayMs?: number | undefined
  /** Default 2. */
  multiplier?: number | undefined
  /** The share of a wait that chance may take off it, 0 to 1. Default 0. */
  jitter?: number | undefined
}

export interface PublishOptions {
  /** What kind of message this is, for handlers that take several: text of 1 to 256 bytes. */
  type?: string | undefined
  /** Milliseconds before the message may be delivered, up to 10 years. Default 0. */
  delay?: number | undefined
  /** A whole number from 0 to 1,000; lower goes first. Default 2. Needs `priorities`. */
  priority?: number | undefined
  /** Deliveries before the message is dead; a retry policy of n retries is n + 1. Default 3. */
  maxAttempts?: number | undefined
  /** Default: exponential, from 1 second. */
  backoff?: Backoff | undefined
  /** Milliseconds that an attempt may take. Default: that of the subscription. */
  timeoutMs?: number | undefined
  /**
   * An id that this queue gave, in an answer or in an error: publishing with it again is the same message, so that a
   * publish whose outcome is not known can be repeated. It goes before `idempotencyKey`. An id is known while the queue
   * has a record of its message. Then it is known until ten minutes after the message's end, of the last 100,000. An id
   * that may be an older one rejects TIMEOUT, with "unknown" as `details.outcome`. `cancel` and `purge` free an id.
   */
  id?: string | undefined
  /** Within the window, publishing with the same key gives the first message's id and publishes nothing. */
  idempotencyKey?: string | undefined
  /** Milliseconds. Default 24 hours. */
  idempotencyWindowMs?: number | undefined
  /** Messages of one group take turns with those of others. Needs `groups`. */
  groupKey?: string | undefined
  /** Text that reaches the handler unchanged, such as a trace context. */
  metadata?: Readonly<Record<string, string>> | undefined
}

/** At most `max` starts in a window of `durationMs` that opens with its first start. */
export interface RateLimit {
  max: number
  durationMs: number
}

export interface SubscribeOptions {
  /** Handlers that run at one time. Default 1, or that of the queue's definition. */
  concurrency?: number | undefined
  /**
   * How long a message stays with a worker that gives no sign of life: within twice that it is delivered again. Running
   * handlers give signs by themselves. Milliseconds, default 30,000.
   */
  visibilityTimeoutMs?: number | undefined
  /** One for all subscriptions of a queue: other numbers reject PRECONDITION_FAILED. Needs `rateLimit`. */
  rateLimit?: RateLimit | undefined
  /** Messages of one group that run at one time. Default 1. Needs `groups`. */
  groupConcurrency?: number | undefined
  /** Milliseconds that an attempt may take whose message says nothing. Default: as long as it takes. */
  timeoutMs?: number | undefined
}

/** The defaults of a queue. */
export interface QueueDefinition {
  name: string
  /** Of a subscription that gives none. */
  concurrency?: number | undefined
  /** Of a subscription that gives none. Needs `rateLimit`. */
  rateLimit?: RateLimit | undefined
  /** Of messages that give none. */
  maxAttempts?: number | undefined
  /** Of messages that give none. */
  backoff?: Backoff | undefined
  /**
   * The queue that gets a copy of each message that dies, with its id as `metadata.deadLetterOf`. A copy that dies is not
   * copied again.
   */
  deadLetterQueue?: string | undefined
}

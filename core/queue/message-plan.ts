import { QUEUE_DEFAULTS, QUEUE_MAX_PRIORITY } from "../../contracts/queue/arguments.ts"
import type { Backoff, PublishOptions, QueueDefinition } from "../../contracts/queue/queue.ts"

/** How to wait between attempts, with nothing left out: stored with the message, so that every worker waits alike. */
export interface BackoffPlan {
  readonly type: Backoff["type"]
  readonly delayMs: number
  readonly maxDelayMs: number
  readonly multiplier: number
  readonly jitter: number
}

/** What a message is to have, with the defaults of its queue and of the contract. */
export interface MessagePlan {
  readonly type: string | undefined
  readonly delay: number
  readonly priority: number
  readonly maxAttempts: number
  readonly backoff: BackoffPlan
  readonly timeoutMs: number | undefined
  readonly metadata: Readonly<Record<string, string>> | undefined
}

const NO_OPTIONS: PublishOptions = {}

export function planMessage(options: PublishOptions = NO_OPTIONS, definition?: QueueDefinition): MessagePlan {
  if (definition !== undefined || !isPlain(options)) return newPlan(options, definition)
  const { priority = QUEUE_DEFAULTS.priority } = options
  const shared = PLAIN_PLANS[priority] ?? newPlan({ priority })
  PLAIN_PLANS[priority] = shared
  return shared
}

/** Messages that differ in nothing but their priority share a plan: a queue may hold a million. */
const PLAIN_PLANS: (MessagePlan | undefined)[] = new Array(QUEUE_MAX_PRIORITY + 1).fill(undefined)

function isPlain({ backoff, delay, maxAttempts, metadata, timeoutMs, type }: PublishOptions): boolean {
  return (
    backoff === undefined &&
    delay === undefined &&
    maxAttempts === undefined &&
    metadata === undefined &&
    timeoutMs === undefined &&
    type === undefined
  )
}

function newPlan(options: PublishOptions, definition?: QueueDefinition): MessagePlan {
  return {
    type: options.type,
    delay: options.delay ?? 0,
    priority: options.priority ?? QUEUE_DEFAULTS.priority,
    maxAttempts: options.maxAttempts ?? definition?.maxAttempts ?? QUEUE_DEFAULTS.maxAttempts,
    backoff: planBackoff(options.backoff ?? definition?.backoff),
    timeoutMs: options.timeoutMs,
    metadata: options.metadata === undefined ? undefined : { ...options.metadata },
  }
}

function planBackoff(backoff: Backoff | undefined): BackoffPlan {
  const { maxDelayMs, multiplier, jitter } = QUEUE_DEFAULTS.backoff
  if (backoff === undefined) return QUEUE_DEFAULTS.backoff
  return {
    type: backoff.type,
    delayMs: backoff.delayMs,
    maxDelayMs: backoff.maxDelayMs ?? maxDelayMs,
    multiplier: backoff.multiplier ?? multiplier,
    jitter: backoff.jitter ?? jitter,
  }
}

/** Milliseconds between attempt `attempt`, which failed, and the next one. */
export function backoffMs(plan: BackoffPlan, attempt: number, random: () => number): number {
  const wait = Math.min(waitOf(plan, attempt), plan.maxDelayMs)
  return plan.jitter === 0 ? wait : wait * (1 - plan.jitter * random())
}

function waitOf({ delayMs, multiplier, type }: BackoffPlan, attempt: number): number {
  if (type === "fixed") return delayMs
  return type === "linear" ? delayMs * attempt : delayMs * multiplier ** (attempt - 1)
}

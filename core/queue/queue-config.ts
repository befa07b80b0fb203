import * as z from "zod/mini"
import type { ErrorIssue } from "../../contracts/foundation/errors.ts"
import { QUEUE_MAX_DELAY_MS, QUEUE_MAX_NAME_BYTES, queueNameIssue } from "../../contracts/queue/arguments.ts"
import type { PublishOptions, QueueCapabilities, QueueDefinition } from "../../contracts/queue/queue.ts"

const MOST = 1_000_000
const count = (least: number) => z.int().check(z.minimum(least), z.maximum(MOST))
export const milliseconds = () => z.int().check(z.minimum(1), z.maximum(QUEUE_MAX_DELAY_MS))

export const queueNameSchema = z.string().check(
  z.minLength(1),
  z.refine((name) => name === "" || queueNameIssue(name) === undefined, {
    error: `must not have more than ${QUEUE_MAX_NAME_BYTES} bytes, nor a lone surrogate`,
  }),
)

/** How the requirement document (SPEC-005) says attempts: retries are those after the first one. */
export const retryPolicySchema = z.strictObject({
  maxRetries: z._default(z.int().check(z.minimum(0), z.maximum(MOST - 1)), 3),
  backoffStrategy: z._default(z.enum(["fixed", "linear", "exponential"]), "exponential"),
  initialDelayMs: z._default(milliseconds(), 1000),
  maxDelayMs: z._default(milliseconds(), 60_000),
  /** Below 1 waits would become shorter, which no adapter does. */
  backoffMultiplier: z._default(z.number().check(z.minimum(1)), 2),
})
export type TaskRetryPolicy = z.input<typeof retryPolicySchema>

const autoScaleSchema = z.strictObject({
  enabled: z._default(z.boolean(), false),
  minWorkers: z._default(count(1), 1),
  maxWorkers: z._default(count(1), 10),
  /** Messages waiting. */
  scaleUpThreshold: z._default(z.int().check(z.minimum(1)), 100),
  scaleDownThreshold: z._default(z.int().check(z.minimum(0)), 10),
})
export type AutoScale = z.output<typeof autoScaleSchema>

/** A queue of the requirement document (SPEC-005), with its defaults. */
export const queueConfigSchema = z.strictObject({
  name: queueNameSchema,
  /** Handlers that run at one time, of a subscription that says nothing. */
  concurrency: z._default(count(1), 5),
  /** `max` starts in a window of `duration` milliseconds. */
  rateLimit: z.optional(z.strictObject({ max: count(1), duration: milliseconds() })),
  defaultRetryPolicy: z.optional(retryPolicySchema),
  deadLetterQueue: z.optional(queueNameSchema),
  priority: z._default(z.int().check(z.minimum(0)), 0),
  autoScale: z.optional(autoScaleSchema),
})
export type QueueConfig = z.input<typeof queueConfigSchema>
export type ParsedQueueConfig = z.output<typeof queueConfigSchema>

/** What a queue definition takes of the document. */
export function definitionOf(config: ParsedQueueConfig): QueueDefinition {
  const { concurrency, deadLetterQueue, defaultRetryPolicy, name, rateLimit } = config
  return {
    name,
    concurrency,
    ...(rateLimit && { rateLimit: { max: rateLimit.max, durationMs: rateLimit.duration } }),
    ...(defaultRetryPolicy && attemptsOf(defaultRetryPolicy)),
    ...(deadLetterQueue !== undefined && { deadLetterQueue }),
  }
}

/** A retry policy of n retries is n + 1 attempts. */
export function attemptsOf(
  policy: z.output<typeof retryPolicySchema>,
): Required<Pick<PublishOptions, "maxAttempts" | "backoff">> {
  const { backoffMultiplier, backoffStrategy, initialDelayMs, maxDelayMs, maxRetries } = policy
  return {
    maxAttempts: maxRetries + 1,
    backoff: { type: backoffStrategy, delayMs: initialDelayMs, maxDelayMs, multiplier: backoffMultiplier },
  }
}

/** What no queue does, whatever its adapter. `path` is that of the document. */
export function queueConfigIssues(config: ParsedQueueConfig, path: string): ErrorIssue[] {
  const { autoScale, deadLetterQueue, name, priority } = config
  const issues: ErrorIssue[] = []
  const refuse = (key: string, message: string) => issues.push({ path: `${path}.${key}`, message })
  if (priority !== 0) {
    refuse("priority", `must be 0, since a queue has no rank among others, and messages have; got ${priority}`)
  }
  if (deadLetterQueue === name) refuse("deadLetterQueue", "must be another queue; got the queue itself")
  if (autoScale?.enabled) {
    const { maxWorkers, minWorkers, scaleDownThreshold, scaleUpThreshold } = autoScale
    if (minWorkers > maxWorkers) {
      refuse("autoScale.minWorkers", `must be at most ${maxWorkers}, the maxWorkers; got ${minWorkers}`)
    }
    if (scaleDownThreshold >= scaleUpThreshold) {
      const most = `below ${scaleUpThreshold}, the scaleUpThreshold`
      refuse("autoScale.scaleDownThreshold", `must be ${most}; got ${scaleDownThreshold}`)
    }
  }
  return issues
}

/** What the adapter of the queue does not do. */
export function lackingIssues(
  config: ParsedQueueConfig,
  { management, rateLimit }: QueueCapabilities,
  path: string,
): ErrorIssue[] {
  const issues: ErrorIssue[] = []
  const refuse = (key: string, message: string) => issues.push({ path: `${path}.${key}`, message })
  if (config.rateLimit !== undefined && !rateLimit) {
    refuse("rateLimit", "must be left out, since the adapter of this queue limits no rate")
  }
  if (management) return issues
  for (const key of ["defaultRetryPolicy", "deadLetterQueue"] as const) {
    if (config[key] !== undefined) refuse(key, "must be left out, since the adapter of this queue has no management")
  }
  if (config.autoScale?.enabled) {
    refuse("autoScale.enabled", "must be false, since the adapter of this queue has no management")
  }
  return issues
}

import * as z from "zod/mini"
import type { ErrorIssue } from "../../../contracts/foundation/errors.ts"
import { typeName } from "../../../contracts/foundation/text.ts"
import type { QueueHandler } from "../../../contracts/queue/message.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import {
  lackingIssues,
  milliseconds,
  type ParsedQueueConfig,
  type QueueConfig,
  queueConfigIssues,
  queueConfigSchema,
  queueNameSchema,
} from "../queue-config.ts"
import { documentError, readDocument } from "../read-document.ts"

/** Payloads by the type of their message. */
export type Payloads = Readonly<Record<string, unknown>>

/** A worker of the requirement document (SPEC-005). */
export interface WorkerConfig<Types extends Payloads = Payloads> {
  /** Names the worker in its statistics and errors. */
  name: string
  /** The queues that it works. At least one. */
  queues: readonly string[]
  /** Of queues in `queues`: defined for this instance when the worker starts. */
  queueConfigs?: readonly QueueConfig[] | undefined
  /** How often a worker looks at the queues that it scales; queues hand out messages by themselves. Default 1,000. */
  pollIntervalMs?: number | undefined
  /** As that of `subscribe`. Default 30,000. */
  visibilityTimeoutMs?: number | undefined
  /** How long an attempt may take whose message says nothing. Default 300,000. */
  defaultTimeoutMs?: number | undefined
  /** How long `close` waits for running handlers before it gives their messages back. Default 30,000. */
  shutdownTimeoutMs?: number | undefined
  /** Handlers by the type of their messages. At least one. */
  handlers: { readonly [Type in keyof Types]: QueueHandler<Types[Type]> }
}

const DEFAULT_POLL_MS = 1000

const handlerSchema = z.custom<QueueHandler<never>>((value) => typeof value === "function", {
  error: ({ input }) => `must be a function; got ${typeName(input)}`,
})

const workerConfigSchema = z.strictObject({
  name: z.string().check(z.minLength(1)),
  queues: z.array(queueNameSchema).check(z.minLength(1)),
  queueConfigs: z._default(z.array(queueConfigSchema), []),
  pollIntervalMs: z._default(milliseconds(), DEFAULT_POLL_MS),
  visibilityTimeoutMs: z._default(milliseconds(), 30_000),
  defaultTimeoutMs: z._default(milliseconds(), 300_000),
  shutdownTimeoutMs: z._default(milliseconds(), 30_000),
  handlers: z.record(z.string(), handlerSchema),
})
export type ParsedWorkerConfig = z.output<typeof workerConfigSchema>

const SUBJECT = { name: "The configuration of a worker", code: "INVALID_CONFIG" } as const

/** @throws ServiceError INVALID_CONFIG with the path of each key at fault. */
export function readWorkerConfig(config: object, queue: Queue, scalesByHook: boolean): ParsedWorkerConfig {
  const parsed = readDocument(workerConfigSchema, config, SUBJECT)
  const issues = issuesOf(parsed, queue, scalesByHook)
  if (issues.length > 0) throw documentError(SUBJECT, issues)
  return parsed
}

function issuesOf(config: ParsedWorkerConfig, queue: Queue, scalesByHook: boolean): ErrorIssue[] {
  const { handlers, pollIntervalMs, queueConfigs, queues } = config
  const issues: ErrorIssue[] = []
  const refuse = (path: string, message: string) => issues.push({ path, message })
  const repeated = (names: readonly string[], index: number) => names.indexOf(names[index] ?? "") < index
  for (const index of queues.keys()) {
    if (repeated(queues, index)) refuse(`queues.${index}`, "must be a name of its own; got one that stands before it")
  }
  const names = queueConfigs.map(({ name }) => name)
  for (const [index, one] of queueConfigs.entries()) {
    const path = `queueConfigs.${index}`
    if (!queues.includes(one.name)) refuse(`${path}.name`, "must be one of queues; got another name")
    else if (repeated(names, index)) refuse(`${path}.name`, "must be a name of its own; got one that stands before it")
    issues.push(...queueConfigIssues(one, path), ...lackingIssues(one, queue.capabilities, path))
  }
  if (Object.keys(handlers).length === 0) refuse("handlers", "must not be empty")
  const scales = queueConfigs.some(isScaled)
  if (pollIntervalMs !== DEFAULT_POLL_MS && !scales) {
    const message = "since queues hand out messages by themselves; it is how often a queue with autoScale is looked at"
    refuse("pollIntervalMs", `must be left out, ${message}`)
  }
  if (scalesByHook && !scales) refuse("options.scale", "must come with a queue that has autoScale.enabled; got none")
  return issues
}

export function isScaled({ autoScale }: ParsedQueueConfig): boolean {
  return autoScale?.enabled === true
}

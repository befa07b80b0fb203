import * as z from "zod/mini"
import { type Clock, systemClock } from "../../../contracts/foundation/clock.ts"
import { TASK_STATUSES, type TaskRecord, type TaskStatus } from "../../../contracts/queue/message.ts"
import type { PublishOptions, Queue } from "../../../contracts/queue/queue.ts"
import { attemptsOf, milliseconds, queueNameSchema, retryPolicySchema, type TaskRetryPolicy } from "../queue-config.ts"
import { documentError, readDocument } from "../read-document.ts"
import { priorityName, priorityOption, prioritySchema, type TaskPriority } from "./priority.ts"

/** A task of the requirement document (SPEC-005). Times are ISO 8601. */
export interface Task<Payload = unknown> {
  /** The caller's: a task with the id of an earlier one is that one, for 24 hours. */
  id: string
  /** Small letters, digits and `_`; not a digit first. */
  type: string
  payload: Payload
  /** Default `default`. */
  queue?: string | undefined
  /** Default `normal`. Others need the capability `priorities`. */
  priority?: TaskPriority | undefined
  /** Default: that of the queue. n retries are n + 1 attempts. */
  retryPolicy?: TaskRetryPolicy | undefined
  timeoutMs?: number | undefined
  /** Not before this time; a time in the past is now. */
  scheduledAt?: string | undefined
  /** Counted by the queue: 0 of a task that is published. */
  attempts?: number | undefined
  /** Told by the queue: `pending` of a task that is published. */
  status?: TaskStatus | undefined
  metadata?:
    | {
        createdAt?: string | undefined
        updatedAt?: string | undefined
        createdBy?: string | undefined
        tags?: readonly string[] | undefined
      }
    | undefined
}

const datetime = () => z.iso.datetime({ offset: true })

export const taskTypeSchema = z.string().check(z.regex(/^[a-z_][a-z0-9_]*$/))

export const taskSchema = z.strictObject({
  id: queueNameSchema,
  type: taskTypeSchema.check(z.describe("Which handler takes it: small letters, digits and _, not a digit first.")),
  payload: z.unknown().check(z.describe("JSON for the handler.")),
  queue: z._default(queueNameSchema, "default"),
  priority: prioritySchema.check(z.describe("Others than normal need a queue that has priorities.")),
  retryPolicy: z.optional(
    retryPolicySchema.check(z.describe("Default: that of the queue. n retries are n + 1 attempts.")),
  ),
  timeoutMs: z.optional(milliseconds().check(z.describe("Milliseconds that an attempt may take."))),
  scheduledAt: z.optional(datetime().check(z.describe("Not before this time; a time in the past is now."))),
  attempts: z._default(z.int().check(z.minimum(0)), 0),
  status: z._default(z.enum(TASK_STATUSES), "pending"),
  metadata: z.optional(
    z.strictObject({
      createdAt: z.optional(datetime()),
      updatedAt: z.optional(datetime()),
      createdBy: z.optional(z.string()),
      tags: z.optional(z.array(z.string())),
    }),
  ),
})

const SUBJECT = { name: "The task", code: "INVALID_ARGUMENT" } as const

/**
 * Publishes a task of the requirement document. Its id is the idempotency key of the message, and reaches the handler
 * as `metadata.taskId`; its metadata does as `createdAt`, `updatedAt`, `createdBy`, and `tags` as JSON.
 *
 * @param options.clock Says what is left until `scheduledAt`. Default: the system's.
 * @returns The id of the message, by which `getTask` and `cancel` know it.
 * @throws Rejects INVALID_ARGUMENT with the path of each key at fault, UNSUPPORTED for a priority without `priorities`.
 * @example
 * await publishTask(queue, { id: "welcome:1", type: "send_mail", payload: { to: "ada@example.org" }, queue: "mail" })
 */
export async function publishTask<Payload>(
  queue: Queue,
  task: Task<Payload>,
  { clock = systemClock }: { clock?: Pick<Clock, "now"> | undefined } = {},
): Promise<string> {
  const parsed = readDocument(taskSchema, task, SUBJECT)
  const { attempts, payload, queue: name, status } = parsed
  const issues = [
    ...(attempts === 0 ? [] : [{ path: "attempts", message: `must be 0, since the queue counts; got ${attempts}` }]),
    ...(status === "pending"
      ? []
      : [{ path: "status", message: `must be pending, as the queue tells; got ${status}` }]),
  ]
  if (issues.length > 0) throw documentError(SUBJECT, issues)
  return queue.publish(name, payload, optionsOf(parsed, clock.now()))
}

function optionsOf(task: z.output<typeof taskSchema>, now: number): PublishOptions {
  const { id, metadata = {}, priority, retryPolicy, scheduledAt, timeoutMs, type } = task
  const { createdAt, createdBy, tags, updatedAt } = metadata
  const told = { taskId: id, createdAt, updatedAt, createdBy, tags: tags && JSON.stringify(tags) }
  return {
    type,
    idempotencyKey: id,
    ...priorityOption(priority),
    ...(retryPolicy && attemptsOf(retryPolicy)),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(scheduledAt !== undefined && { delay: Math.max(0, Date.parse(scheduledAt) - now) }),
    metadata: Object.fromEntries(Object.entries(told).filter((entry): entry is [string, string] => !!entry[1])),
  }
}

/**
 * What `getTask` tells, as a task of the requirement document. Its id is that which `publishTask` was given, else that
 * of the message; a retry policy is not kept in this form.
 *
 * @example
 * const record = await queue.getTask("mail", id)
 * const status = record && taskOf(record).status
 */
export function taskOf<Payload>(record: TaskRecord<Payload>): Task<Payload> {
  const { attempts, data, dueAt, metadata = {}, priority, queue, status, timestamp, type = "" } = record
  const { createdAt = isoOf(timestamp), createdBy, tags, taskId = record.id, updatedAt } = metadata
  return {
    id: taskId,
    type,
    payload: data,
    queue,
    priority: priorityName(priority),
    ...(dueAt !== undefined && { scheduledAt: isoOf(dueAt) }),
    attempts,
    status,
    metadata: {
      createdAt,
      ...(updatedAt !== undefined && { updatedAt }),
      ...(createdBy !== undefined && { createdBy }),
      ...(tags !== undefined && { tags: JSON.parse(tags) as string[] }),
    },
  }
}

function isoOf(time: number): string {
  return new Date(time).toISOString()
}

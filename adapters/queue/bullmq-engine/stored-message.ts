import type { QueueMessage, TaskError, TaskFailure } from "../../../contracts/queue/message.ts"
import type { Schedule } from "../../../contracts/queue/optional-interfaces.ts"
import { type BackoffPlan, type MessagePlan, planMessage } from "../../../core/queue/for-adapters.ts"

/** BullMQ has 0 for messages without a priority, which go before all others. */
export const FIRST_PRIORITY = 1

/** What BullMQ keeps as `opts`: how often and how urgent in its words, and the rest of the plan as text. */
interface StoredOptions {
  readonly attempts: number
  readonly priority: number
  readonly plan: string
}

/** The schedule of a tick. */
export interface TickPlan {
  readonly name: string
  readonly schedule: Schedule
}

/** All that was planned for a message. */
export interface StoredMessage {
  readonly maxAttempts: number
  /** As in the contract. */
  readonly priority: number
  readonly backoff: BackoffPlan
  readonly type?: string | undefined
  readonly timeoutMs?: number | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly tick?: TickPlan | undefined
}

/** A message as a worker is given it. */
export interface FetchedJob {
  id: string
  readonly data: string
  readonly opts: Partial<StoredOptions>
  readonly timestamp: number
}

/** As `opts` of a job. */
export function encodePlan({ delay: _, ...plan }: MessagePlan, tick?: TickPlan): string {
  const stored: StoredMessage = { ...plan, tick }
  const options: StoredOptions = {
    attempts: plan.maxAttempts,
    priority: plan.priority + FIRST_PRIORITY,
    plan: JSON.stringify(stored),
  }
  return JSON.stringify(options)
}

const FEW = 64
const plans = new Map<string, StoredMessage>()

/** A job that BullMQ was given by another program has no plan of ours: the defaults hold for it. */
export function decodePlan({ attempts, plan }: Partial<StoredOptions>): StoredMessage {
  if (plan === undefined) return { ...planMessage(), ...(attempts ? { maxAttempts: attempts } : {}) }
  const known = plans.get(plan)
  if (known !== undefined) return known
  const decoded = JSON.parse(plan) as StoredMessage
  // Most messages of a queue have one plan; those with metadata of their own have not.
  if (decoded.metadata === undefined) {
    if (plans.size >= FEW) plans.clear()
    plans.set(plan, decoded)
  }
  return decoded
}

/** What a handler gets, anew for each delivery. */
export function messageOf(queue: string, job: FetchedJob, plan: StoredMessage, attempts: number): QueueMessage {
  const { metadata, type } = plan
  const message: QueueMessage = { id: job.id, queue, data: JSON.parse(job.data), attempts, timestamp: job.timestamp }
  if (type !== undefined) message.type = type
  if (metadata !== undefined) message.metadata = { ...metadata }
  return message
}

/** The fields of a job's hash that are kept of each attempt that failed. */
export function failureFields(
  failure: TaskFailure,
  state: "failed" | "timeout" | "dead",
): Record<string, string | number> {
  return {
    [`o:f${failure.attempt}`]: JSON.stringify(failure),
    "o:err": JSON.stringify(failure.error),
    "o:state": state,
    failedReason: failure.error.message,
  }
}

/** A job's hash as it is in Redis. */
export type JobFields = ReadonlyMap<string, string>

export function jobFields(reply: unknown): JobFields {
  if (!Array.isArray(reply)) return new Map(Object.entries((reply ?? {}) as Readonly<Record<string, string>>))
  const fields = new Map<string, string>()
  for (let index = 0; index < reply.length; index += 2) fields.set(String(reply[index]), String(reply[index + 1]))
  return fields
}

export function storedOptions(fields: JobFields): StoredMessage {
  return decodePlan(JSON.parse(fields.get("opts") ?? "{}") as StoredOptions)
}

export function failuresOf(fields: JobFields): TaskFailure[] {
  const failures: TaskFailure[] = []
  for (const [name, text] of fields) {
    if (/^o:f\d/.test(name)) failures.push(JSON.parse(text) as TaskFailure)
  }
  return failures.sort((one, other) => one.attempt - other.attempt)
}

export function errorIn(fields: JobFields): TaskError | undefined {
  const text = fields.get("o:err")
  return text === undefined ? undefined : (JSON.parse(text) as TaskError)
}

export function numberIn(fields: JobFields, name: string): number | undefined {
  const text = fields.get(name)
  return text === undefined || text === "" ? undefined : Number(text)
}

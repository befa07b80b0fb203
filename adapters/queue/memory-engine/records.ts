/** A message as it is told of: copies, in epoch milliseconds. */
import type { FailedMessage, TaskRecord, TaskStatus } from "../../../contracts/queue/message.ts"
import { ACTIVE, COMPLETED, DEAD, DELAYED, type Message, type MessageState } from "./message.ts"
import { copyOf } from "./payload.ts"

/** @param dueAt Of one that is delayed. */
export function taskRecordOf(queue: string, message: Message, dueAt: number | undefined): TaskRecord {
  const { details, finishedAt, plan, startedAt } = message
  const { death, failures, progress, result } = details ?? {}
  const error = death?.error ?? failures?.at(-1)?.error
  return {
    ...commonOf(queue, message),
    status: statusOf(message),
    priority: plan.priority,
    maxAttempts: plan.maxAttempts,
    ...(dueAt !== undefined && { dueAt }),
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(progress !== undefined && { progress }),
    ...(result !== undefined && { result: JSON.parse(result) as unknown }),
    ...(error !== undefined && { error: { ...error } }),
  }
}

/** Of a message that is dead. */
export function failedMessageOf(queue: string, message: Message): FailedMessage {
  const { details, finishedAt } = message
  const death = details?.death
  return {
    ...commonOf(queue, message),
    diedAt: finishedAt ?? 0,
    reason: death?.reason ?? "max_attempts",
    error: { message: "", ...death?.error },
  }
}

function commonOf(queue: string, { attempts, details, id, payload, plan, timestamp }: Message) {
  return {
    id,
    queue,
    data: copyOf(payload),
    timestamp,
    attempts,
    failures: (details?.failures ?? []).map((failure) => ({ ...failure, error: { ...failure.error } })),
    ...(plan.type !== undefined && { type: plan.type }),
    ...(plan.metadata !== undefined && { metadata: { ...plan.metadata } }),
  }
}

const STATUSES: Partial<Record<MessageState, TaskStatus>> = {
  [ACTIVE]: "processing",
  [COMPLETED]: "completed",
  [DEAD]: "dead",
}

function statusOf({ details, state }: Message): TaskStatus {
  if (state !== DELAYED) return STATUSES[state] ?? "queued"
  const last = details?.givenBack ? undefined : details?.failures?.at(-1)
  if (last === undefined) return "pending"
  return last.reason === "timeout" ? "timeout" : "failed"
}

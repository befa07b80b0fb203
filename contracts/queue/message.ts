/** What a queue hands to handlers, and what it tells of its messages. */

export interface QueueMessage<T = unknown> {
  /** 26 characters that sort by the time of publish. */
  id: string
  queue: string
  /** As given to publish. */
  type?: string
  data: T
  /** Which delivery this is: 1 for the first. Deliveries that were given back do not count. */
  attempts: number
  /** Epoch milliseconds of publish. */
  timestamp: number
  /** As given to publish, on every delivery. */
  metadata?: Record<string, string>
}

/**
 * Why a message comes, where its publish is not the reason: it is the tick of a schedule; it was dead and was replayed;
 * the worker that had it last was lost. A later attempt of a tick, or of a message that was replayed, comes for that reason
 * too.
 */
export type DeliveryOrigin = "schedule" | "replay" | "crash"

export interface TaskContext {
  /**
   * Aborts when the attempt is over before its handler is: `timeoutMs` has passed, the message was taken for lost and
   * given to another worker, or close() waits no longer. What the handler gives afterwards is discarded.
   */
  readonly signal: AbortSignal
  /** Deliveries that the message has before it is dead. */
  readonly maxAttempts: number
  /** Undefined for a message that comes since it was published, and where the queue does not know. */
  readonly origin?: DeliveryOrigin | undefined
  /**
   * Keeps the message for this handler for at least `ms` milliseconds from now, whatever the automatic renewal does;
   * of several wishes the longest holds. A handler needs it only where it blocks the event loop.
   */
  extend(ms: number): Promise<void>
  /** Says how far the handler is, from 0 to 100; `getTask` shows it. */
  progress(value: number): Promise<void>
  /** Gives the message back: it is delivered again after `delayMs`, and this delivery does not count. */
  retryLater(delayMs: number): void
  /** The message is dead, for this reason, without further attempts. It goes before `retryLater`. */
  dead(reason: string): void
}

/**
 * Handles a message by returning, or by what it returns fulfilling; throwing and rejecting fail the attempt. What
 * `retryLater` and `dead` say holds whatever the handler then does.
 */
export type QueueHandler<T = unknown> = (message: QueueMessage<T>, context: TaskContext) => unknown

/** The states of a task (requirement document, SPEC-005: `system/worker.zod.ts`). */
export const TASK_STATUSES = [
  /** Delayed, and not due yet. */
  "pending",
  /** Waits for a handler. */
  "queued",
  /** A handler has it. */
  "processing",
  "completed",
  /** Its last attempt failed, and another one follows. */
  "failed",
  /** Was cancelled before it started: of batches, since a queue forgets the message. */
  "cancelled",
  /** Its last attempt took too long, and another one follows. */
  "timeout",
  "dead",
] as const
export type TaskStatus = (typeof TASK_STATUSES)[number]

/** What an attempt failed with. */
export interface TaskError {
  message: string
  /** The code of a ServiceError, or whatever text the error has as `code`. */
  code?: string
}

/** An attempt that failed. */
export interface TaskFailure {
  attempt: number
  /** `crash`: nobody answered for the message any more. */
  reason: "error" | "timeout" | "crash"
  error: TaskError
  /** Epoch milliseconds. */
  startedAt: number
  /** Epoch milliseconds; of a crash the time when it was noticed is `detectedAt`. */
  failedAt?: number
  detectedAt?: number
}

/** A message as the queue has it. Times are epoch milliseconds. */
export interface TaskRecord<T = unknown> {
  id: string
  queue: string
  type?: string
  data: T
  metadata?: Record<string, string>
  status: TaskStatus
  priority: number
  /** Deliveries that reached a handler and were not given back. */
  attempts: number
  maxAttempts: number
  timestamp: number
  /** When it may be delivered, of one that is not due. */
  dueAt?: number
  /** When the latest delivery started. */
  startedAt?: number
  /** When it was completed, or died. */
  finishedAt?: number
  /** As the handler said, from 0 to 100. */
  progress?: number
  /** What the handler returned, where it is JSON data of at most maxPayloadBytes bytes. */
  result?: unknown
  /** Of the latest attempt that failed. */
  error?: TaskError
  /** One entry for each attempt that failed, the first one first. */
  failures: TaskFailure[]
}

/** A dead message. */
export interface FailedMessage<T = unknown> {
  id: string
  queue: string
  type?: string
  data: T
  metadata?: Record<string, string>
  timestamp: number
  attempts: number
  /** Epoch milliseconds. */
  diedAt: number
  /**
   * `max_attempts`: its last attempt failed. `max_deliveries`: its last worker was lost. `handler`: a handler said so,
   * and why is the message of `error`.
   */
  reason: "max_attempts" | "max_deliveries" | "handler"
  error: TaskError
  failures: TaskFailure[]
}

/** How many messages of a queue are in which state; together they are all that it has. */
export interface QueueStats {
  /** Due, whatever their priority. */
  waiting: number
  /** Not due yet: delayed, or between two attempts. */
  delayed: number
  /** With a handler. */
  active: number
  /** Those that are kept. */
  completed: number
  dead: number
  paused: boolean
}

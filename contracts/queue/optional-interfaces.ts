/** The optional interfaces of a queue: publish, subscribe and unsubscribe are all that a class must have. */
import type { FailedMessage, QueueStats, TaskRecord } from "./message.ts"
import type { PublishOptions, QueueDefinition } from "./options.ts"

export interface PublishItem {
  data: unknown
  options?: PublishOptions | undefined
}

/** Many messages in one call, and a look at what a queue has. Capability `management`. */
export interface IQueueManagement {
  /**
   * Not atomic: a rejected call may have published some. Publishes that do not wait for its end may come between its items.
   *
   * @returns The ids, in the order of the items.
   */
  publishMany(queue: string, items: readonly PublishItem[]): Promise<string[]>
  /** Sets the defaults of a queue for this instance; defining it again replaces them. */
  defineQueue(definition: QueueDefinition): Promise<void>
  /** The queues that have messages, schedules, a subscription or a definition, in the order of code points. */
  listQueues(): Promise<string[]>
  getQueueStats(queue: string): Promise<QueueStats>
  /** @returns Undefined for an id that the queue does not have, or no longer has. */
  getTask<T = unknown>(queue: string, id: string): Promise<TaskRecord<T> | undefined>
  /** Removes a message that has not started. @returns Whether it was waiting or delayed. */
  cancel(queue: string, id: string): Promise<boolean>
  /** Nothing more is delivered until `resume`. Running handlers go on. */
  pause(queue: string): Promise<void>
  resume(queue: string): Promise<void>
  /** Resolves when no message of the queue is due and none runs. TIMEOUT after `timeoutMs`, which has no default. */
  whenIdle(queue: string, options?: { timeoutMs?: number | undefined }): Promise<void>
}

/** Messages that are dead. Capability `deadLetters`. */
export interface IDeadLetters {
  /** The one that died first comes first. `limit` is at most 1,000; default 100. The last page has no cursor. */
  listFailed<T = unknown>(
    queue: string,
    page?: { limit?: number | undefined; cursor?: string | undefined },
  ): Promise<{ items: FailedMessage<T>[]; cursor?: string }>
  /** Delivers a dead message again, with its id and all its attempts. NOT_FOUND where it is not dead. */
  replay(queue: string, id: string): Promise<void>
  /** @returns How many were replayed. */
  replayAll(queue: string): Promise<number>
  /** Drops what is dead. @returns How many messages that were. */
  purgeFailed(queue: string): Promise<number>
}

/**
 * When a schedule has its ticks: by five or six cron fields in a time zone (default UTC), or at a distance.
 *
 * `core/foundation/schedule/next-run.ts` says what cron means here, summer time included.
 */
export type Schedule = { cron: string; timezone?: string | undefined } | { everyMs: number }

export interface ScheduleOptions {
  /** Text that reaches the handler of each tick unchanged, such as a trace context. */
  metadata?: Readonly<Record<string, string>> | undefined
}

export interface ScheduleInfo {
  name: string
  cron?: string
  timezone?: string
  everyMs?: number
  data: unknown
  /** Epoch milliseconds. */
  nextRunAt?: number
  /** Ticks that became messages. */
  runs: number
  /** Ticks whose local time did not exist, so that they came later. */
  shifted: number
  /** Ticks that never came, since an earlier one was still due. */
  skipped: number
}

/** Messages that come by themselves. Capability `schedules`. */
export interface IQueueScheduler {
  /**
   * Makes or changes the schedule of a name. The same definition again changes nothing, so that a tick which nobody was
   * there to take still comes, once. Data and metadata are then those of the ticks to come.
   */
  schedule(queue: string, name: string, schedule: Schedule, data?: unknown, options?: ScheduleOptions): Promise<void>
  /** @returns Whether there was a schedule of this name. */
  unschedule(queue: string, name: string): Promise<boolean>
  /** In the order of their names. */
  listSchedules(queue: string): Promise<ScheduleInfo[]>
}

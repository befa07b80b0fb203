import type { Timer } from "../../../contracts/foundation/clock.ts"
import type { FailedMessage, QueueHandler, TaskError, TaskFailure } from "../../../contracts/queue/message.ts"
import type { Schedule } from "../../../contracts/queue/optional-interfaces.ts"
import type { PublishOptions, RateLimit } from "../../../contracts/queue/queue.ts"
import { ReferenceStore } from "../../foundation/reference-service.ts"

/** A message, and what becomes of it. Times are of the monotonic clock unless they are shown. */
export interface HeldMessage {
  readonly id: string
  /** The name of its queue, as users call it. */
  readonly queue: string
  readonly json: string
  readonly options: PublishOptions
  /** Epoch milliseconds, as every time that is shown. */
  readonly timestamp: number
  /** Its place among messages of one priority. */
  order: number
  state: "waiting" | "delayed" | "active" | "completed" | "dead"
  dueAt: number
  attempts: number
  failures: TaskFailure[]
  startedAt?: number | undefined
  finishedAt?: number | undefined
  progress?: number | undefined
  result?: string | undefined
  error?: TaskError | undefined
  reason?: FailedMessage["reason"] | undefined
}

export interface HeldSchedule {
  readonly schedule: Schedule
  data: string
  metadata: Readonly<Record<string, string>> | undefined
  nextAt: number
  /** The message of the latest tick. */
  latest?: string | undefined
  runs: number
  shifted: number
  skipped: number
}

/** What a client's subscription has running. */
export interface Subscription {
  readonly handler: QueueHandler<never>
  readonly concurrency: number
  readonly visibilityMs: number
  readonly timeoutMs: number | undefined
  readonly groupConcurrency: number
  readonly running: Map<HeldMessage, Running>
  /** Starts the handler for a message. */
  start(held: HeldMessage): void
}

export interface Running {
  readonly controller: AbortController
  /** Until the message is taken for lost. */
  lease?: Timer
  done: Promise<unknown>
  /** Why the attempt is over before its handler. */
  over?: "timeout" | "lost" | "closed" | undefined
  /** By the handler, through its context. */
  readonly said: { later?: number; dead?: string }
}

/** A queue of the store. */
export class HeldQueue {
  readonly messages = new Map<string, HeldMessage>()
  /** Ids by idempotency key, and when the key ends. */
  readonly keys = new Map<string, { id: string; endsAt: number }>()
  /** Ids of records that were dropped, and when. */
  readonly dropped = new Map<string, number>()
  readonly schedules = new Map<string, HeldSchedule>()
  readonly subscriptions: Subscription[] = []
  paused = false
  rateLimit: RateLimit | undefined
  window = { opensAt: Number.NEGATIVE_INFINITY, started: 0 }
  /** The group that was served last comes last. */
  readonly groupsServed = new Map<string, number>()
  published = 0
  served = 0
  timer: Timer | undefined
  pumping = false
}

/** What several clients share, as they would share a server. */
export class QueueStore extends ReferenceStore {
  /** By namespace and name. */
  readonly queues = new Map<string, HeldQueue>()
  /** Starts what is due, of every queue: the line to the store works again. */
  readonly wakes = new Set<() => void>()
  idsGiven = 0
}

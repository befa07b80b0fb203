import type { DeliveryOrigin, QueueMessage, TaskError, TaskFailure } from "../../../contracts/queue/message.ts"
import type { MessagePlan } from "../../../core/queue/for-adapters.ts"
import { copyOf, type Payload } from "./payload.ts"
import { Turn } from "./turns.ts"

/** Where a message is. */
export const READY = 0
export const DELAYED = 1
export const ACTIVE = 2
export const COMPLETED = 3
export const DEAD = 4
/** Was cancelled or purged. */
export const GONE = 5
export type MessageState = typeof READY | typeof DELAYED | typeof ACTIVE | typeof COMPLETED | typeof DEAD | typeof GONE

export type DeathReason = "max_attempts" | "handler"

/** What few messages have of what options can say. */
export interface MessageKeys {
  readonly groupKey: string | undefined
  readonly idempotencyKey: string | undefined
}

/** What few messages have to tell. */
export interface MessageDetails {
  origin?: DeliveryOrigin | undefined
  progress?: number | undefined
  /** JSON. */
  result?: string | undefined
  failures?: TaskFailure[] | undefined
  death?: Death | undefined
  /** Whether the latest handler gave it back. */
  givenBack?: boolean | undefined
}

interface Death {
  readonly reason: DeathReason
  readonly error: TaskError
  /** Deaths of a queue are numbered. */
  readonly number: number
}

/**
 * A message from its publish until it is forgotten: one object, whatever becomes of it. It is small, since a queue may
 * hold a million: a time that is undefined needs no number of its own.
 */
export class Message extends Turn {
  readonly id: string
  /** The count in its id, -1 where that was made elsewhere. */
  count: number
  payload: Payload
  plan: MessagePlan
  readonly timestamp: number
  readonly keys: MessageKeys | undefined
  state: MessageState = READY
  attempts = 0
  /** Its place in the heap of those that are delayed. */
  place = -1
  /** Epoch milliseconds of the latest start, and of the end. */
  startedAt: number | undefined = undefined
  finishedAt: number | undefined = undefined
  /** By the monotonic clock: since when it is ready, of one that was delayed; until when the record of an end is kept. */
  markedAt: number | undefined = undefined
  details: MessageDetails | undefined = undefined

  constructor(
    id: string,
    count: number,
    payload: Payload,
    plan: MessagePlan,
    timestamp: number,
    keys: MessageKeys | undefined,
  ) {
    super()
    this.id = id
    this.count = count
    this.payload = payload
    this.plan = plan
    this.timestamp = timestamp
    this.keys = keys
  }

  note(details: MessageDetails): void {
    this.details = { ...this.details, ...details }
  }

  /** All attempts are there again. */
  reset(): void {
    this.attempts = 0
    this.startedAt = undefined
    this.finishedAt = undefined
    this.markedAt = undefined
    this.details = undefined
  }
}

/** What a handler is given: a copy of its own. */
export function deliveredMessage(queue: string, message: Message): QueueMessage {
  const { plan } = message
  const delivered: QueueMessage = {
    id: message.id,
    queue,
    data: copyOf(message.payload),
    attempts: message.attempts,
    timestamp: message.timestamp,
  }
  if (plan.type !== undefined) delivered.type = plan.type
  if (plan.metadata !== undefined) delivered.metadata = { ...plan.metadata }
  return delivered
}

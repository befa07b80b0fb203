import type { TaskError, TaskFailure } from "../../../contracts/queue/message.ts"
import type { QueueDefinition } from "../../../contracts/queue/queue.ts"
import { type AttemptOutcome, backoffMs } from "../../../core/queue/for-adapters.ts"
import type { LaneContext } from "./lane-context.ts"
import type { DeathReason, Message } from "./message.ts"
import type { MessageStore } from "./store.ts"

/** The queue whose messages these are. */
export interface OutcomeQueue {
  readonly name: string
  readonly store: MessageStore
  readonly definition: QueueDefinition | undefined
  /** Delivers a message again after that time. */
  hold(message: Message, delayMs: number): void
}

/** What becomes of a message when its attempt is over, and who is told. */
export class Outcomes {
  readonly #queue: OutcomeQueue
  readonly #context: LaneContext

  constructor(queue: OutcomeQueue, context: LaneContext) {
    this.#queue = queue
    this.#context = context
  }

  /** @param now Epoch milliseconds. */
  apply(message: Message, outcome: AttemptOutcome, now: number): void {
    switch (outcome.kind) {
      case "completed":
        this.#complete(message, outcome.result, outcome.refused, now)
        break
      case "failed":
        this.#fail(message, outcome.reason, outcome.error)
        break
      case "dead":
        this.#noteFailure(message, "error", outcome.error, false)
        this.#bury(message, "handler", outcome.error)
        break
      case "later":
        this.#giveBack(message, outcome.delayMs)
        break
      case "aborted":
        this.#giveBack(message, 0)
        break
    }
  }

  #complete(message: Message, result: string | undefined, refused: string | undefined, now: number): void {
    const { announcer, counters, pump } = this.#context
    counters.succeeded++
    if (result !== undefined) message.note({ result })
    message.finishedAt = now
    this.#queue.store.complete(message, pump.monotonicAt(now))
    if (refused !== undefined) announcer.tell("queue.result.refused", { ...this.#factsOf(message), message: refused })
    if (!announcer.hears("queue.task.completed")) return
    const { attempts, startedAt = now } = message
    const durationMs = Math.max(0, now - startedAt)
    announcer.tell("queue.task.completed", { ...this.#factsOf(message), attempts, durationMs })
  }

  #fail(message: Message, reason: TaskFailure["reason"], error: TaskError): void {
    const { attempts, plan } = message
    const willRetry = attempts < plan.maxAttempts
    this.#noteFailure(message, reason, error, willRetry)
    if (willRetry) this.#queue.hold(message, backoffMs(plan.backoff, attempts, this.#context.random))
    else this.#bury(message, "max_attempts", error)
  }

  /** The delivery does not count. */
  #giveBack(message: Message, delayMs: number): void {
    message.attempts--
    message.note({ givenBack: true })
    this.#queue.hold(message, delayMs)
  }

  #noteFailure(message: Message, reason: TaskFailure["reason"], error: TaskError, willRetry: boolean): void {
    const { announcer, clock, counters } = this.#context
    counters.failed++
    const failedAt = clock.now()
    const { attempts, startedAt = failedAt } = message
    const failure = { attempt: attempts, reason, error, startedAt, failedAt }
    message.note({ failures: [...(message.details?.failures ?? []), failure], givenBack: false })
    if (!announcer.hears("queue.task.failed")) return
    const durationMs = Math.max(0, failedAt - startedAt)
    announcer.tell("queue.task.failed", { ...this.#factsOf(message), attempts, durationMs, error, willRetry })
  }

  /** The copy is made before the death is recorded. */
  #bury(message: Message, reason: DeathReason, error: TaskError): void {
    const { announcer, clock, counters } = this.#context
    counters.died++
    this.#copyToDeadLetterQueue(message)
    message.finishedAt = clock.now()
    this.#queue.store.bury(message, reason, error, clock.monotonic())
    if (!announcer.hears("queue.task.dead")) return
    announcer.tell("queue.task.dead", { ...this.#factsOf(message), attempts: message.attempts, reason, error })
  }

  #copyToDeadLetterQueue({ id, payload, plan }: Message): void {
    const queue = this.#queue.definition?.deadLetterQueue
    // A copy that dies is not copied again: two queues can name each other.
    if (queue === undefined || plan.metadata?.["deadLetterOf"] !== undefined) return
    const metadata = { ...plan.metadata, deadLetterOf: id }
    this.#context.laneOf(queue).publish(payload, { type: plan.type, metadata })
  }

  #factsOf({ id, plan }: Message): { queue: string; id: string; type?: string } {
    return factsOf(this.#queue.name, id, plan.type)
  }
}

/** Which message an event is about. */
export function factsOf(
  queue: string,
  id: string,
  type: string | undefined,
): { queue: string; id: string; type?: string } {
  return type === undefined ? { queue, id } : { queue, id, type }
}

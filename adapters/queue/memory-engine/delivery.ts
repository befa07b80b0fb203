import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { DeliveryOrigin, QueueHandler, QueueMessage } from "../../../contracts/queue/message.ts"
import { type Attempt, type AttemptOutcome, Run, type RunListener } from "../../../core/queue/for-adapters.ts"
import { deliveredMessage, type Message } from "./message.ts"

/** Who is told what came of a delivery. */
export interface DeliveryOwner {
  readonly name: string
  readonly maxResultBytes: number
  settled(delivery: Delivery, outcome: AttemptOutcome): void
  discarded(delivery: Delivery, reason: "lost" | "timeout" | "closed"): void
}

/** The subscription that a delivery is for. */
export interface DeliverySource {
  readonly owner: DeliveryOwner
  readonly handler: QueueHandler<never>
  /** Of messages that say nothing. */
  readonly timeoutMs: number | undefined
  /** The slot of a delivery is free. */
  free(delivery: Delivery): void
}

/** A message with a handler. */
export class Delivery implements Attempt, RunListener {
  readonly record: Message
  readonly subscription: DeliverySource
  readonly message: QueueMessage
  /** Which delivery of the record this is, also when later ones have followed. */
  readonly number: number
  /** Its place in the subscription. */
  slot = -1
  readonly #run: Run

  constructor(subscription: DeliverySource, record: Message, clock: Clock) {
    this.record = record
    this.subscription = subscription
    this.number = record.attempts
    this.message = deliveredMessage(subscription.owner.name, record)
    this.#run = new Run(this, clock, this)
  }

  get maxAttempts(): number {
    return this.record.plan.maxAttempts
  }

  get origin(): DeliveryOrigin | undefined {
    return this.record.details?.origin
  }

  get timeoutMs(): number | undefined {
    return this.record.plan.timeoutMs ?? this.subscription.timeoutMs
  }

  get maxResultBytes(): number {
    return this.subscription.owner.maxResultBytes
  }

  start(): void {
    this.#run.start(this.subscription.handler)
  }

  /** The queue waits no longer. */
  abort(): void {
    this.#run.abort("closed", 0)
  }

  /** No worker of this process is lost without it: nobody else takes the message. */
  extend(): Promise<void> {
    return Promise.resolve()
  }

  progress(value: number): Promise<void> {
    this.record.note({ progress: value })
    return Promise.resolve()
  }

  settled(outcome: AttemptOutcome): void {
    this.subscription.owner.settled(this, outcome)
  }

  discarded(reason: "lost" | "timeout" | "closed"): void {
    this.subscription.owner.discarded(this, reason)
  }
}

import type { QueueHandler, SubscribeOptions } from "../../../contracts/queue/queue.ts"
import type { Delivery, DeliveryOwner, DeliverySource } from "./delivery.ts"

/** A handler and its slots. It lives on until what it has started has ended. */
export class Subscription implements DeliverySource {
  readonly owner: DeliveryOwner
  readonly handler: QueueHandler<never>
  readonly concurrency: number
  readonly timeoutMs: number | undefined
  readonly running: Delivery[] = []
  #drained: (() => void)[] = []

  constructor(
    owner: DeliveryOwner,
    handler: QueueHandler<never>,
    concurrency: number,
    { timeoutMs }: SubscribeOptions,
  ) {
    this.owner = owner
    this.handler = handler
    this.concurrency = concurrency
    this.timeoutMs = timeoutMs
  }

  hold(delivery: Delivery): void {
    delivery.slot = this.running.length
    this.running.push(delivery)
  }

  /** The last one takes the slot, so that the list has no gaps. */
  free(delivery: Delivery): void {
    const last = this.running.pop()
    if (last !== undefined && last !== delivery) {
      last.slot = delivery.slot
      this.running[delivery.slot] = last
    }
    if (this.running.length > 0 || this.#drained.length === 0) return
    const waiting = this.#drained
    this.#drained = []
    for (const resolve of waiting) resolve()
  }

  /** Resolves when nothing runs. */
  drained(): Promise<void> {
    if (this.running.length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#drained.push(resolve)
    })
  }
}

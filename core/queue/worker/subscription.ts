import type { QueueHandler } from "../../../contracts/queue/message.ts"
import type { Queue, SubscribeOptions } from "../../../contracts/queue/queue.ts"

/** A worker's subscription of one queue, whose concurrency can change. */
export class Subscription {
  readonly name: string
  readonly #queue: Queue
  readonly #handler: QueueHandler
  readonly #options: SubscribeOptions
  #concurrency: number | undefined
  #begun = false
  #ended = false
  #changing: Promise<void> = Promise.resolve()

  constructor(queue: Queue, name: string, handler: QueueHandler, options: SubscribeOptions) {
    this.name = name
    this.#queue = queue
    this.#handler = handler
    this.#options = options
    this.#concurrency = options.concurrency
  }

  /** Of a queue that is scaled; 1 where nothing was said. */
  get concurrency(): number {
    return this.#concurrency ?? 1
  }

  begin(): Promise<void> {
    return this.#change(() => this.#subscribe())
  }

  /** Ends the subscription, which waits for its handlers, and begins another one. */
  resize(concurrency: number): Promise<void> {
    return this.#change(async () => {
      if (concurrency !== this.#concurrency) {
        await this.#unsubscribe()
        this.#concurrency = concurrency
      }
      // Also where an earlier change ended the subscription and could not begin the next one.
      await this.#subscribe()
    })
  }

  pause(): Promise<void> {
    return this.#change(() => this.#unsubscribe())
  }

  /** Takes nothing more, now and later, and waits for running handlers. */
  end(): Promise<void> {
    this.#ended = true
    return this.pause()
  }

  /** One change after the other. */
  #change(step: () => Promise<void>): Promise<void> {
    const changed = this.#changing.then(step)
    this.#changing = changed.catch(() => {})
    return changed
  }

  async #subscribe(): Promise<void> {
    if (this.#ended || this.#begun) return
    await this.#queue.subscribe(this.name, this.#handler, { ...this.#options, concurrency: this.#concurrency })
    this.#begun = true
  }

  async #unsubscribe(): Promise<void> {
    if (!this.#begun) return
    await this.#queue.unsubscribe(this.name)
    this.#begun = false
  }
}

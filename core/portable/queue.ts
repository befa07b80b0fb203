import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import {
  type PublishOptions,
  publishOptionsIssue,
  type Queue,
  type QueueCapabilities,
  type QueueHandler,
  type QueueImplementation,
  queueMethods,
  queueNameIssue,
  queuePayloadIssue,
  type SubscribeOptions,
  subscribeIssue,
} from "../../contracts/queue.ts"
import { Portable, type PortableOptions, portableInfo } from "./portable.ts"

export interface AsQueueOptions extends PortableOptions {
  /** What the implementation can do. Default: the most modest. */
  capabilities?: Partial<QueueCapabilities> | undefined
}

/**
 * The full `Queue` over any implementation of `IQueueService`.
 *
 * Adds argument checks, CLOSED after close, error mapping and bounded health. Optional methods that it lacks reject
 * UNSUPPORTED. A `Queue` is returned as it is.
 *
 * @example
 * const queue = asQueue(new MyQueue())
 * await queue.publish("mail", { to: "ada@example.org" })
 */
export function asQueue(implementation: QueueImplementation, options: AsQueueOptions = {}): Queue {
  if (portableInfo(implementation) !== undefined) return implementation as Queue
  return new PortableQueue(implementation, options)
}

class PortableQueue extends Portable<QueueImplementation> implements Queue {
  readonly capabilities: QueueCapabilities

  constructor(implementation: QueueImplementation, options: AsQueueOptions) {
    super("queue", implementation, options, {
      methods: queueMethods,
      rebuild: (other) =>
        new PortableQueue(other as QueueImplementation, {
          ...options,
          adapter: this.adapter,
          capabilities: this.capabilities,
        }),
    })
    this.capabilities = Object.freeze({
      ...MODEST,
      ...(implementation as { capabilities?: QueueCapabilities }).capabilities,
      ...options.capabilities,
    })
  }

  publish<T>(queue: string, data: T, options?: PublishOptions): Promise<string> {
    const issue = () => queueNameIssue(queue) ?? queuePayloadIssue(data) ?? publishOptionsIssue(options)
    return this.#checked("publish", issue, () => this.implementation.publish(queue, data ?? null, options))
  }

  subscribe<T>(queue: string, handler: QueueHandler<T>, options?: SubscribeOptions): Promise<void> {
    const issue = () => queueNameIssue(queue) ?? subscribeIssue(handler, options)
    return this.#checked("subscribe", issue, () => this.implementation.subscribe(queue, handler, options))
  }

  unsubscribe(queue: string): Promise<void> {
    return this.#checked(
      "unsubscribe",
      () => queueNameIssue(queue),
      () => this.implementation.unsubscribe(queue),
    )
  }

  getQueueSize(queue: string): Promise<number> {
    return this.#checked(
      "getQueueSize",
      () => queueNameIssue(queue),
      () => {
        if (this.implementation.getQueueSize === undefined) throw this.unsupported("getQueueSize")
        return this.implementation.getQueueSize(queue)
      },
    )
  }

  purge(queue: string): Promise<number> {
    return this.#checked(
      "purge",
      () => queueNameIssue(queue),
      () => {
        if (this.implementation.purge === undefined) throw this.unsupported("purge")
        return this.implementation.purge(queue)
      },
    )
  }

  protected async probe(): Promise<unknown> {
    return this.implementation.getQueueSize?.("health")
  }

  protected async metrics(): Promise<Record<string, number>> {
    return {}
  }

  #checked<T>(operation: string, check: () => string | undefined, run: () => Promise<T>): Promise<T> {
    return this.guard(operation, () => {
      const issue = check()
      return issue === undefined ? run() : this.refuse(operation, "INVALID_ARGUMENT", issue)
    })
  }
}

const MODEST: QueueCapabilities = {
  management: false,
  deadLetters: false,
  schedules: false,
  durable: false,
  shared: false,
  priorities: false,
  rateLimit: false,
  groups: false,
  order: "none",
  maxPayloadBytes: NO_LIMIT,
  delayResolutionMs: 1,
}

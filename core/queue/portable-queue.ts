import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import {
  publishOptionsIssue,
  queueNameIssue,
  queuePayloadIssue,
  subscribeIssue,
} from "../../contracts/queue/arguments.ts"
import {
  type PublishOptions,
  type Queue,
  type QueueCapabilities,
  type QueueHandler,
  type QueueImplementation,
  queueMethods,
  type SubscribeOptions,
} from "../../contracts/queue/queue.ts"
import { type Base, baseOf, declared, type PortableOptions, portableInfo } from "../foundation/base.ts"
import { Portable, type Refusal } from "../foundation/portable.ts"

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
  const capabilities = declared(MODEST, implementation, options.capabilities)
  return new PortableQueue(baseOf("queue", implementation, queueMethods, options), capabilities)
}

class PortableQueue extends Portable<QueueImplementation> implements Queue {
  readonly capabilities: QueueCapabilities

  constructor(base: Base<QueueImplementation>, capabilities: QueueCapabilities) {
    super(base)
    this.capabilities = capabilities
  }

  publish<T>(queue: string, data: T, options?: PublishOptions): Promise<string> {
    return this.call("publish", [queue, data, options])
  }

  subscribe<T>(queue: string, handler: QueueHandler<T>, options?: SubscribeOptions): Promise<void> {
    return this.call("subscribe", [queue, handler, options])
  }

  unsubscribe(queue: string): Promise<void> {
    return this.call("unsubscribe", [queue])
  }

  getQueueSize(queue: string): Promise<number> {
    return this.call("getQueueSize", [queue])
  }

  purge(queue: string): Promise<number> {
    return this.call("purge", [queue])
  }

  protected admit(method: string, args: readonly unknown[]): readonly unknown[] | Refusal {
    const [queue, given, options] = args
    const issue = queueNameIssue(queue)
    if (issue !== undefined) return issue
    if (method === "subscribe") return subscribeIssue(given, options) ?? args
    if (method !== "publish") return args
    return queuePayloadIssue(given) ?? publishOptionsIssue(options) ?? [queue, given ?? null, options]
  }

  protected async probe(): Promise<unknown> {
    return this.implementation.getQueueSize?.("health")
  }

  protected sibling(base: Base<QueueImplementation>): Queue {
    return new PortableQueue(base, this.capabilities)
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

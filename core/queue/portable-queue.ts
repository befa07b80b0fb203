import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import type { FailedMessage, QueueHandler, QueueStats, TaskRecord } from "../../contracts/queue/message.ts"
import type { PublishItem, Schedule, ScheduleInfo, ScheduleOptions } from "../../contracts/queue/optional-interfaces.ts"
import {
  type PublishOptions,
  type Queue,
  type QueueCapabilities,
  type QueueDefinition,
  type QueueImplementation,
  queueMethods,
  type SubscribeOptions,
} from "../../contracts/queue/queue.ts"
import { type Base, baseOf, declared, type PortableOptions, portableInfo } from "../foundation/base.ts"
import { Portable } from "../foundation/portable.ts"
import type { Refusal } from "../foundation/refusal.ts"
import { type CheckSettings, checkArguments, publishIssue } from "./check-arguments.ts"

export interface AsQueueOptions extends PortableOptions {
  /** What the implementation can do. Default: its interfaces told from the methods it has, else the most modest. */
  capabilities?: Partial<QueueCapabilities> | undefined
  /** The implementation refuses payloads of `publish` itself, as `queuePayloadIssue` does. Default false. */
  checksPayloads?: boolean | undefined
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
  const capabilities = declared(toldFromMethods(implementation), implementation, options.capabilities)
  return new PortableQueue(baseOf("queue", implementation, queueMethods, options), {
    capabilities,
    checksPayloads: options.checksPayloads ?? false,
  })
}

class PortableQueue extends Portable<QueueImplementation> implements Queue {
  readonly capabilities: QueueCapabilities

  readonly #settings: CheckSettings
  /** Whether no option of publish is UNSUPPORTED. */
  readonly #takesAll: boolean

  constructor(base: Base<QueueImplementation>, settings: CheckSettings) {
    super(base)
    this.capabilities = settings.capabilities
    this.#settings = settings
    this.#takesAll = settings.capabilities.priorities && settings.capabilities.groups
  }

  publish<T>(queue: string, data: T, options?: PublishOptions): Promise<string> {
    if (this.hasLayers || this.closed || (options !== undefined && !this.#takesAll)) {
      return this.call("publish", [queue, data, options])
    }
    // The same in short, for what most messages come through.
    try {
      const issue = publishIssue(queue, data, options, this.#settings)
      if (issue !== undefined) return this.refuse("publish", issue)
    } catch (error) {
      return Promise.reject(this.located("publish", error))
    }
    return this.runMapped("publish", () => this.implementation.publish(queue, data ?? null, options))
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

  publishMany(queue: string, items: readonly PublishItem[]): Promise<string[]> {
    return this.call("publishMany", [queue, items])
  }

  defineQueue(definition: QueueDefinition): Promise<void> {
    return this.call("defineQueue", [definition])
  }

  listQueues(): Promise<string[]> {
    return this.call("listQueues", [])
  }

  getQueueStats(queue: string): Promise<QueueStats> {
    return this.call("getQueueStats", [queue])
  }

  getTask<T>(queue: string, id: string): Promise<TaskRecord<T> | undefined> {
    return this.call("getTask", [queue, id])
  }

  cancel(queue: string, id: string): Promise<boolean> {
    return this.call("cancel", [queue, id])
  }

  pause(queue: string): Promise<void> {
    return this.call("pause", [queue])
  }

  resume(queue: string): Promise<void> {
    return this.call("resume", [queue])
  }

  whenIdle(queue: string, options?: { timeoutMs?: number | undefined }): Promise<void> {
    return this.call("whenIdle", [queue, options])
  }

  listFailed<T>(
    queue: string,
    page?: { limit?: number | undefined; cursor?: string | undefined },
  ): Promise<{ items: FailedMessage<T>[]; cursor?: string }> {
    return this.call("listFailed", [queue, page])
  }

  replay(queue: string, id: string): Promise<void> {
    return this.call("replay", [queue, id])
  }

  replayAll(queue: string): Promise<number> {
    return this.call("replayAll", [queue])
  }

  purgeFailed(queue: string): Promise<number> {
    return this.call("purgeFailed", [queue])
  }

  schedule(queue: string, name: string, schedule: Schedule, data?: unknown, options?: ScheduleOptions): Promise<void> {
    return this.call("schedule", [queue, name, schedule, data, options])
  }

  unschedule(queue: string, name: string): Promise<boolean> {
    return this.call("unschedule", [queue, name])
  }

  listSchedules(queue: string): Promise<ScheduleInfo[]> {
    return this.call("listSchedules", [queue])
  }

  /** A handler that finishes while close() waits for it can still publish what follows from it. */
  protected override isOpenWhileClosing(method: string): boolean {
    return method === "publish" || method === "publishMany"
  }

  protected admit(method: string, args: readonly unknown[]): readonly unknown[] | Refusal {
    return checkArguments(method, args, this.#settings)
  }

  protected async probe(): Promise<unknown> {
    return this.implementation.getQueueSize?.("health")
  }

  protected sibling(base: Base<QueueImplementation>): Queue {
    return new PortableQueue(base, this.#settings)
  }
}

/** What the presence of methods says; the rest is the most modest. */
function toldFromMethods(implementation: QueueImplementation): QueueCapabilities {
  return {
    management: implementation.getQueueStats !== undefined,
    deadLetters: implementation.listFailed !== undefined,
    schedules: implementation.schedule !== undefined,
    durable: false,
    shared: false,
    priorities: false,
    rateLimit: false,
    groups: false,
    order: "none",
    maxPayloadBytes: NO_LIMIT,
    delayResolutionMs: 1,
  }
}

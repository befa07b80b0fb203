import type { Logger } from "../../../contracts/adapter.ts"
import { type Clock, systemClock, type Timer } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { IClosable } from "../../../contracts/foundation/lifecycle.ts"
import { shownName } from "../../../contracts/foundation/shown.ts"
import type { QueueHandler, QueueMessage, TaskContext } from "../../../contracts/queue/message.ts"
import type { Queue, QueueDefinition } from "../../../contracts/queue/queue.ts"
import { definitionOf } from "../queue-config.ts"
import { Attempt } from "./attempt.ts"
import { AutoScaler, type ScaleHook, within } from "./auto-scale.ts"
import { isScaled, type ParsedWorkerConfig, type Payloads, readWorkerConfig, type WorkerConfig } from "./config.ts"
import { type TaskExecutionResult, WorkerCounts, type WorkerStats } from "./stats.ts"
import { Subscription } from "./subscription.ts"

export interface WorkerOptions {
  clock?: Clock | undefined
  /** Is warned of what fails without a caller: `onResult`, `scale`, and a change of concurrency. Default: silence. */
  logger?: Pick<Logger, "warn"> | undefined
  /** Told of each attempt when its handler has ended, just before the queue stores what came of it. */
  onResult?: ((result: TaskExecutionResult) => unknown) | undefined
  /** Decides in place of the thresholds of `autoScale`, every `pollIntervalMs`. */
  scale?: ScaleHook | undefined
}

/** Works queues by handlers for each type of message. */
export interface QueueWorker extends IClosable {
  /** Defines its queues and subscribes to them. ALREADY_EXISTS where this instance has a subscription of one. */
  start(): Promise<void>
  /**
   * Resolves when nothing of its queues is due and nothing runs; what is delayed is not waited for, and new messages
   * are. TIMEOUT after `timeoutMs`, which has no default.
   */
  drain(options?: { timeoutMs?: number | undefined }): Promise<void>
  stats(): Promise<WorkerStats>
  /**
   * Takes nothing more and waits for running handlers. After `shutdownTimeoutMs` their signals abort, and their
   * messages go back to the queue without an attempt spent. The queue stays open.
   */
  close(): Promise<void>
}

/**
 * A worker of the requirement document over any queue.
 *
 * A message of a type without a handler fails its attempt, so that another worker may have it; when its attempts are
 * over it is dead, and can be replayed. The queue's own events and records tell the same as `onResult`.
 *
 * @throws ServiceError INVALID_CONFIG with the path of each key at fault.
 * @example
 * const worker = createWorker<{ send_mail: Mail }>(queue, {
 *   name: "mails",
 *   queues: ["mail"],
 *   queueConfigs: [{ name: "mail", concurrency: 10 }],
 *   handlers: { send_mail: ({ data }, { signal }) => send(data, { signal }) },
 * })
 * await worker.start()
 */
export function createWorker<Types extends Payloads>(
  queue: Queue,
  config: WorkerConfig<Types>,
  options: WorkerOptions = {},
): QueueWorker {
  return new Worker(queue, readWorkerConfig(config, queue, options.scale !== undefined), options)
}

class Worker implements QueueWorker {
  readonly #queue: Queue
  readonly #config: ParsedWorkerConfig
  readonly #options: WorkerOptions
  readonly #clock: Clock
  readonly #handlers: ReadonlyMap<string | undefined, QueueHandler<never>>
  readonly #subscriptions: Subscription[]
  readonly #scalers: AutoScaler[] = []
  readonly #counts = new WorkerCounts()
  readonly #running = new Set<Attempt>()
  #starting: Promise<void> | undefined
  #startedAt: number | undefined
  #closing: Promise<void> | undefined
  #timer: Timer | undefined

  constructor(queue: Queue, config: ParsedWorkerConfig, options: WorkerOptions) {
    this.#queue = queue
    this.#config = config
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#handlers = new Map(Object.entries(config.handlers))
    this.#subscriptions = config.queues.map((name) => this.#subscriptionOf(name))
  }

  #subscriptionOf(name: string): Subscription {
    const { defaultTimeoutMs: timeoutMs, queueConfigs, visibilityTimeoutMs } = this.#config
    const config = queueConfigs.find((one) => one.name === name)
    const { concurrency, rateLimit } = (config && definitionOf(config)) ?? ({} as Partial<QueueDefinition>)
    const handler: QueueHandler = (message, context) => this.#handle(message, context)
    const common = { visibilityTimeoutMs, timeoutMs, rateLimit }
    const { autoScale } = config ?? {}
    if (autoScale === undefined || config === undefined || !isScaled(config)) {
      return new Subscription(this.#queue, name, handler, { ...common, concurrency })
    }
    const workers = within(config.concurrency, autoScale)
    const subscription = new Subscription(this.#queue, name, handler, { ...common, concurrency: workers })
    this.#scalers.push(new AutoScaler(this.#queue, subscription, autoScale, this.#options.scale))
    return subscription
  }

  start(): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(this.#error("CLOSED", "is closed"))
    this.#starting ??= this.#start()
    return this.#starting
  }

  async #start(): Promise<void> {
    try {
      if (this.#queue.capabilities.management) {
        for (const config of this.#config.queueConfigs) await this.#queue.defineQueue(definitionOf(config))
      }
      for (const subscription of this.#subscriptions) await subscription.begin()
    } catch (error) {
      this.#starting = undefined
      await Promise.allSettled(this.#subscriptions.map((subscription) => subscription.pause()))
      throw error
    }
    this.#startedAt = this.#clock.monotonic()
    this.#watch()
  }

  async drain(options: { timeoutMs?: number | undefined } = {}): Promise<void> {
    const { timeoutMs } = options
    const start = this.#clock.monotonic()
    const left = () =>
      timeoutMs === undefined ? undefined : Math.max(1, timeoutMs - (this.#clock.monotonic() - start))
    // A handler of one queue may publish to another.
    for (let busy = true; busy; ) {
      for (const name of this.#config.queues) await this.#queue.whenIdle(name, { timeoutMs: left() })
      const stats = await Promise.all(this.#config.queues.map((name) => this.#queue.getQueueStats(name)))
      busy = stats.some(({ active, waiting }) => active > 0 || waiting > 0)
    }
  }

  async stats(): Promise<WorkerStats> {
    const { name, queues } = this.#config
    const uptimeMs = this.#startedAt === undefined ? 0 : this.#clock.monotonic() - this.#startedAt
    const own = { workerName: name, ...this.#counts.toStats(), uptimeMs }
    if (!this.#queue.capabilities.management) return own
    const entries = queues.map(async (queue) => {
      const { active, completed, dead, delayed, waiting } = await this.#queue.getQueueStats(queue)
      return [queue, { pending: waiting + delayed, active, completed, failed: dead }] as const
    })
    return { ...own, queues: Object.fromEntries(await Promise.all(entries)) }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#timer?.cancel()
    const timer = this.#clock.setTimeout(() => {
      for (const attempt of this.#running) attempt.giveBack()
    }, this.#config.shutdownTimeoutMs)
    const outcomes = await Promise.allSettled(this.#subscriptions.map((subscription) => subscription.end()))
    timer.cancel()
    for (const outcome of outcomes) {
      // A queue that is closed has ended its subscriptions.
      if (outcome.status === "rejected" && outcome.reason?.code !== "CLOSED") throw outcome.reason
    }
  }

  /** Looks at the queues that scale, again and again, each time from the end of the last one. */
  #watch(): void {
    if (this.#scalers.length === 0 || this.#closing !== undefined) return
    this.#timer = this.#clock.setTimeout(async () => {
      await Promise.all(
        this.#scalers.map((scaler) =>
          scaler.scale().catch((error: unknown) => this.#warn("A queue could not be scaled.", error)),
        ),
      )
      this.#watch()
    }, this.#config.pollIntervalMs)
  }

  async #handle(message: QueueMessage, context: TaskContext): Promise<unknown> {
    const attempt = new Attempt(message, context, this.#clock)
    this.#running.add(attempt)
    this.#counts.active++
    try {
      return await attempt.run(this.#handlers.get(message.type) ?? this.#noHandler, (result) => this.#tell(result))
    } finally {
      this.#counts.active--
      this.#running.delete(attempt)
    }
  }

  readonly #noHandler: QueueHandler<never> = ({ type }: QueueMessage<never>) => {
    const kind = type === undefined ? "messages without a type" : `messages of type ${shownName(type)}`
    throw this.#error(
      "UNSUPPORTED",
      `has no handler for ${kind}; the types are ${[...this.#handlers.keys()].join(", ")}`,
    )
  }

  #tell(result: TaskExecutionResult): void {
    this.#counts.add(result)
    const { onResult } = this.#options
    if (onResult === undefined) return
    Promise.resolve(result)
      .then(onResult)
      .catch((error: unknown) => this.#warn("onResult failed.", error))
  }

  #warn(message: string, error: unknown): void {
    this.#options.logger?.warn(message, { worker: this.#config.name, error })
  }

  #error(code: "CLOSED" | "UNSUPPORTED", text: string): ServiceError {
    return new ServiceError(code, `The worker ${shownName(this.#config.name)} ${text}.`, { service: "queue" })
  }
}

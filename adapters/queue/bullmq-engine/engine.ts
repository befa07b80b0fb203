import type { AdapterContext } from "../../../contracts/adapter.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type { IConnectable } from "../../../contracts/foundation/lifecycle.ts"
import { QUEUE_DEFAULTS } from "../../../contracts/queue/arguments.ts"
import type { FailedMessage, QueueHandler, QueueStats, TaskRecord } from "../../../contracts/queue/message.ts"
import type {
  PublishItem,
  Schedule,
  ScheduleInfo,
  ScheduleOptions,
} from "../../../contracts/queue/optional-interfaces.ts"
import type {
  PublishOptions,
  QueueDefinition,
  QueueImplementation,
  SubscribeOptions,
} from "../../../contracts/queue/queue.ts"
import { GIVE_UP_MS, messageIds } from "../../../core/queue/for-adapters.ts"
import { RedisCommands } from "../../kit/engines/redis/commands.ts"
import { RedisConnection } from "../../kit/engines/redis/connection.ts"
import { redisTarget } from "../../kit/engines/redis/options.ts"
import { OwnClient } from "../../kit/engines/redis/own-client.ts"
import { openIoredis } from "../../kit/engines/redis/own-ioredis.ts"
import { BullConnection } from "./bull-connection.ts"
import { DeadLetters } from "./dead-letters.ts"
import { encodeName, Keys } from "./keys.ts"
import { type Backend, loadBullmq } from "./library.ts"
import { Management } from "./management.ts"
import { OpenRuns } from "./open-runs.ts"
import type { ParsedOptions } from "./options.ts"
import { Publisher } from "./publisher.ts"
import { Schedules } from "./schedules.ts"
import { noCounts, type Store } from "./store.ts"
import { Upkeep } from "./upkeep.ts"
import { Worker, type WorkerSettings } from "./worker.ts"

/** BullMQ's own count of crashes must not decide: ours does. */
const MANY = 1_000_000_000

type Page = { limit?: number | undefined; cursor?: string | undefined }

/** One instance: its connection, its workers, and what they share. */
export class BullmqEngine implements QueueImplementation, IConnectable {
  readonly connection: RedisConnection
  readonly #store: Store
  readonly #definitions = new Map<string, QueueDefinition>()
  readonly #workers = new Map<string, Worker>()
  /** By the names of queues that are being subscribed to. */
  readonly #starting = new Map<string, Promise<void>>()
  readonly #stopping = new Map<string, Promise<void>>()
  readonly #runs = new OpenRuns()
  readonly #bull: BullConnection
  readonly #publisher: Publisher
  readonly #schedules: Schedules
  readonly #management: Management
  readonly #deadLetters: DeadLetters
  readonly #upkeep: Upkeep
  #isClosing = false

  constructor(options: ParsedOptions, { clock, events, logger, name, random }: AdapterContext) {
    this.connection =
      options.client === undefined && options.library === "ioredis"
        ? new RedisConnection(
            options,
            clock,
            (watcher) => new OwnClient(redisTarget(options), watcher, clock, openIoredis),
          )
        : new RedisConnection(options, clock)
    this.#store = {
      name,
      options,
      connection: this.connection,
      redis: new RedisCommands(this.connection),
      keys: new Keys(options.keyPrefix ?? name),
      clock,
      events,
      logger,
      random,
      nextId: messageIds(clock, random),
      definitions: this.#definitions,
      counts: noCounts(),
    }
    this.#bull = new BullConnection(this.#store.redis)
    this.#publisher = new Publisher(this.#store)
    this.#schedules = new Schedules(this.#store)
    this.#management = new Management(this.#store, this.#schedules, (queue) => this.#backend(queue))
    this.#deadLetters = new DeadLetters(this.#store)
    this.#upkeep = new Upkeep(this.#store, this.#management, this.#schedules, this.#workers)
  }

  async connect(): Promise<void> {
    await this.#store.redis.ping()
  }

  publish(queue: string, data: unknown, options?: PublishOptions): Promise<string> {
    return this.#publisher.publish(queue, data, options)
  }

  publishMany(queue: string, items: readonly PublishItem[]): Promise<string[]> {
    return this.#publisher.publishMany(queue, items)
  }

  async subscribe(queue: string, handler: QueueHandler<never>, options: SubscribeOptions = {}): Promise<void> {
    if (this.#workers.has(queue) || this.#starting.has(queue) || this.#stopping.has(queue))
      throw new ServiceError("ALREADY_EXISTS", "This queue has a subscription; end that one first.")
    const starting = this.#start(queue, handler, options).finally(() => this.#starting.delete(queue))
    this.#starting.set(queue, starting)
    return starting
  }

  async #start(queue: string, handler: QueueHandler<never>, options: SubscribeOptions): Promise<void> {
    const definition = this.#definitions.get(queue)
    const rateLimit = options.rateLimit ?? definition?.rateLimit
    const settings: WorkerSettings = {
      handler,
      concurrency: options.concurrency ?? definition?.concurrency ?? 1,
      visibilityMs: Math.max(1, Math.ceil(options.visibilityTimeoutMs ?? QUEUE_DEFAULTS.visibilityTimeoutMs)),
      rateLimit: rateLimit && { max: rateLimit.max, durationMs: Math.max(1, Math.ceil(rateLimit.durationMs)) },
      timeoutMs: options.timeoutMs,
    }
    const worker = new Worker(queue, settings, {
      store: this.#store,
      backend: await this.#backend(queue, settings),
      publisher: this.#publisher,
      schedules: this.#schedules,
      runs: this.#runs,
      completed: () => this.#upkeep.completed(queue),
      check: () => this.#upkeep.check(queue),
    })
    try {
      this.#refuseClosing()
      await worker.start()
      this.#refuseClosing()
      this.#workers.set(queue, worker)
    } catch (error) {
      await worker.stop()
      throw error
    }
  }

  #refuseClosing(): void {
    if (this.#isClosing) throw new ServiceError("CLOSED", "The queue is being closed, and takes no subscription.")
  }

  async unsubscribe(queue: string): Promise<void> {
    // One that fails to start is ended, too.
    await this.#starting.get(queue)?.catch(() => {})
    const known = this.#stopping.get(queue)
    if (known !== undefined) return known
    const worker = this.#workers.get(queue)
    if (worker === undefined) return
    this.#workers.delete(queue)
    const stopping = worker.stop().finally(() => this.#stopping.delete(queue))
    this.#stopping.set(queue, stopping)
    return stopping
  }

  getQueueSize(queue: string): Promise<number> {
    return this.#management.getQueueSize(queue)
  }

  purge(queue: string): Promise<number> {
    return this.#management.purge(queue)
  }

  async defineQueue({ backoff, rateLimit, ...definition }: QueueDefinition): Promise<void> {
    this.#definitions.set(definition.name, {
      ...definition,
      backoff: backoff && { ...backoff },
      rateLimit: rateLimit && { ...rateLimit },
    })
  }

  listQueues(): Promise<string[]> {
    return this.#management.listQueues([...this.#definitions.keys(), ...this.#workers.keys()])
  }

  getQueueStats(queue: string): Promise<QueueStats> {
    return this.#management.getQueueStats(queue)
  }

  getTask<T>(queue: string, id: string): Promise<TaskRecord<T> | undefined> {
    return this.#management.getTask(queue, id)
  }

  cancel(queue: string, id: string): Promise<boolean> {
    return this.#management.cancel(queue, id)
  }

  pause(queue: string): Promise<void> {
    return this.#management.pause(queue, true)
  }

  resume(queue: string): Promise<void> {
    return this.#management.pause(queue, false)
  }

  whenIdle(queue: string, { timeoutMs }: { timeoutMs?: number | undefined } = {}): Promise<void> {
    return this.#management.whenIdle(queue, timeoutMs)
  }

  listFailed<T>(queue: string, page?: Page): Promise<{ items: FailedMessage<T>[]; cursor?: string }> {
    return this.#deadLetters.listFailed(queue, page)
  }

  replay(queue: string, id: string): Promise<void> {
    return this.#deadLetters.replay(queue, id)
  }

  replayAll(queue: string): Promise<number> {
    return this.#deadLetters.replayAll(queue)
  }

  purgeFailed(queue: string): Promise<number> {
    return this.#deadLetters.purgeFailed(queue)
  }

  schedule(queue: string, name: string, schedule: Schedule, data?: unknown, options?: ScheduleOptions): Promise<void> {
    return this.#schedules.schedule(queue, name, schedule, data, options)
  }

  unschedule(queue: string, name: string): Promise<boolean> {
    return this.#schedules.unschedule(queue, name)
  }

  listSchedules(queue: string): Promise<ScheduleInfo[]> {
    return this.#schedules.listSchedules(queue)
  }

  async healthCheck(): Promise<PluginHealthStatus> {
    return { ...(await this.#upkeep.health()), latency: 0 }
  }

  async getMetrics(): Promise<Record<string, number>> {
    const running = [...this.#workers.values()].reduce((sum, worker) => sum + worker.running, 0)
    return { ...this.#store.counts, running, subscriptions: this.#workers.size }
  }

  /** Workers first, so that a handler that finishes can still publish. */
  async close(): Promise<void> {
    this.#isClosing = true
    const workers = [...this.#workers.values()]
    const { clock, options } = this.#store
    const stopped = Promise.all([
      ...[...this.#workers.keys()].map((queue) => this.unsubscribe(queue)),
      ...this.#stopping.values(),
      ...[...this.#starting.values()].map((starting) => starting.catch(() => {})),
    ])
    const inTime = (ms: number) => within(stopped, ms, (fn, delay) => clock.setTimeout(fn, delay))
    if (!(await inTime(options.shutdownTimeoutMs))) {
      for (const worker of workers) worker.abort()
      // A handler that ignores its signal is waited for a little, and a server that is away no longer than a call.
      await inTime(GIVE_UP_MS + options.timeoutMs)
    }
    await this.connection.close()
    this.#bull.removeAllListeners()
  }

  async #backend(queue: string, settings?: WorkerSettings): Promise<Backend> {
    const { createRedisBackend } = await loadBullmq()
    const options = {
      connection: this.#bull,
      prefix: this.#store.keys.prefix,
      skipVersionCheck: true,
      maxStalledCount: MANY,
      ...(settings && {
        lockDuration: settings.visibilityMs,
        stalledInterval: Math.max(1, Math.floor(settings.visibilityMs / 2)),
        limiter: settings.rateLimit && { max: settings.rateLimit.max, duration: settings.rateLimit.durationMs },
      }),
    }
    const backend = createRedisBackend(encodeName(queue), options as unknown as BackendOptions, {})
    backend.on("error", () => {})
    return backend
  }
}

type BackendOptions = Parameters<Awaited<ReturnType<typeof loadBullmq>>["createRedisBackend"]>[1]

/** Whether a promise is fulfilled in time. */
function within(
  promise: Promise<unknown>,
  ms: number,
  setTimer: (fn: () => void, ms: number) => { cancel(): void },
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimer(() => resolve(false), ms)
    promise.then(() => resolve(true), reject).finally(() => timer.cancel())
  })
}

/**
 * Queue in this process: priorities, delays, retries, dead letters, schedules, groups and rate limits, without a server.
 * Messages do not outlive the process.
 *
 * @example
 * const queue = createMemoryQueue()
 * await queue.subscribe<{ to: string }>("mail", ({ data }) => send(data.to), { concurrency: 5 })
 * await queue.publish("mail", { to: "ada@example.org" })
 */
import * as z from "zod/mini"
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import type { Clock, Timer } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../contracts/foundation/health.ts"
import { QUEUE_DEFAULTS, QUEUE_MAX_PAYLOAD_BYTES } from "../../contracts/queue/arguments.ts"
import type { FailedMessage, QueueHandler, QueueStats, TaskRecord } from "../../contracts/queue/message.ts"
import type { PublishItem, Schedule, ScheduleInfo, ScheduleOptions } from "../../contracts/queue/optional-interfaces.ts"
import type {
  IDeadLetters,
  IQueueManagement,
  IQueueScheduler,
  IQueueService,
  PublishOptions,
  Queue,
  QueueCapabilities,
  QueueDefinition,
  SubscribeOptions,
} from "../../contracts/queue/queue.ts"
import { MessageIds } from "../../core/queue/for-adapters.ts"
import { asQueue } from "../../core/queue/portable-queue.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { Announcer } from "./memory-engine/announcer.ts"
import { readCursor } from "./memory-engine/dead-letters.ts"
import { healthOf, metricsOf } from "./memory-engine/health.ts"
import type { Lane } from "./memory-engine/lane.ts"
import { Lanes } from "./memory-engine/lanes.ts"
import { DEAD, DELAYED, type Message, READY } from "./memory-engine/message.ts"
import { type Payload, payloadOf } from "./memory-engine/payload.ts"
import { failedMessageOf, taskRecordOf } from "./memory-engine/records.ts"
import { WallTime } from "./memory-engine/wall-time.ts"

const DAY_MS = 24 * 60 * 60 * 1000

const retentionSchema = z.strictObject({
  /** How long a completed message can be asked for, milliseconds. */
  completedMs: z._default(z.number().check(z.nonnegative()), DAY_MS),
  /** How many completed messages of a queue are kept at most. */
  completedCount: z._default(z.int().check(z.minimum(0), z.maximum(10_000_000)), 1000),
  /** How long a dead message is kept, milliseconds. */
  deadMs: z._default(z.number().check(z.nonnegative()), 30 * DAY_MS),
})

export const memoryQueueOptionsSchema = z.strictObject({
  /** A larger payload is refused. Bytes as JSON. */
  maxPayloadBytes: z._default(z.int().check(z.minimum(1)), QUEUE_MAX_PAYLOAD_BYTES),
  /** How long close() waits for running handlers before it aborts their signals. */
  shutdownTimeoutMs: z._default(z.int().check(z.minimum(0)), 30_000),
  /** What is kept of messages that are done. Default: completed 24 hours and 1,000 of a queue, dead 30 days. */
  retention: z.prefault(retentionSchema, {}),
})
export type MemoryQueueOptions = z.input<typeof memoryQueueOptionsSchema>
type ParsedOptions = z.output<typeof memoryQueueOptionsSchema>

/** @throws ServiceError INVALID_CONFIG with the path of each option at fault. */
export function createMemoryQueue(options: MemoryQueueOptions = {}, context: Partial<AdapterContext> = {}): Queue {
  return openMemoryQueue(parseOptions(memoryQueueOptionsSchema, options, "memory queue"), {
    ...defaultContext("queue"),
    ...context,
  })
}

/** Of options that are checked. */
function openMemoryQueue(options: ParsedOptions, context: AdapterContext): Queue {
  const capabilities: QueueCapabilities = {
    management: true,
    deadLetters: true,
    schedules: true,
    durable: false,
    shared: false,
    priorities: true,
    rateLimit: true,
    groups: true,
    order: "fifo",
    maxPayloadBytes: options.maxPayloadBytes,
    delayResolutionMs: 1,
  }
  return asQueue(new MemoryQueue(options, context), {
    adapter: "memory",
    capabilities,
    clock: context.clock,
    trusted: true,
    checksPayloads: true,
  })
}

export const memoryQueue = defineAdapter({
  service: "queue",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: memoryQueueOptionsSchema,
  create: openMemoryQueue,
})

/** What a method throws at once, the portable type turns into a rejection that says where it happened. */
class MemoryQueue implements IQueueService, IQueueManagement, IDeadLetters, IQueueScheduler {
  readonly #options: ParsedOptions
  readonly #clock: Clock
  readonly #wallTime: WallTime
  readonly #lanes: Lanes

  constructor(options: ParsedOptions, { clock, events, name, random }: AdapterContext) {
    this.#options = options
    this.#clock = clock
    this.#wallTime = new WallTime(clock)
    this.#lanes = new Lanes({
      clock,
      random,
      ids: new MessageIds(random),
      announcer: new Announcer(events, name),
      retention: options.retention,
      maxPayloadBytes: options.maxPayloadBytes,
    })
  }

  publish(queue: string, data: unknown, options?: PublishOptions): Promise<string> {
    const payload = this.#payload(data)
    return Promise.resolve(this.#lanes.of(queue).publish(payload, options))
  }

  publishMany(queue: string, items: readonly PublishItem[]): Promise<string[]> {
    const payloads = items.map(({ data }) => this.#payload(data))
    if (items.length === 0) return Promise.resolve([])
    const lane = this.#lanes.of(queue)
    return Promise.resolve(items.map(({ options }, index) => lane.publish(payloads[index] as Payload, options)))
  }

  subscribe(queue: string, handler: QueueHandler<never>, options?: SubscribeOptions): Promise<void> {
    this.#lanes.of(queue).subscribe(handler, options)
    return Promise.resolve()
  }

  async unsubscribe(queue: string): Promise<void> {
    await this.#lanes.find(queue)?.unsubscribe()
  }

  async getQueueSize(queue: string): Promise<number> {
    const { delayed, waiting } = await this.getQueueStats(queue)
    return waiting + delayed
  }

  async purge(queue: string): Promise<number> {
    return this.#lanes.find(queue)?.purge() ?? 0
  }

  async defineQueue(definition: QueueDefinition): Promise<void> {
    this.#lanes.of(definition.name).define(definition)
  }

  async listQueues(): Promise<string[]> {
    return this.#lanes.names()
  }

  async getQueueStats(queue: string): Promise<QueueStats> {
    const stats = this.#lanes.find(queue)?.stats(this.#clock.monotonic())
    return stats ?? { waiting: 0, delayed: 0, active: 0, completed: 0, dead: 0, paused: false }
  }

  async getTask<T>(queue: string, id: string): Promise<TaskRecord<T> | undefined> {
    const { lane, message } = this.#find(queue, id)
    if (lane === undefined || message === undefined) return undefined
    const dueAt = message.state === DELAYED ? this.#wallTime.of(lane.store.delayed.timeOf(message)) : undefined
    return taskRecordOf(queue, message, dueAt) as TaskRecord<T>
  }

  async cancel(queue: string, id: string): Promise<boolean> {
    const { lane, message } = this.#find(queue, id)
    if (message?.state !== READY && message?.state !== DELAYED) return false
    lane?.cancel(message)
    return true
  }

  async pause(queue: string): Promise<void> {
    this.#lanes.of(queue).pause()
  }

  async resume(queue: string): Promise<void> {
    this.#lanes.find(queue)?.resume()
  }

  async whenIdle(queue: string, options?: { timeoutMs?: number | undefined }): Promise<void> {
    await this.#lanes.find(queue)?.whenIdle(options?.timeoutMs)
  }

  listFailed<T>(
    queue: string,
    page: { limit?: number | undefined; cursor?: string | undefined } = {},
  ): Promise<{ items: FailedMessage<T>[]; cursor?: string }> {
    const after = readCursor(page.cursor)
    const store = this.#lanes.find(queue)?.store
    if (store === undefined) return Promise.resolve({ items: [] })
    store.forget(this.#clock.monotonic())
    const limit = page.limit ?? QUEUE_DEFAULTS.page
    const { cursor, items } = store.dead.page(limit, after, (id) => store.find(id))
    const failed = items.map((message) => failedMessageOf(queue, message) as FailedMessage<T>)
    return Promise.resolve(cursor === undefined ? { items: failed } : { items: failed, cursor })
  }

  replay(queue: string, id: string): Promise<void> {
    const { lane, message } = this.#find(queue, id)
    if (message?.state !== DEAD) throw new ServiceError("NOT_FOUND", "No message with this id is dead in this queue.")
    lane?.replay(message)
    return Promise.resolve()
  }

  async replayAll(queue: string): Promise<number> {
    const lane = this.#lanes.find(queue)
    if (lane === undefined) return 0
    const count = lane.stats(this.#clock.monotonic()).dead
    for (let left = count; left > 0; left--) if (lane.store.dead.first !== undefined) lane.replay(lane.store.dead.first)
    return count
  }

  async purgeFailed(queue: string): Promise<number> {
    const now = this.#clock.monotonic()
    const store = this.#lanes.find(queue)?.store
    store?.forget(now)
    return store?.dropDead(now) ?? 0
  }

  schedule(queue: string, name: string, schedule: Schedule, data?: unknown, options?: ScheduleOptions): Promise<void> {
    const payload = this.#payload(data)
    this.#lanes.of(queue).schedule(name, schedule, payload, options)
    return Promise.resolve()
  }

  async unschedule(queue: string, name: string): Promise<boolean> {
    return this.#lanes.find(queue)?.schedules.delete(name) ?? false
  }

  async listSchedules(queue: string): Promise<ScheduleInfo[]> {
    return this.#lanes.find(queue)?.schedules.list() ?? []
  }

  async healthCheck(): Promise<PluginHealthStatus> {
    return { ...healthOf(this.#lanes.all(), this.#clock), latency: 0 }
  }

  async getMetrics(): Promise<Record<string, number>> {
    return metricsOf(this.#lanes.all(), this.#lanes.counters, this.#clock)
  }

  /** Handlers that still run may publish while it waits for them. */
  async close(): Promise<void> {
    this.#lanes.stop()
    let timer: Timer | undefined
    const late = new Promise<void>((resolve) => {
      timer = this.#clock.setTimeout(resolve, this.#options.shutdownTimeoutMs)
    })
    await Promise.race([this.#lanes.drained(), late])
    timer?.cancel()
    this.#lanes.close()
  }

  #payload(data: unknown): Payload {
    return payloadOf(data, this.#options.maxPayloadBytes)
  }

  #find(queue: string, id: string): { lane?: Lane | undefined; message?: Message | undefined } {
    const lane = this.#lanes.find(queue)
    lane?.store.forget(this.#clock.monotonic())
    return { lane, message: lane?.store.find(id) }
  }
}

import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import { QUEUE_DEFAULTS, QUEUE_MAX_PAYLOAD_BYTES } from "../../../contracts/queue/arguments.ts"
import type { FailedMessage, QueueHandler, QueueStats, TaskRecord } from "../../../contracts/queue/message.ts"
import type {
  IDeadLetters,
  IQueueManagement,
  IQueueScheduler,
  PublishItem,
  Schedule,
  ScheduleInfo,
  ScheduleOptions,
} from "../../../contracts/queue/optional-interfaces.ts"
import type {
  IQueueService,
  PublishOptions,
  QueueCapabilities,
  QueueDefinition,
  SubscribeOptions,
} from "../../../contracts/queue/queue.ts"
import type { QueueReferenceOptions } from "./messages.ts"
import { ReferenceSchedules } from "./schedules.ts"
import type { HeldMessage, Subscription } from "./store.ts"

const referenceCapabilities: QueueCapabilities = {
  management: true,
  deadLetters: true,
  schedules: true,
  durable: true,
  shared: true,
  priorities: true,
  rateLimit: true,
  groups: true,
  order: "fifo",
  maxPayloadBytes: QUEUE_MAX_PAYLOAD_BYTES,
  delayResolutionMs: 1,
}

/**
 * The shortest queue that keeps the whole contract. Mutants and oddities are subclasses that change one line of it,
 * which is why it is made of small methods.
 */
export class ReferenceQueue
  extends ReferenceSchedules
  implements IQueueService, IQueueManagement, IDeadLetters, IQueueScheduler
{
  override capabilities: QueueCapabilities
  /** Waits for running handlers, which may still publish. */
  closing = false

  constructor(options: QueueReferenceOptions) {
    super(options)
    const { configuration = {} } = options
    const { maxValueBytes = QUEUE_MAX_PAYLOAD_BYTES } = configuration as { maxValueBytes?: number }
    this.capabilities = { ...referenceCapabilities, maxPayloadBytes: maxValueBytes }
    this.store.wakes.add(() => this.wakeAll())
  }

  async publish<T>(queue: string, data: T, options?: PublishOptions): Promise<string> {
    this.checkPublish(queue, data, options)
    return this.replyWithId(this.add(queue, data, options))
  }

  async subscribe<T>(queue: string, handler: QueueHandler<T>, options: SubscribeOptions = {}): Promise<void> {
    this.checkSubscribe(queue, handler, options)
    const key = this.encodeName(queue)
    if (this.subscriptions.has(key)) this.refuse("ALREADY_EXISTS", "This queue has a subscription.")
    const held = this.queueOf(queue)
    this.limitRate(queue, options)
    const { concurrency } = this.definitions.get(queue) ?? {}
    const subscription: Subscription = {
      handler: handler as QueueHandler<never>,
      concurrency: options.concurrency ?? concurrency ?? 1,
      visibilityMs: options.visibilityTimeoutMs ?? QUEUE_DEFAULTS.visibilityTimeoutMs,
      timeoutMs: options.timeoutMs,
      groupConcurrency: options.groupConcurrency ?? 1,
      running: new Map(),
      start: (message) => this.start(queue, subscription, message),
    }
    this.subscriptions.set(key, subscription)
    try {
      await this.reply(undefined)
    } catch (error) {
      this.subscriptions.delete(key)
      throw error
    }
    held.subscriptions.push(subscription)
    this.wake(queue)
  }

  limitRate(queue: string, { rateLimit = this.definitions.get(queue)?.rateLimit }: SubscribeOptions): void {
    const held = this.queueOf(queue)
    const { max, durationMs } = held.rateLimit ?? rateLimit ?? {}
    if (held.subscriptions.length > 0 && (max !== rateLimit?.max || durationMs !== rateLimit?.durationMs)) {
      this.refuse("PRECONDITION_FAILED", "Another subscription has another rate limit.")
    }
    held.rateLimit = rateLimit
  }

  async unsubscribe(queue: string): Promise<void> {
    this.checkName(queue)
    await this.end(queue)
    return this.reply(undefined)
  }

  /** Takes nothing new, and waits for what runs. */
  async end(queue: string): Promise<void> {
    const key = this.encodeName(queue)
    const subscription = this.subscriptions.get(key)
    if (subscription === undefined) return
    this.subscriptions.delete(key)
    const { subscriptions } = this.queueOf(queue)
    subscriptions.splice(subscriptions.indexOf(subscription), 1)
    await this.ended(subscription)
  }

  async ended({ running }: Subscription): Promise<void> {
    await Promise.all([...running.values()].map(({ done }) => done))
  }

  async getQueueSize(queue: string): Promise<number> {
    this.checkName(queue)
    return this.reply(this.unstarted(this.queueOf(queue)).length)
  }

  async purge(queue: string): Promise<number> {
    this.checkName(queue)
    const held = this.queueOf(queue)
    const messages = this.unstarted(held)
    for (const message of messages) this.remove(held, message)
    return this.reply(messages.length)
  }

  async publishMany(queue: string, items: readonly PublishItem[]): Promise<string[]> {
    this.checkItems(queue, items)
    return this.reply(items.map(({ data, options }) => this.add(queue, data, options)))
  }

  async defineQueue(definition: QueueDefinition): Promise<void> {
    this.checkDefinition(definition)
    this.definitions.set(definition.name, { ...definition })
  }

  async listQueues(): Promise<string[]> {
    this.checkOpen()
    const names = [...this.store.queues].filter(([name, held]) => this.isUsed(name, held)).map(([name]) => name)
    const mine = names.filter((name) => name.startsWith(this.prefix())).map((name) => name.slice(this.prefix().length))
    return this.reply([...new Set([...mine, ...this.definitions.keys()])].sort(compareCodePoints))
  }

  isUsed(_name: string, { messages, schedules, subscriptions }: ReturnType<ReferenceQueue["queueOf"]>): boolean {
    return messages.size + schedules.size + subscriptions.length > 0
  }

  async getQueueStats(queue: string): Promise<QueueStats> {
    this.checkName(queue)
    const held = this.queueOf(queue)
    const count = (state: HeldMessage["state"]) => this.messagesOf(held, state).length
    return this.reply({
      waiting: count("waiting"),
      delayed: count("delayed"),
      active: count("active"),
      completed: count("completed"),
      dead: count("dead"),
      paused: held.paused,
    })
  }

  async getTask<T>(queue: string, id: string): Promise<TaskRecord<T> | undefined> {
    this.checkId(queue, id)
    const message = this.queueOf(queue).messages.get(id)
    return this.reply(message === undefined ? undefined : (this.recordOf(message) as TaskRecord<T>))
  }

  async cancel(queue: string, id: string): Promise<boolean> {
    this.checkId(queue, id)
    const held = this.queueOf(queue)
    const message = this.unstarted(held).find((other) => other.id === id)
    if (message !== undefined) this.remove(held, message)
    return this.reply(message !== undefined)
  }

  async pause(queue: string): Promise<void> {
    this.checkName(queue)
    this.queueOf(queue).paused = true
    return this.reply(undefined)
  }

  async resume(queue: string): Promise<void> {
    this.checkName(queue)
    this.queueOf(queue).paused = false
    this.wake(queue)
    return this.reply(undefined)
  }

  async whenIdle(queue: string, options: { timeoutMs?: number | undefined } = {}): Promise<void> {
    this.checkIdle(queue, options)
    await this.reply(undefined)
    let late = false
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : this.clock.setTimeout(() => {
            late = true
          }, options.timeoutMs)
    while (!this.isIdle(queue) && !late && !this.closed) await new Promise((resolve) => setTimeout(resolve, 1).unref())
    timer?.cancel()
    this.checkOpen()
    if (late) this.refuse("TIMEOUT", "The queue is not idle yet.")
  }

  isIdle(queue: string): boolean {
    return this.messagesOf(this.queueOf(queue), "waiting", "active").length === 0
  }

  async listFailed<T>(
    queue: string,
    page: { limit?: number | undefined; cursor?: string | undefined } = {},
  ): Promise<{ items: FailedMessage<T>[]; cursor?: string }> {
    this.checkPage(queue, page)
    this.refuseIf(this.cursorIssue(page.cursor))
    const { cursor, limit = QUEUE_DEFAULTS.page } = page
    const after = this.dead(this.queueOf(queue)).filter(({ order }) => order > Number(cursor ?? 0))
    const items = after.slice(0, limit)
    const last = items.at(-1)
    return this.reply({
      items: items.map((message) => this.failedOf(message) as FailedMessage<T>),
      ...(after.length > items.length && last !== undefined && { cursor: String(last.order) }),
    })
  }

  async replay(queue: string, id: string): Promise<void> {
    this.checkId(queue, id)
    await this.reply(undefined)
    const message = this.queueOf(queue).messages.get(id)
    if (message?.state !== "dead") this.refuse("NOT_FOUND", "No dead message has this id.")
    this.revive(queue, message)
  }

  async replayAll(queue: string): Promise<number> {
    this.checkName(queue)
    const messages = this.dead(this.queueOf(queue))
    for (const message of messages) this.revive(queue, message)
    return this.reply(messages.length)
  }

  revive(queue: string, message: HeldMessage): void {
    message.attempts = 0
    message.failures = []
    message.error = undefined
    message.finishedAt = undefined
    this.deliverLater(message, 0)
    this.wake(queue)
  }

  async purgeFailed(queue: string): Promise<number> {
    this.checkName(queue)
    const held = this.queueOf(queue)
    const messages = this.dead(held)
    for (const message of messages) this.dropRecord(held, message)
    return this.reply(messages.length)
  }

  async schedule(
    queue: string,
    name: string,
    schedule: Schedule,
    data?: unknown,
    options?: ScheduleOptions,
  ): Promise<void> {
    this.checkSchedule(queue, name, schedule, data, options)
    this.hold(queue, name, schedule, data, options)
    this.wake(queue)
    return this.reply(undefined)
  }

  async unschedule(queue: string, name: string): Promise<boolean> {
    this.checkScheduleName(queue, name)
    return this.reply(this.queueOf(queue).schedules.delete(name))
  }

  async listSchedules(queue: string): Promise<ScheduleInfo[]> {
    this.checkName(queue)
    const { schedules } = this.queueOf(queue)
    const sorted = [...schedules].sort(([one], [other]) => compareCodePoints(one, other))
    return this.reply(sorted.map(([name, held]) => this.infoOf(name, held)))
  }

  override async close(): Promise<void> {
    this.closed = true
    this.closing = true
    await Promise.all([...this.subscriptions.keys()].map((queue) => this.end(queue)))
    this.closing = false
    await super.close()
  }

  override checkOpenToPublish(): void {
    if (!this.closing) this.checkOpen()
  }

  override kill(): void {
    super.kill()
    this.killed = true
    for (const [queue, subscription] of this.subscriptions) {
      const { subscriptions } = this.queueOf(queue)
      subscriptions.splice(subscriptions.indexOf(subscription), 1)
    }
  }

  wakeAll(): void {
    for (const queue of this.subscriptions.keys()) this.wake(queue)
  }

  /** An answer that tells an id, also where it is lost. */
  async replyWithId(id: string): Promise<string> {
    try {
      return await this.reply(id)
    } catch (error) {
      throw ServiceError.is(error) ? this.unknownOutcome(error, id) : error
    }
  }

  unknownOutcome({ code, message }: ServiceError, id: string): ServiceError {
    return new ServiceError(code, message, { service: this.service, details: { outcome: "unknown", id } })
  }
}

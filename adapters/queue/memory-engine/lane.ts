import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { QUEUE_DEFAULTS } from "../../../contracts/queue/arguments.ts"
import type { QueueStats } from "../../../contracts/queue/message.ts"
import type { Schedule, ScheduleOptions } from "../../../contracts/queue/optional-interfaces.ts"
import type {
  PublishOptions,
  QueueDefinition,
  QueueHandler,
  RateLimit,
  SubscribeOptions,
} from "../../../contracts/queue/queue.ts"
import { type AttemptOutcome, droppedOutcome, type MessagePlan, planMessage } from "../../../core/queue/for-adapters.ts"
import { Alarm } from "./alarm.ts"
import { Delivery, type DeliveryOwner } from "./delivery.ts"
import { IdleWaiters } from "./idle-waiters.ts"
import type { LaneContext } from "./lane-context.ts"
import { Message } from "./message.ts"
import { factsOf, type OutcomeQueue, Outcomes } from "./outcomes.ts"
import type { Payload } from "./payload.ts"
import type { Startable } from "./pump.ts"
import { RateWindow } from "./rate-window.ts"
import { Schedules, type TickPublisher } from "./schedules.ts"
import { MessageStore } from "./store.ts"
import { Subscription } from "./subscription.ts"

/** One queue: its messages, who takes them, and what came of each. */
export class Lane implements Startable, DeliveryOwner, OutcomeQueue, TickPublisher {
  readonly name: string
  readonly store: MessageStore
  readonly schedules: Schedules
  readonly idle: IdleWaiters
  awake = false
  isPaused = false
  subscription: Subscription | undefined
  /** Epoch milliseconds of the latest start. */
  startedAt = 0
  readonly #context: LaneContext
  readonly #alarm: Alarm
  readonly #outcomes: Outcomes
  readonly #draining = new Set<Subscription>()
  #definition: QueueDefinition | undefined
  #window: RateWindow | undefined
  #isStarting = false
  #isClosed = false

  /** @param forgotten No id of a later time was in a queue that was let go. */
  constructor(name: string, context: LaneContext, forgotten: number) {
    this.name = name
    this.#context = context
    this.store = new MessageStore(context.retention, context.ids, forgotten)
    this.schedules = new Schedules(context.clock, this)
    this.idle = new IdleWaiters(context.clock)
    this.#outcomes = new Outcomes(this, context)
    this.#alarm = new Alarm(context.clock, () => this.#ring())
  }

  get definition(): QueueDefinition | undefined {
    return this.#definition
  }

  get maxResultBytes(): number {
    return this.#context.maxPayloadBytes
  }

  define(definition: QueueDefinition): void {
    const { backoff, rateLimit } = definition
    this.#definition = { ...definition, backoff: backoff && { ...backoff }, rateLimit: rateLimit && { ...rateLimit } }
  }

  /**
   * @returns The id of the message, or of the one that it is a repetition of.
   * @throws ServiceError TIMEOUT where nobody knows whether it is one.
   */
  publish(payload: Payload, options: PublishOptions | undefined): string {
    if (options === undefined) return this.#publishDue(payload, planMessage(undefined, this.#definition)).id
    const known = this.#known(options)
    if (known !== undefined) return known
    const { idempotencyKey, idempotencyWindowMs = QUEUE_DEFAULTS.idempotencyWindowMs } = options
    const message = this.#make(payload, options)
    if (idempotencyKey !== undefined) {
      this.store.keys.add(idempotencyKey, message.id, this.#context.clock.monotonic(), idempotencyWindowMs)
    }
    this.#enqueue(message, options.delay ?? 0)
    return message.id
  }

  publishTick(payload: Payload, metadata?: ScheduleOptions["metadata"]): Message {
    const message = this.#publishDue(payload, planMessage(metadata && { metadata }, this.#definition))
    message.note({ origin: "schedule" })
    return message
  }

  cancelTick(tick: Message): void {
    this.cancel(tick)
  }

  scheduleFailed(name: string): void {
    const error = { message: "The schedule has no next run." }
    this.#context.announcer.tell("queue.schedule.failed", { queue: this.name, name, error })
  }

  schedule(name: string, schedule: Schedule, payload: Payload, options?: ScheduleOptions): void {
    this.schedules.set(name, schedule, payload, options?.metadata)
    this.#alarm.setAt(this.schedules.run())
  }

  /** Removes a message that waits or is delayed. */
  cancel(message: Message): void {
    this.store.remove(message)
    this.#checkIdle()
  }

  purge(): number {
    const count = this.store.purge()
    this.#checkIdle()
    return count
  }

  replay(message: Message): void {
    this.store.revive(message)
    this.wake()
  }

  subscribe(handler: QueueHandler<never>, options: SubscribeOptions = {}): void {
    this.#forgetDrained()
    if (this.subscription !== undefined || this.#draining.size > 0) {
      throw new ServiceError("ALREADY_EXISTS", "This queue has a subscription; end that one first, and await its end.")
    }
    const { concurrency = this.#definition?.concurrency ?? 1, rateLimit = this.#definition?.rateLimit } = options
    this.#limit(rateLimit)
    this.store.ready.setGroupConcurrency(options.groupConcurrency ?? 1)
    this.subscription = new Subscription(this, handler, concurrency, options)
    this.wake()
  }

  async unsubscribe(): Promise<void> {
    const { subscription } = this
    this.subscription = undefined
    if (subscription !== undefined && subscription.running.length > 0) this.#draining.add(subscription)
    await this.drained()
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
    this.wake()
  }

  hold(message: Message, delayMs: number): void {
    if (delayMs > 0) {
      const dueAt = this.#context.clock.monotonic() + delayMs
      this.store.hold(message, dueAt)
      this.#alarm.setAt(dueAt)
    } else this.store.requeue(message)
  }

  async whenIdle(timeoutMs: number | undefined): Promise<void> {
    this.store.promote(this.#context.clock.monotonic())
    if (!this.#isIdle()) await this.idle.wait(timeoutMs)
  }

  /** Whether the rate limit keeps the next message from starting. */
  isLimited(): boolean {
    if (this.#window === undefined) return false
    const now = this.#context.clock.monotonic()
    return this.#window.opensAt(now) > now
  }

  /** Has deliveries start in a task of their own, if there can be any. */
  wake(): void {
    if (this.#mayStart()) this.#context.pump.wake(this)
  }

  /** Starts what may start now. `at` is the epoch time, if it was read just now. */
  start(at?: number): void {
    if (this.#isStarting) return
    this.#isStarting = true
    const { clock, pump } = this.#context
    if (this.store.delayed.size > 0) this.store.promote(clock.monotonic())
    let now = at
    while (this.#mayStart() && this.store.ready.size > 0 && !this.isLimited()) {
      now ??= clock.now()
      if (!pump.allows(now)) {
        pump.wake(this)
        break
      }
      const message = this.store.take()
      if (message === undefined) break
      this.#deliver(message, now)
      now = undefined
    }
    this.#isStarting = false
    this.#checkIdle()
    this.#setAlarm()
  }

  settled(delivery: Delivery, outcome: AttemptOutcome): void {
    const { record, subscription } = delivery
    const now = this.#context.clock.now()
    this.store.release(record)
    if (!this.#isClosed) this.#outcomes.apply(record, outcome, now)
    subscription.free(delivery)
    if (this.#draining.size > 0) this.#forgetDrained()
    if (!this.#isStarting && !this.#isClosed) this.start(now)
  }

  discarded({ number, record }: Delivery, reason: "lost" | "timeout" | "closed"): void {
    const { announcer, counters } = this.#context
    counters.discarded++
    if (!announcer.hears("queue.result.discarded")) return
    announcer.tell("queue.result.discarded", {
      ...factsOf(this.name, record.id, record.plan.type),
      attempts: number,
      reason,
    })
  }

  /** Takes nothing new from now on. */
  stop(): void {
    const { subscription } = this
    this.subscription = undefined
    if (subscription !== undefined && subscription.running.length > 0) this.#draining.add(subscription)
    this.#alarm.stop()
    this.idle.rejectAll()
  }

  /** Resolves when nothing runs of what was subscribed before. */
  async drained(): Promise<void> {
    await Promise.all(Array.from(this.#draining, (subscription) => subscription.drained()))
  }

  /** Ends what runs, and lets go of everything. */
  close(): void {
    this.#isClosed = true
    this.#alarm.stop()
    for (const { running } of this.#draining) for (const delivery of [...running]) delivery.abort()
    this.#draining.clear()
  }

  /** Whether nothing would be missed if this queue had never been used. */
  isEmpty(): boolean {
    if (this.subscription !== undefined || this.#draining.size > 0 || this.isPaused || this.awake) return false
    if (this.#definition !== undefined || this.schedules.size > 0 || this.idle.size > 0) return false
    return this.store.isEmpty(this.#context.clock.monotonic())
  }

  /** Whether it has messages, schedules, a subscription or a definition. */
  isListed(): boolean {
    if (this.subscription !== undefined || this.#definition !== undefined || this.schedules.size > 0) return true
    return this.store.hasMessages(this.#context.clock.monotonic())
  }

  stats(now: number): QueueStats {
    const { store } = this
    store.promote(now)
    store.forget(now)
    const { active, completed } = store
    const [waiting, delayed, dead] = [store.ready.size, store.delayed.size, store.dead.size]
    return { waiting, delayed, active, completed, dead, paused: this.isPaused }
  }

  #known({ id, idempotencyKey }: PublishOptions): string | undefined {
    if (id === undefined && idempotencyKey === undefined) return undefined
    const now = this.#context.clock.monotonic()
    if (id !== undefined) {
      this.store.forget(now)
      if (this.store.find(id) !== undefined || this.store.dropped.has(id, now)) return id
    }
    const known = idempotencyKey === undefined ? undefined : this.store.keys.idOf(idempotencyKey, now)
    if (known === undefined && id !== undefined && this.store.dropped.mayHaveForgotten(id)) throw droppedOutcome(id)
    return known
  }

  #make(payload: Payload, options: PublishOptions): Message {
    const { clock, ids } = this.#context
    const { groupKey, id, idempotencyKey } = options
    const keys = groupKey === undefined && idempotencyKey === undefined ? undefined : { groupKey, idempotencyKey }
    const plan = planMessage(options, this.#definition)
    const now = clock.now()
    if (id !== undefined) return new Message(id, -1, payload, plan, now, keys)
    return new Message(ids.next(now), ids.count, payload, plan, now, keys)
  }

  #publishDue(payload: Payload, plan: MessagePlan): Message {
    const { clock, ids } = this.#context
    const now = clock.now()
    const message = new Message(ids.next(now), ids.count, payload, plan, now, undefined)
    this.#enqueue(message, 0)
    return message
  }

  #forgetDrained(): void {
    for (const subscription of this.#draining) {
      if (subscription.running.length === 0) this.#draining.delete(subscription)
    }
  }

  #enqueue(message: Message, delayMs: number): void {
    const { announcer, clock, counters } = this.#context
    counters.published++
    if (delayMs > 0) {
      const dueAt = clock.monotonic() + delayMs
      this.store.addDelayed(message, dueAt)
      this.#alarm.setAt(dueAt)
    } else {
      // What became due before this message was published goes before it.
      if (this.store.delayed.size > 0) this.store.promote(clock.monotonic())
      this.store.add(message)
      this.wake()
    }
    if (announcer.hears("queue.task.enqueued"))
      announcer.tell("queue.task.enqueued", factsOf(this.name, message.id, message.plan.type))
  }

  #deliver(message: Message, now: number): void {
    const { clock, counters } = this.#context
    const subscription = this.subscription as Subscription
    message.startedAt = now
    this.startedAt = now
    counters.started++
    this.#window?.take(clock.monotonic())
    const delivery = new Delivery(subscription, message, clock)
    subscription.hold(delivery)
    delivery.start()
  }

  #mayStart(): boolean {
    const { subscription } = this
    return subscription !== undefined && !this.isPaused && subscription.running.length < subscription.concurrency
  }

  /** A window of the same numbers goes on. */
  #limit(rateLimit: RateLimit | undefined): void {
    const isSame = rateLimit === undefined ? this.#window === undefined : this.#window?.isOf(rateLimit)
    if (!isSame) this.#window = rateLimit && new RateWindow(rateLimit)
  }

  #ring(): void {
    this.store.promote(this.#context.clock.monotonic())
    if (this.schedules.size > 0) this.#alarm.setAt(this.schedules.run())
    this.wake()
    this.#setAlarm()
  }

  /** For what is delayed, and for the next window of a queue that waits for it. */
  #setAlarm(): void {
    if (this.#isClosed) return
    if (this.store.delayed.size > 0) this.#alarm.setAt(this.store.delayed.earliest)
    if (this.#window === undefined || this.store.ready.size === 0 || !this.#mayStart()) return
    const now = this.#context.clock.monotonic()
    const opensAt = this.#window.opensAt(now)
    if (opensAt > now) this.#alarm.setAt(opensAt)
  }

  #isIdle(): boolean {
    return this.store.active === 0 && this.store.ready.size === 0
  }

  #checkIdle(): void {
    if (this.idle.size > 0 && this.#isIdle()) this.idle.resolveAll()
  }
}

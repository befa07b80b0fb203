import type { Timer } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { typeName } from "../../../contracts/foundation/text.ts"
import { handlerTimeIssue, progressIssue, QUEUE_DEFAULTS } from "../../../contracts/queue/arguments.ts"
import { jsonIssue } from "../../../contracts/queue/json.ts"
import type {
  FailedMessage,
  QueueMessage,
  TaskContext,
  TaskError,
  TaskFailure,
} from "../../../contracts/queue/message.ts"
import type { Backoff } from "../../../contracts/queue/queue.ts"
import { ReferenceMessages } from "./messages.ts"
import type { HeldMessage, HeldQueue, Running, Subscription } from "./store.ts"

/** What came of a handler. */
interface Outcome {
  readonly value?: unknown
  readonly thrown?: TaskError
  readonly reason?: TaskFailure["reason"]
}

const TIMED_OUT: Outcome = { thrown: { message: "The attempt took too long.", code: "TIMEOUT" }, reason: "timeout" }

/** How the reference queue hands messages to handlers, in small methods that mutants change one of. */
export abstract class ReferenceDeliveries extends ReferenceMessages {
  readonly subscriptions = new Map<string, Subscription>()
  /** Its process has ended. */
  killed = false

  /** Deliveries start in a turn of their own. */
  override wake(queue: string): void {
    const held = this.queueOf(queue)
    if (held.pumping) return
    held.pumping = true
    setImmediate(() => {
      held.pumping = false
      this.pump(queue)
    })
  }

  /** Starts what is due, as long as there are free slots, and comes again when the next message is due. */
  pump(queue: string): void {
    const held = this.queueOf(queue)
    if (!this.isReachable()) return
    this.tick(queue)
    this.promote(held)
    while (!held.paused) {
      const found = this.nextDelivery(held)
      if (found === undefined) break
      this.countStart(held)
      if (this.losesAnswer()) this.loseOnItsWay(queue, found.message, found.subscription)
      else found.subscription.start(found.message)
    }
    this.startTimer(queue)
  }

  isReachable(): boolean {
    return this.store.fault === "none" || this.store.fault === "lose-answer"
  }

  /** Whether this answer of the store is the one that is lost. */
  losesAnswer(): boolean {
    const loses = this.store.fault === "lose-answer"
    if (loses) this.store.fault = "none"
    return loses
  }

  /** The store has given the message to a worker that never got it: it comes back, and no attempt was made. */
  loseOnItsWay(queue: string, message: HeldMessage, subscription: Subscription): void {
    message.state = "active"
    this.clock.setTimeout(() => {
      message.state = "waiting"
      this.wake(queue)
    }, this.leaseMs(subscription))
  }

  /** Makes messages of the schedules that are due. */
  abstract tick(queue: string): void
  /** When the next schedule is due, or never. */
  abstract nextTickAt(held: HeldQueue): number

  startTimer(queue: string): void {
    const held = this.queueOf(queue)
    held.timer?.cancel()
    held.timer = undefined
    const at = Math.min(this.nextDueAt(held), this.nextTickAt(held), this.windowEnd(held))
    if (at === Number.POSITIVE_INFINITY) return
    held.timer = this.clock.setTimeout(() => this.pump(queue), Math.max(0, at - this.clock.monotonic()))
  }

  nextDelivery(held: HeldQueue): { message: HeldMessage; subscription: Subscription } | undefined {
    if (!this.mayStart(held)) return undefined
    const free = held.subscriptions.filter((subscription) => this.hasSlot(subscription))
    for (const message of this.waiting(held)) {
      const subscription = free.find((other) => this.takesGroup(held, message, other))
      if (subscription === undefined) continue
      // The next message goes to another one.
      held.subscriptions.splice(held.subscriptions.indexOf(subscription), 1)
      held.subscriptions.push(subscription)
      return { message, subscription }
    }
    return undefined
  }

  hasSlot({ concurrency, running }: Subscription): boolean {
    return running.size < concurrency
  }

  /** What waits, the next one first. */
  waiting(held: HeldQueue): HeldMessage[] {
    const served = ({ options }: HeldMessage) =>
      options.groupKey === undefined ? 0 : (held.groupsServed.get(options.groupKey) ?? 0)
    return this.messagesOf(held, "waiting").sort(
      (one, other) =>
        this.priorityOf(one.options) - this.priorityOf(other.options) ||
        served(one) - served(other) ||
        one.order - other.order,
    )
  }

  takesGroup(held: HeldQueue, { options }: HeldMessage, { groupConcurrency }: Subscription): boolean {
    if (options.groupKey === undefined) return true
    const running = this.messagesOf(held, "active").filter((other) => other.options.groupKey === options.groupKey)
    return running.length < groupConcurrency
  }

  mayStart({ rateLimit, window }: HeldQueue): boolean {
    if (rateLimit === undefined) return true
    return this.clock.monotonic() >= window.opensAt + rateLimit.durationMs || window.started < rateLimit.max
  }

  countStart(held: HeldQueue): void {
    const { rateLimit, window } = held
    if (rateLimit === undefined) return
    if (this.clock.monotonic() < window.opensAt + rateLimit.durationMs) window.started++
    else held.window = { opensAt: this.clock.monotonic(), started: 1 }
  }

  /** When a window that is full ends, or never. */
  windowEnd(held: HeldQueue): number {
    const { rateLimit, window } = held
    if (rateLimit === undefined || this.mayStart(held)) return Number.POSITIVE_INFINITY
    return window.opensAt + rateLimit.durationMs
  }

  /** Runs the handler of this client. */
  start(queue: string, subscription: Subscription, message: HeldMessage): void {
    const held = this.queueOf(queue)
    message.state = "active"
    message.attempts++
    message.startedAt = this.clock.now()
    if (message.options.groupKey !== undefined) held.groupsServed.set(message.options.groupKey, ++held.served)
    const running: Running = { controller: new AbortController(), said: {}, done: Promise.resolve() }
    subscription.running.set(message, running)
    running.done = this.run(queue, subscription, message, running)
    this.watch(queue, subscription, message, running)
  }

  async run(queue: string, subscription: Subscription, message: HeldMessage, running: Running): Promise<void> {
    const { attempts } = message
    const limit = this.limit(running, this.timeoutOf(message, subscription))
    const outcome = await Promise.race([this.handle(subscription, message, running), limit.givenUp])
    limit.timer?.cancel()
    if (this.killed) return
    subscription.running.delete(message)
    this.finish(queue, message, running, outcome)
    if (!this.isRunning(message, attempts)) running.lease?.cancel()
    if (this.losesAnswer()) this.settledUnheard(queue, message)
    this.wake(queue)
  }

  timeoutOf({ options }: HeldMessage, { timeoutMs }: Subscription): number | undefined {
    return options.timeoutMs ?? timeoutMs
  }

  /** Ends the attempt when its time is over, and gives its handler up a little later. */
  limit(running: Running, timeoutMs: number | undefined): { givenUp: Promise<undefined>; timer?: Timer } {
    if (timeoutMs === undefined) return { givenUp: new Promise(() => {}) }
    let giveUp: (value: undefined) => void = () => {}
    const givenUp = new Promise<undefined>((resolve) => {
      giveUp = resolve
    })
    const timer = this.clock.setTimeout(() => {
      running.over = "timeout"
      this.abort(running)
      this.clock.setTimeout(() => giveUp(undefined), this.giveUpMs())
    }, timeoutMs)
    return { givenUp, timer }
  }

  /** How long a slot waits for a handler whose time is over. */
  giveUpMs(): number {
    return 5000
  }

  finish(queue: string, message: HeldMessage, running: Running, outcome: Outcome | undefined): void {
    if (running.over === "timeout") this.settle(queue, message, running, TIMED_OUT)
    else if (running.over === undefined && outcome !== undefined) this.settle(queue, message, running, outcome)
  }

  /** The store knows how the delivery ended, and its answer was lost. */
  settledUnheard(_queue: string, _message: HeldMessage): void {}

  /** Lets the store know when its worker is gone, or the message lost for another reason. */
  watch(queue: string, subscription: Subscription, message: HeldMessage, running: Running): void {
    const { attempts } = message
    running.lease = this.clock.setTimeout(() => {
      if (!this.isRunning(message, attempts)) return
      if (this.holds()) this.watch(queue, subscription, message, running)
      else this.lose(queue, message)
    }, this.leaseMs(subscription))
  }

  isRunning(message: HeldMessage, attempts: number): boolean {
    return message.state === "active" && message.attempts === attempts
  }

  /** Whether the worker still gives signs of life. */
  holds(): boolean {
    return !this.killed
  }

  leaseMs({ visibilityMs }: Subscription): number {
    return visibilityMs
  }

  /** A delivery whose worker is gone. */
  lose(queue: string, message: HeldMessage): void {
    const error = { message: "The worker was lost." }
    message.failures.push({ ...this.failureOf(message, "crash", error), detectedAt: this.clock.now() })
    message.error = error
    if (this.isUsedUp(message)) this.die(queue, message, "max_deliveries", error)
    else message.state = "waiting"
    this.wake(queue)
  }

  abort({ controller }: Running): void {
    controller.abort(new ServiceError("ABORTED", "The attempt is over."))
  }

  async handle(subscription: Subscription, message: HeldMessage, running: Running): Promise<Outcome> {
    try {
      return { value: await subscription.handler(this.messageOf(message), this.contextOf(message, running)) }
    } catch (thrown) {
      return { thrown: this.errorOf(thrown) }
    }
  }

  messageOf(message: HeldMessage): QueueMessage<never> {
    const { attempts, id, options, queue, timestamp } = message
    return {
      id,
      queue,
      ...(options.type !== undefined && { type: options.type }),
      data: this.copyOut(message.json) as never,
      attempts,
      timestamp,
      ...(options.metadata !== undefined && { metadata: { ...options.metadata } }),
    }
  }

  contextOf(message: HeldMessage, running: Running): TaskContext {
    const { said } = running
    return {
      signal: running.controller.signal,
      maxAttempts: this.maxAttemptsOf(message),
      extend: async (ms) => this.refuseIf(handlerTimeIssue("ms", ms)),
      progress: async (value) => {
        this.refuseIf(progressIssue(value))
        message.progress = value
      },
      retryLater: (delayMs) => {
        this.refuseIf(handlerTimeIssue("delayMs", delayMs))
        said.later = delayMs
      },
      dead: (reason) => {
        said.dead = reason
      },
    }
  }

  maxAttemptsOf({ options }: HeldMessage): number {
    return options.maxAttempts ?? QUEUE_DEFAULTS.maxAttempts
  }

  errorOf(thrown: unknown): TaskError {
    if (typeof thrown === "string") return { message: thrown }
    if (!(thrown instanceof Error)) return { message: `The handler threw ${typeName(thrown)}.` }
    const { code, message } = thrown as Error & { code?: unknown }
    return { message, ...(typeof code === "string" && { code }) }
  }

  settle(queue: string, message: HeldMessage, { said }: Running, { reason = "error", thrown, value }: Outcome): void {
    if (said.dead !== undefined) this.die(queue, message, "handler", { message: said.dead })
    else if (said.later !== undefined) this.giveBack(message, said.later)
    else if (thrown !== undefined) this.fail(queue, message, reason, thrown)
    else this.complete(message, value)
  }

  complete(message: HeldMessage, value: unknown): void {
    message.state = "completed"
    message.finishedAt = this.clock.now()
    message.result = value === undefined ? undefined : this.resultOf(value)
  }

  resultOf(value: unknown): string | undefined {
    try {
      if (jsonIssue(value, "result") !== undefined) return undefined
      const json = JSON.stringify(value)
      return this.sizeOf(json) > this.capabilities.maxPayloadBytes ? undefined : json
    } catch {
      return undefined
    }
  }

  /** Of a delivery that does not count. */
  giveBack(message: HeldMessage, delayMs: number): void {
    message.attempts--
    this.deliverLater(message, delayMs)
  }

  deliverLater(message: HeldMessage, delayMs: number): void {
    message.order = ++this.queueOf(message.queue).published
    message.state = delayMs > 0 ? "delayed" : "waiting"
    message.dueAt = this.clock.monotonic() + delayMs
  }

  fail(queue: string, message: HeldMessage, reason: TaskFailure["reason"], error: TaskError): void {
    message.failures.push({ ...this.failureOf(message, reason, error), failedAt: this.clock.now() })
    message.error = error
    if (this.isUsedUp(message)) this.die(queue, message, "max_attempts", error)
    else this.deliverLater(message, this.waitOf(message.options.backoff, message.attempts))
  }

  failureOf(message: HeldMessage, reason: TaskFailure["reason"], error: TaskError): TaskFailure {
    return { attempt: message.attempts, reason, error, startedAt: message.startedAt ?? 0 }
  }

  isUsedUp(message: HeldMessage): boolean {
    return message.attempts >= this.maxAttemptsOf(message)
  }

  /** Milliseconds between attempt `attempt` and the next one. */
  waitOf(backoff: Backoff = QUEUE_DEFAULTS.backoff, attempt: number): number {
    const { jitter = 0, maxDelayMs = QUEUE_DEFAULTS.backoff.maxDelayMs } = backoff
    return Math.min(this.growthOf(backoff, attempt), maxDelayMs) * (1 - jitter / 2)
  }

  growthOf({ delayMs, multiplier = QUEUE_DEFAULTS.backoff.multiplier, type }: Backoff, attempt: number): number {
    if (type === "fixed") return delayMs
    return type === "linear" ? delayMs * attempt : delayMs * multiplier ** (attempt - 1)
  }

  die(queue: string, message: HeldMessage, reason: FailedMessage["reason"], error: TaskError): void {
    message.state = "dead"
    message.order = ++this.queueOf(queue).published
    message.finishedAt = this.clock.now()
    message.reason = reason
    message.error = error
    const copies = this.definitions.get(queue)?.deadLetterQueue
    const isCopy = message.options.metadata?.["deadLetterOf"] !== undefined
    if (copies !== undefined && !isCopy) this.copyDead(copies, message)
  }

  copyDead(queue: string, { id, json, options }: HeldMessage): void {
    this.add(queue, this.copyOut(json), {
      ...(options.type !== undefined && { type: options.type }),
      metadata: { ...options.metadata, deadLetterOf: id },
    })
  }
}

import type {
  DeliveryOrigin,
  FailedMessage,
  QueueHandler,
  QueueMessage,
  TaskError,
  TaskFailure,
} from "../../../contracts/queue/message.ts"
import { isTransient } from "../../../core/foundation/transient.ts"
import {
  type AbortReason,
  type Attempt,
  type AttemptOutcome,
  backoffMs,
  Run,
  type RunListener,
} from "../../../core/queue/for-adapters.ts"
import type { Backend } from "./library.ts"
import type { Lock, Locks } from "./locks.ts"
import type { OpenRun, OpenRuns } from "./open-runs.ts"
import type { Publisher } from "./publisher.ts"
import type { Schedules } from "./schedules.ts"
import { progressScript } from "./scripts.ts"
import {
  type Fetched,
  type Fields,
  type Holding,
  persist,
  RETRY_MS,
  type Settled,
  settle,
  type Verdict,
} from "./settle.ts"
import { LOST, type Starts } from "./starts.ts"
import { announce, type Store } from "./store.ts"
import {
  decodePlan,
  type FetchedJob,
  failureFields,
  messageOf,
  type StoredMessage,
  type TickPlan,
} from "./stored-message.ts"

/** What the deliveries of one subscription share. */
export interface Deliverer {
  readonly store: Store
  readonly queue: string
  readonly base: string
  readonly backend: Backend
  readonly handler: QueueHandler<never>
  /** Of messages that say nothing. */
  readonly timeoutMs: number | undefined
  /** Since the lock of a message was renewed last. */
  readonly leaseMs: number
  readonly locks: Locks
  readonly starts: Starts
  readonly publisher: Publisher
  readonly schedules: Schedules
  /** By queue and id, of the whole instance. */
  readonly runs: OpenRuns
  /** A name that no other delivery has. */
  nextRun(): string
  /** A record was added to those that are kept. */
  completed(): void
  readonly stopped: boolean
  /** Whether the slot may go on with another message. */
  readonly mayGoOn: boolean
}

interface Begun {
  readonly outcome: "lost" | "begun" | "exhausted"
  readonly attempt: number
  readonly epoch: number
  readonly startedAt: number
  /** Whether the worker that had it before was lost. */
  readonly isAfterCrash: boolean
}

/** One delivery of one message: a lock that is kept, an attempt, and who waits for its run. */
export class Delivery implements Holding, Lock, Attempt, RunListener, OpenRun {
  readonly id: string
  readonly job: FetchedJob
  readonly token: string
  readonly run: string
  keptUntil = 0
  place = -1
  readonly #to: Deliverer
  readonly #plan: StoredMessage
  #message: QueueMessage | undefined = undefined
  #handlerRun: Run | undefined = undefined
  #begun: Begun | undefined = undefined
  #isLost = false
  #settling = false
  #settled: (outcome: AttemptOutcome) => void = () => {}
  #over: Promise<void> | undefined = undefined
  #onOver: (() => void) | undefined = undefined

  constructor(to: Deliverer, job: FetchedJob, token: string) {
    this.#to = to
    this.#plan = decodePlan(job.opts)
    this.id = job.id
    this.job = job
    this.token = token
    this.run = to.nextRun()
  }

  get backend(): Backend {
    return this.#to.backend
  }

  get base(): string {
    return this.#to.base
  }

  get leaseMs(): number {
    return this.#to.leaseMs
  }

  get message(): QueueMessage {
    this.#message ??= messageOf(this.#to.queue, this.job, this.#plan, this.#begun?.attempt ?? 0)
    return this.#message
  }

  get maxAttempts(): number {
    return this.#plan.maxAttempts
  }

  get origin(): DeliveryOrigin | undefined {
    if (this.#begun?.isAfterCrash) return "crash"
    if (this.#begun !== undefined && this.#begun.epoch > 0) return "replay"
    return this.#plan.tick === undefined ? undefined : "schedule"
  }

  get timeoutMs(): number | undefined {
    return this.#plan.timeoutMs ?? this.#to.timeoutMs
  }

  get maxResultBytes(): number {
    return this.#to.store.options.maxPayloadBytes
  }

  /** Asked again while there is time for a call: an answer that was lost is no reason to fail. */
  async extend(ms: number): Promise<void> {
    const { locks, store } = this.#to
    const deadline = store.clock.monotonic() + store.options.timeoutMs
    for (;;) {
      try {
        return await locks.keep(this, ms)
      } catch (error) {
        if (!isTransient(store.connection.mapError(error)) || store.clock.monotonic() >= deadline) throw error
        await store.clock.sleep(RETRY_MS)
      }
    }
  }

  async progress(value: number): Promise<void> {
    await this.#to.store.redis.run(progressScript, [this.base + this.id], this.run, String(value))
  }

  discarded(reason: AbortReason | "timeout"): void {
    this.#to.store.counts.discarded++
    const { durationMs: _, ...named } = this.#named(this.#begun?.attempt ?? 0)
    announce(this.#to.store, "queue.result.discarded", { ...named, reason })
  }

  settled(outcome: AttemptOutcome): void {
    this.#settled(outcome)
  }

  giveUp(): void {
    this.lost()
  }

  get over(): Promise<void> {
    this.#over ??= new Promise((resolve) => {
      this.#onOver = resolve
    })
    return this.#over
  }

  lost(): void {
    if (this.#settling) return
    this.#isLost = true
    this.#to.locks.remove(this)
    this.#handlerRun?.abort("lost")
  }

  /** Ends the attempt: the queue waits no longer. */
  close(): void {
    this.#handlerRun?.abort("closed")
  }

  /** @returns What the slot is to go on with. Rejects CLOSED where the connection is closed meanwhile. */
  async deliver(): Promise<Fetched | undefined> {
    const { locks, runs } = this.#to
    locks.add(this)
    try {
      if (runs.size > 0) await this.#olderRun()
      if (this.#to.stopped) return await this.#giveBack({})
      if (this.#plan.tick !== undefined) await this.#follow(this.#plan.tick)
      const begun = await this.#begin()
      if (begun.outcome === "lost") return undefined
      if (begun.outcome === "exhausted") return await this.#die(begun, "max_deliveries", LOST, undefined)
      return await this.#answer(begun, await this.#handle(begun))
    } finally {
      locks.remove(this)
    }
  }

  /** Waits for a handler here that still has the message from before. */
  async #olderRun(): Promise<void> {
    const older = this.#to.runs.get(this.base + this.id)
    if (older === undefined) return
    older.giveUp()
    await older.over
  }

  /** A tick that comes makes the next one. */
  async #follow(tick: TickPlan): Promise<void> {
    const { queue, schedules, store } = this.#to
    const { id, timestamp } = this.job
    await persist(store, () => schedules.follow(queue, { ...tick, id, at: timestamp }))
  }

  async #begin(): Promise<Begun> {
    const { base, id, run, token } = this
    const { startedAt, answer } = await this.#to.starts.count({
      key: base + id,
      token,
      run,
      most: this.#plan.maxAttempts,
    })
    const [code, attempt = 0, epoch = 0, crashedAt = ""] = answer
    const isAfterCrash = crashedAt !== ""
    if (code === 0) return { outcome: "lost", attempt, epoch, startedAt, isAfterCrash }
    if (isAfterCrash) {
      const crashed = code === 1 ? attempt - 1 : attempt
      this.#announceFailure(crashed, startedAt - Number(crashedAt), LOST, code === 1)
    }
    return { outcome: code === 1 ? "begun" : "exhausted", attempt, epoch, startedAt, isAfterCrash }
  }

  /** Runs the handler. Other deliveries of the message here wait for it. */
  #handle(begun: Begun): Promise<AttemptOutcome> {
    const { handler, runs, store } = this.#to
    const key = this.base + this.id
    store.counts.started++
    this.#begun = begun
    runs.set(key, this)
    return new Promise((resolve) => {
      this.#settled = (outcome) => {
        runs.delete(key, this)
        this.#settling = true
        this.#onOver?.()
        resolve(outcome)
      }
      this.#handlerRun = new Run(this, store.clock, this)
      this.#handlerRun.start(handler)
      if (this.#isLost) this.#handlerRun.abort("lost")
    })
  }

  #answer(begun: Begun, outcome: AttemptOutcome): Promise<Fetched | undefined> | undefined {
    switch (outcome.kind) {
      case "completed":
        return this.#complete(begun, outcome)
      case "failed":
        return this.#fail(begun, outcome)
      case "dead":
        return this.#die(begun, "handler", outcome.error, this.#failure(begun, "error", outcome.error))
      case "later":
        return this.#giveBack(this.#uncounted(begun), outcome.delayMs)
      case "aborted":
        return outcome.reason === "closed" ? this.#giveBack(this.#uncounted(begun)) : undefined
    }
  }

  async #complete(
    begun: Begun,
    { refused, result }: AttemptOutcome & { kind: "completed" },
  ): Promise<Fetched | undefined> {
    const { store } = this.#to
    const settled = await this.#settle({ kind: "completed", result })
    if (!settled.accepted) return undefined
    store.counts.completed++
    this.#to.completed()
    announce(store, "queue.task.completed", this.#named(begun.attempt, this.#since(begun)))
    if (refused !== undefined) {
      const { attempts: _, durationMs: __, ...named } = this.#named(begun.attempt)
      announce(store, "queue.result.refused", { ...named, message: refused })
    }
    return settled.next
  }

  async #fail(begun: Begun, { error, reason }: AttemptOutcome & { kind: "failed" }): Promise<Fetched | undefined> {
    const failure = this.#failure(begun, reason, error)
    if (begun.attempt >= this.#plan.maxAttempts) return this.#die(begun, "max_attempts", error, failure)
    const { random } = this.#to.store
    const fields = failureFields(failure, reason === "timeout" ? "timeout" : "failed")
    const delayMs = backoffMs(this.#plan.backoff, begun.attempt, random)
    const settled = await this.#settle({ kind: "delayed", delayMs, fields, counts: true })
    if (settled.accepted) this.#announceFailure(begun.attempt, this.#since(begun), error, true)
    return settled.next
  }

  async #die(
    begun: Begun,
    reason: FailedMessage["reason"],
    error: TaskError,
    failure: TaskFailure | undefined,
  ): Promise<Fetched | undefined> {
    const { store } = this.#to
    this.#settling = true
    await this.#copyToDeadLetters(begun.epoch)
    const fields: Fields = { ...(failure && failureFields(failure, "dead")), "o:why": reason }
    const settled = await this.#settle({ kind: "dead", reason: error.message, fields })
    if (!settled.accepted) return undefined
    store.counts.dead++
    if (failure !== undefined) this.#announceFailure(begun.attempt, this.#since(begun), error, false)
    const { durationMs: _, ...named } = this.#named(begun.attempt)
    announce(store, "queue.task.dead", { ...named, reason, error })
    return settled.next
  }

  /**
   * Before the death is recorded, so that none is without its copy; by a key, so that none has two. A copy that dies is
   * not copied again: queues could be each other's.
   */
  async #copyToDeadLetters(epoch: number): Promise<void> {
    const { publisher, queue, store } = this.#to
    const { data, id } = this.job
    const deadLetters = store.definitions.get(queue)?.deadLetterQueue
    const { metadata, type } = this.#plan
    if (deadLetters === undefined || metadata?.["deadLetterOf"] !== undefined) return
    const options = {
      type,
      metadata: { ...metadata, deadLetterOf: id },
      idempotencyKey: `dead:${id}:${epoch}:${queue}`,
    }
    try {
      await persist(store, () => publisher.publishCopy(deadLetters, JSON.parse(data), options))
    } catch (error) {
      const failure = store.connection.mapError(error)
      if (failure.code === "CLOSED") throw error
      store.logger.warn("A dead message has no copy.", { queue, id, deadLetters, error: failure })
    }
  }

  async #giveBack(fields: Fields, delayMs = 0): Promise<Fetched | undefined> {
    const verdict: Verdict = { kind: "delayed", delayMs, fields, counts: false }
    const settled = await settle(this.#to.store, this, verdict, this.#to.mayGoOn)
    return settled.next
  }

  /** A delivery that was given back does not count. */
  #uncounted({ attempt }: Begun): Fields {
    return { "o:starts": attempt - 1, "o:state": "" }
  }

  async #settle(verdict: Verdict): Promise<Settled> {
    const settled = await settle(this.#to.store, this, verdict, this.#to.mayGoOn)
    if (!settled.accepted && this.#handlerRun !== undefined) this.discarded("lost")
    return settled
  }

  #since({ startedAt }: Begun): number {
    return Math.max(0, this.#to.store.clock.now() - startedAt)
  }

  #failure({ attempt, startedAt }: Begun, reason: "error" | "timeout", error: TaskError): TaskFailure {
    return { attempt, reason, error, startedAt, failedAt: Math.floor(this.#to.store.clock.now()) }
  }

  #named(attempts: number, durationMs = 0) {
    const { queue, store } = this.#to
    const { type } = this.#plan
    const { id } = this
    return type === undefined
      ? { service: store.name, queue, id, attempts, durationMs }
      : { service: store.name, queue, id, type, attempts, durationMs }
  }

  #announceFailure(attempt: number, durationMs: number, error: TaskError, willRetry: boolean): void {
    this.#to.store.counts.failed++
    announce(this.#to.store, "queue.task.failed", { ...this.#named(attempt, durationMs), error, willRetry })
  }
}

import type { Timer } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { inNoContext } from "../../../contracts/foundation/no-context.ts"
import type { QueueHandler } from "../../../contracts/queue/message.ts"
import type { RateLimit } from "../../../contracts/queue/queue.ts"
import { type Deliverer, Delivery } from "./delivery.ts"
import type { Backend } from "./library.ts"
import { Locks } from "./locks.ts"
import type { OpenRuns } from "./open-runs.ts"
import type { Publisher } from "./publisher.ts"
import type { Schedules } from "./schedules.ts"
import { delistScript, enlistScript } from "./scripts.ts"
import { type Fetched, RETRY_MS, readFetched } from "./settle.ts"
import { Starts } from "./starts.ts"
import { runScript, type Store } from "./store.ts"
import type { FetchedJob } from "./stored-message.ts"
import { WaitingLine } from "./waiting-line.ts"

/** The longest wait for a mark. Another worker may have taken the mark and be gone, so that none comes. */
const WAIT_MS = 1000
/** How long a worker counts as there, and how often it says so. */
const PRESENT_MS = 30_000
const PRESENCE_MS = 10_000
/** Of the keys and fields that this adapter writes. */
const LAYOUT = "1"
const UNREADABLE = "A queue cannot be read."
const UNCHECKED = "A queue cannot be checked."

export interface WorkerSettings {
  readonly handler: QueueHandler<never>
  readonly concurrency: number
  readonly visibilityMs: number
  readonly rateLimit: RateLimit | undefined
  readonly timeoutMs: number | undefined
}

export interface WorkerNeeds {
  readonly store: Store
  readonly backend: Backend
  readonly publisher: Publisher
  readonly schedules: Schedules
  readonly runs: OpenRuns
  completed(): void
  /** Called every check interval, while the server answers. */
  check(): Promise<void>
}

/** Takes the messages of one queue, as long as it is not stopped. */
export class Worker implements Deliverer {
  readonly store: Store
  readonly queue: string
  readonly base: string
  readonly backend: Backend
  readonly handler: QueueHandler<never>
  readonly timeoutMs: number | undefined
  readonly leaseMs: number
  readonly locks: Locks
  readonly starts: Starts
  readonly publisher: Publisher
  readonly schedules: Schedules
  readonly runs: OpenRuns
  readonly checkMs: number
  /** Messages that it was given. */
  taken = 0
  /** Until when the rate limit lets none start. Monotonic milliseconds. */
  limitedUntil = 0
  readonly #needs: WorkerNeeds
  readonly #concurrency: number
  readonly #limit: string
  readonly #name: string
  readonly #line: WaitingLine
  readonly #timers = new Set<Timer>()
  /** What was told of, and does not work yet. */
  readonly #troubles = new Set<string>()
  #running = 0
  #tokens = 0
  #isStopped = false
  #isEnlisted = false
  #onSlot: (() => void) | undefined
  #loop: Promise<void> = Promise.resolve()

  constructor(queue: string, settings: WorkerSettings, needs: WorkerNeeds) {
    const { backend, publisher, runs, schedules, store } = needs
    this.store = store
    this.queue = queue
    this.base = store.keys.base(queue)
    this.backend = backend
    this.publisher = publisher
    this.schedules = schedules
    this.runs = runs
    this.handler = settings.handler
    this.timeoutMs = settings.timeoutMs
    this.leaseMs = settings.visibilityMs
    this.locks = new Locks(backend, store.clock, settings.visibilityMs)
    this.starts = new Starts(store)
    this.checkMs = settings.visibilityMs / 2
    this.#needs = needs
    this.#concurrency = settings.concurrency
    this.#limit = settings.rateLimit ? `${settings.rateLimit.max}/${settings.rateLimit.durationMs}` : "none"
    this.#name = store.nextId()
    this.#line = new WaitingLine(store.options, store.clock)
  }

  get stopped(): boolean {
    return this.#isStopped
  }

  get mayGoOn(): boolean {
    return !this.#isStopped && this.#running <= this.#concurrency
  }

  get isFull(): boolean {
    return this.#running >= this.#concurrency
  }

  get running(): number {
    return this.#running
  }

  completed(): void {
    this.#needs.completed()
  }

  nextRun(): string {
    return `${this.#name}:${this.#tokens++}`
  }

  /** Rejects where the server is away, or has workers that this one does not agree with. */
  async start(): Promise<void> {
    await this.#enlist()
    // It was stopped meanwhile.
    if (this.#isStopped) return
    this.#loop = inNoContext(() => this.#fetchAll())
    this.#every(PRESENCE_MS, () => this.#enlist())
    this.#every(this.checkMs, () => this.#check(), 0)
  }

  /** Takes nothing more. Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#line.close()
    this.#onSlot?.()
    await this.#loop
    for (const timer of this.#timers) timer.cancel()
    this.locks.close()
    const { queue, store } = this
    if (this.#isEnlisted) await runScript(store, queue, delistScript, [], this.#name, this.#limit).catch(() => {})
    await this.backend.close()
  }

  /** Gives back what still runs. */
  abort(): void {
    for (const lock of this.locks.all()) lock.close()
  }

  async #enlist(): Promise<void> {
    const { keys } = this.store
    const args = [this.queue, this.#name, this.#limit, String(PRESENT_MS), LAYOUT]
    const answer = await runScript(this.store, this.queue, enlistScript, [keys.queues], ...args)
    const [outcome, other] = answer as [number, string?]
    this.#isEnlisted ||= outcome === 0
    if (outcome === 1) {
      const got = this.#limit === "none" ? "no rateLimit" : this.#limit
      const must = other === "none" ? "have no rateLimit" : `have the rateLimit ${other}`
      throw new ServiceError(
        "PRECONDITION_FAILED",
        `A subscription of this queue must ${must}, as its others do; got ${got}.`,
      )
    }
    if (outcome === 2) {
      throw new ServiceError(
        "PRECONDITION_FAILED",
        `The queue must have the layout ${LAYOUT} of this adapter; got ${other} of another version.`,
      )
    }
  }

  async #check(): Promise<void> {
    await this.backend.moveStalledJobsToWait()
    await this.#needs.check()
  }

  #every(ms: number, run: () => Promise<void>, first = ms): void {
    const timer = this.store.clock.setTimeout(() => {
      this.#timers.delete(timer)
      run()
        .then(() => this.#troubles.delete(UNCHECKED))
        .catch((error: unknown) => this.#trouble(UNCHECKED, error))
        .finally(() => {
          if (!this.#isStopped || this.#running > 0) this.#every(ms, run)
        })
    }, first)
    this.#timers.add(timer)
  }

  async #fetchAll(): Promise<void> {
    while (!this.#isStopped) {
      if (this.isFull) {
        await this.#freeSlot()
        continue
      }
      const token = this.nextRun()
      try {
        const fetched = readFetched(await this.backend.moveToActive(token))
        if (fetched.job !== undefined) this.#occupy(fetched.job, token)
        else await this.#wait(fetched)
        this.#troubles.delete(UNREADABLE)
      } catch (error) {
        if (this.#isStopped) break
        this.#trouble(UNREADABLE, error)
        await this.#pause(RETRY_MS)
      }
    }
    while (this.#running > 0) await this.#freeSlot()
  }

  /** What is tried again until it works is told of once. */
  #trouble(message: string, error: unknown): void {
    if (this.#troubles.has(message)) return
    this.#troubles.add(message)
    this.#warn(message, error)
  }

  #warn(message: string, error: unknown): void {
    this.store.logger.warn(message, { queue: this.queue, error: this.store.connection.mapError(error) })
  }

  #freeSlot(): Promise<void> {
    return new Promise((resolve) => {
      this.#onSlot = resolve
    })
  }

  /** Until there may be something to take. */
  async #wait({ dueAt, limitedMs }: Fetched): Promise<void> {
    if (this.#isStopped) return
    if (limitedMs > 0) {
      this.limitedUntil = this.store.clock.monotonic() + limitedMs
      return this.#pause(Math.min(limitedMs, WAIT_MS))
    }
    const left = dueAt === 0 ? WAIT_MS : Math.min(WAIT_MS, Math.ceil(dueAt - Date.now()))
    if (left <= 0) return
    const score = await this.#line.take(`${this.base}marker`, left)
    // A mark of a delayed message tells when it is due.
    if (score !== undefined && score > Date.now()) await this.#wait({ job: undefined, limitedMs: 0, dueAt: score })
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.#timers.delete(timer)
        resolve()
      }
      const timer = this.store.clock.setTimeout(end, ms)
      this.#timers.add(timer)
      this.#onSlot = () => {
        if (this.#timers.has(timer)) timer.cancel()
        end()
      }
    })
  }

  /** Fills a slot, which goes on as long as it is given more. */
  #occupy(first: FetchedJob, token: string): void {
    this.#running++
    this.#deliverAll(first, token)
      .catch((error: unknown) => this.#warn("A message is left to its lock.", error))
      .finally(() => {
        this.#running--
        this.#onSlot?.()
      })
  }

  async #deliverAll(first: FetchedJob, token: string): Promise<void> {
    let job: FetchedJob | undefined = first
    while (job !== undefined) {
      this.taken++
      const fetched: Fetched | undefined = await new Delivery(this, job, token).deliver()
      if (fetched !== undefined && fetched.limitedMs > 0) {
        this.limitedUntil = this.store.clock.monotonic() + fetched.limitedMs
      }
      job = fetched?.job
    }
  }
}

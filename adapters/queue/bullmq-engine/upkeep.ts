import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import { proveWrites } from "../../kit/engines/redis/health.ts"
import type { Management } from "./management.ts"
import type { Schedules } from "./schedules.ts"
import { horizon, type Store } from "./store.ts"
import { TRIM_STEP, trim } from "./trim.ts"
import type { Worker } from "./worker.ts"

/** A worker's queue is swept after so many completions, and now and then. */
const COMPLETIONS = 250
/** However often a worker checks for lost messages. */
const UPKEEP_MS = 1000

type Health = Omit<PluginHealthStatus, "latency">

/** What a worker's queue showed: how long something has been due, and nothing was taken. */
interface Observation {
  taken: number
  /** Monotonic milliseconds; undefined while all is well. */
  since: number | undefined
}

/** Drops what retention lets go, and tells whether work goes on. */
export class Upkeep {
  readonly #store: Store
  readonly #management: Management
  readonly #schedules: Schedules
  readonly #workers: ReadonlyMap<string, Worker>
  readonly #observations = new WeakMap<Worker, Observation>()
  readonly #completions = new Map<string, number>()
  readonly #upkept = new Map<string, number>()
  readonly #sweeping = new Map<string, Promise<void>>()

  constructor(store: Store, management: Management, schedules: Schedules, workers: ReadonlyMap<string, Worker>) {
    this.#store = store
    this.#management = management
    this.#schedules = schedules
    this.#workers = workers
  }

  /** A message of the queue was completed. */
  completed(queue: string): void {
    const count = (this.#completions.get(queue) ?? 0) + 1
    this.#completions.set(queue, count)
    if (count % COMPLETIONS === 0) this.sweep(queue).catch(() => {})
  }

  /** What a worker does at each of its checks. */
  async check(queue: string): Promise<void> {
    const now = this.#store.clock.monotonic()
    if (now - (this.#upkept.get(queue) ?? Number.NEGATIVE_INFINITY) < UPKEEP_MS) return
    this.#upkept.set(queue, now)
    await this.#upkeep(queue)
  }

  async #upkeep(queue: string): Promise<void> {
    await this.sweep(queue)
    await this.#schedules.repair(queue)
    const worker = this.#workers.get(queue)
    if (worker !== undefined) await this.#observe(worker)
  }

  /** One at a time for each queue. */
  sweep(queue: string): Promise<void> {
    const known = this.#sweeping.get(queue)
    if (known !== undefined) return known
    const sweeping = this.#sweep(queue).finally(() => this.#sweeping.delete(queue))
    this.#sweeping.set(queue, sweeping)
    return sweeping
  }

  async health(): Promise<Health> {
    const { connection, keys, redis } = this.#store
    await proveWrites(connection, redis, keys.health)
    const details: Record<string, unknown> = { server: connection.address }
    const policy = await this.#evictionPolicy()
    details["maxmemory-policy"] = policy ?? "unknown: the server does not say"
    for (const [queue, worker] of this.#workers) {
      await this.#upkeep(queue)
      const idleMs = this.#idleMs(worker)
      if (idleMs <= 2 * worker.checkMs) continue
      const message = `Messages of the queue ${queue} are due, and none was taken for ${Math.round(idleMs)} ms.`
      return { status: "unhealthy", message, details: { ...details, code: "INTERNAL" } }
    }
    if (policy !== undefined && policy !== "noeviction") {
      const message = `The server must have the maxmemory-policy noeviction, or it drops messages; got ${policy}.`
      return { status: "degraded", message, details }
    }
    const { trouble } = this.#schedules
    return trouble === undefined ? { status: "healthy", details } : { status: "degraded", message: trouble, details }
  }

  async #sweep(queue: string): Promise<void> {
    const { completed, dead } = horizon(this.#store)
    const base = this.#store.keys.base(queue)
    await this.#trim(queue, `${base}completed`, completed, this.#store.options.retention.completedCount)
    await this.#trim(queue, `${base}failed`, dead, Number.MAX_SAFE_INTEGER)
  }

  async #trim(queue: string, key: string, before: number, most: number): Promise<void> {
    while ((await trim(this.#store, queue, key, `(${Math.floor(before)}`, most)) === TRIM_STEP);
  }

  /** A worker whose slots are full, that is limited or whose queue is paused takes nothing, and is well. */
  async #observe(worker: Worker): Promise<void> {
    const { monotonic } = this.#store.clock
    const known = this.#observations.get(worker)
    const limited = worker.limitedUntil > monotonic()
    const { paused, waiting } = await this.#management.counts(worker.queue)
    const isIdle = waiting > 0 && !paused && !worker.isFull && !limited && worker.taken === known?.taken
    this.#observations.set(worker, {
      taken: worker.taken,
      since: isIdle ? (known?.since ?? monotonic()) : undefined,
    })
  }

  #idleMs(worker: Worker): number {
    const since = this.#observations.get(worker)?.since
    return since === undefined ? 0 : this.#store.clock.monotonic() - since
  }

  /** Undefined where the server does not say. */
  async #evictionPolicy(): Promise<string | undefined> {
    try {
      const text = String(await this.#store.connection.sendTo(undefined, ["INFO", "memory"]))
      return /^maxmemory_policy:(\S+)/m.exec(text)?.[1]
    } catch {
      return undefined
    }
  }
}

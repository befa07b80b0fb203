import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { got } from "../../../contracts/foundation/text.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import type { AutoScale } from "../queue-config.ts"
import type { Subscription } from "./subscription.ts"

/** What a decision about the number of handlers goes by. */
export interface QueueLoad {
  queue: string
  /** Messages that are due, of all that work the queue. */
  waiting: number
  delayed: number
  /** Messages with a handler, in any process. */
  active: number
  /** Handlers that this worker runs at one time. */
  workers: number
  minWorkers: number
  maxWorkers: number
}

/** How many handlers are to run at one time; it is brought within minWorkers and maxWorkers. */
export type ScaleHook = (load: QueueLoad) => number | Promise<number>

/** Changes how many handlers of one queue run at one time. */
export class AutoScaler {
  readonly #queue: Queue
  readonly #subscription: Subscription
  readonly #bounds: AutoScale
  readonly #hook: ScaleHook | undefined

  constructor(queue: Queue, subscription: Subscription, bounds: AutoScale, hook: ScaleHook | undefined) {
    this.#queue = queue
    this.#subscription = subscription
    this.#bounds = bounds
    this.#hook = hook
  }

  async scale(): Promise<void> {
    const { concurrency: workers, name } = this.#subscription
    const { maxWorkers, minWorkers } = this.#bounds
    const { active, delayed, waiting } = await this.#queue.getQueueStats(name)
    const load = { queue: name, waiting, delayed, active, workers, minWorkers, maxWorkers }
    const wanted = this.#hook === undefined ? byThresholds(load, this.#bounds) : await this.#hook(load)
    if (!Number.isInteger(wanted)) {
      throw new ServiceError("INVALID_ARGUMENT", `The hook scale must give a whole number; got ${got(wanted)}.`)
    }
    await this.#subscription.resize(within(wanted, this.#bounds))
  }
}

export function within(wanted: number, { maxWorkers, minWorkers }: AutoScale): number {
  return Math.min(maxWorkers, Math.max(minWorkers, wanted))
}

/** Twice as many above one threshold, half as many below the other: each change costs a pause. */
function byThresholds({ waiting, workers }: QueueLoad, { scaleDownThreshold, scaleUpThreshold }: AutoScale): number {
  if (waiting > scaleUpThreshold) return workers * 2
  return waiting < scaleDownThreshold ? Math.floor(workers / 2) : workers
}

import type { TaskError } from "../../../contracts/queue/message.ts"
import { startScript } from "./scripts.ts"
import { persist } from "./settle.ts"
import type { Store } from "./store.ts"

/** What an attempt failed with whose worker nobody heard of again. */
export const LOST: TaskError = { message: "The worker of this attempt was lost." }
const LOST_TEXT = JSON.stringify(LOST)

/** Deliveries that are counted by one command. */
const BATCH = 100

/** A delivery that is about to start. */
interface Start {
  /** Of the job. */
  readonly key: string
  readonly token: string
  readonly run: string
  /** Attempts that the message has. */
  readonly most: number
}

/** As the script gives it. */
type Answer = readonly [code: number, attempt?: number, epoch?: number, crashedAt?: string]

export interface Counted {
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly answer: Answer
}

interface Waiting {
  readonly start: Start
  resolve(counted: Counted): void
  reject(error: unknown): void
}

/** Counts deliveries before their handlers are called: those of one tick of the event loop together. */
export class Starts {
  readonly #store: Store
  #waiting: Waiting[] = []

  constructor(store: Store) {
    this.#store = store
  }

  /** Takes as long as the server is away. Rejects CLOSED where the connection is closed meanwhile. */
  count(start: Start): Promise<Counted> {
    return new Promise((resolve, reject) => {
      // After all promises of this tick: what came in one answer starts together.
      if (this.#waiting.length === 0) process.nextTick(() => this.#flush())
      this.#waiting.push({ start, resolve, reject })
    })
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (let from = 0; from < waiting.length; from += BATCH) void this.#send(waiting.slice(from, from + BATCH))
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const startedAt = Math.floor(this.#store.clock.now())
    const keys = batch.map(({ start }) => start.key)
    const args = [String(startedAt), LOST_TEXT]
    for (const { start } of batch) args.push(start.token, start.run, String(start.most))
    try {
      const answers = await persist(this.#store, () => this.#store.redis.run(startScript, keys, ...args))
      for (const [index, one] of batch.entries())
        one.resolve({ startedAt, answer: (answers as Answer[])[index] ?? [0] })
    } catch (error) {
      for (const one of batch) one.reject(error)
    }
  }
}

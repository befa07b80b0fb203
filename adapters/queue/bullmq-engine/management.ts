import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { isMessageId } from "../../../contracts/queue/arguments.ts"
import type { QueueStats, TaskRecord } from "../../../contracts/queue/message.ts"
import type { Backend } from "./library.ts"
import { cancelScript, countScript, purgeScript, readScript } from "./manage-scripts.ts"
import type { Schedules } from "./schedules.ts"
import { horizon, runScript, type Store } from "./store.ts"
import { errorIn, failuresOf, type JobFields, jobFields, numberIn, storedOptions } from "./stored-message.ts"

/** Messages removed in one step, so that nobody waits for long. */
const STEP = 500
/** Pauses between looks at a queue that is not idle yet. */
const LOOK_MS = { first: 10, last: 250 }

/** All that a queue has. */
export interface QueueCounts extends QueueStats {
  schedules: number
  workers: number
}

/** A look at what queues have, and the removal of what waits. */
export class Management {
  readonly #store: Store
  readonly #schedules: Schedules
  readonly #backendOf: (queue: string) => Promise<Backend>

  constructor(store: Store, schedules: Schedules, backendOf: (queue: string) => Promise<Backend>) {
    this.#store = store
    this.#schedules = schedules
    this.#backendOf = backendOf
  }

  async counts(queue: string): Promise<QueueCounts> {
    const { clock, options } = this.#store
    const { completed, dead } = horizon(this.#store)
    const args = [clock.now(), completed, options.retention.completedCount, dead].map((value) =>
      String(Math.floor(value)),
    )
    const answer = (await runScript(this.#store, queue, countScript, [], ...args)) as number[]
    const [waiting = 0, delayed = 0, active = 0, done = 0, died = 0, paused = 0, schedules = 0, workers = 0] = answer
    return { waiting, delayed, active, completed: done, dead: died, paused: paused === 1, schedules, workers }
  }

  async getQueueStats(queue: string): Promise<QueueStats> {
    const { schedules: _, workers: __, ...stats } = await this.counts(queue)
    return stats
  }

  async getQueueSize(queue: string): Promise<number> {
    const { delayed, waiting } = await this.counts(queue)
    return waiting + delayed
  }

  /** @param own Those that this instance defines or subscribes to. */
  async listQueues(own: Iterable<string>): Promise<string[]> {
    const { connection, keys } = this.#store
    const names = (await connection.send(keys.queues, ["SMEMBERS", keys.queues])) as string[]
    const used = await Promise.all(
      names.map(async (name) => {
        const { paused: _, ...counts } = await this.counts(name)
        return Object.values(counts).some((count) => count > 0) ? [name] : []
      }),
    )
    const all = [...new Set([...used.flat(), ...own])]
    return all.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
  }

  async getTask<T>(queue: string, id: string): Promise<TaskRecord<T> | undefined> {
    if (!isMessageId(id)) return undefined
    const { clock, keys, options } = this.#store
    const { completed, dead } = horizon(this.#store)
    const numbers = [clock.now(), completed, options.retention.completedCount, dead]
    const args = [id, ...numbers.map((value) => String(Math.floor(value)))]
    const answer = await runScript(this.#store, queue, readScript, [keys.base(queue) + id], ...args)
    if (answer === null) return undefined
    const [state, time, flat] = answer as [State, string, string[]]
    const fields = jobFields(flat)
    const dueAt = state === "delayed" ? Number(time) : undefined
    // The next tick of a schedule is no message before it is due.
    if (fields.has("o:tick") && !fields.has("o:starts") && dueAt !== undefined && dueAt > clock.now()) return undefined
    return recordOf<T>({ queue, id, state, fields, dueAt, now: clock.now() })
  }

  async cancel(queue: string, id: string): Promise<boolean> {
    if (!isMessageId(id)) return false
    const { clock, keys } = this.#store
    for (let isLast = false; ; ) {
      const now = String(Math.floor(clock.now()))
      const answer = await runScript(this.#store, queue, cancelScript, [keys.base(queue) + id], id, now)
      if (typeof answer === "number") return answer === 1
      // It stays as long as its schedule cannot go on.
      if (isLast) return false
      isLast = !(await this.#schedules.releaseOne(queue, String(answer)))
    }
  }

  async purge(queue: string): Promise<number> {
    const { clock, redis } = this.#store
    const there = await this.getQueueSize(queue)
    let purged = 0
    try {
      await this.#schedules.release(queue)
      let waiting = 0
      let delayed = 0
      // Those that are published meanwhile may stay.
      while (purged < there) {
        const args = [Math.floor(clock.now()), Math.min(STEP, there - purged), waiting, delayed].map(String)
        const answer = await runScript(this.#store, queue, purgeScript, [], ...args)
        const [dropped, nowWaiting, nowDelayed, hasMore] = answer as [number, number, number, number]
        purged += dropped
        const isStuck = dropped === 0 && nowWaiting === waiting && nowDelayed === delayed
        if (hasMore === 0 || isStuck) break
        waiting = nowWaiting
        delayed = nowDelayed
      }
      return purged
    } catch (error) {
      throw purged > 0 ? redis.partly(error) : error
    }
  }

  async pause(queue: string, isPaused: boolean): Promise<void> {
    const backend = await this.#backendOf(queue)
    try {
      await backend.pause(isPaused)
    } finally {
      await backend.close()
    }
  }

  async whenIdle(queue: string, timeoutMs = Number.POSITIVE_INFINITY): Promise<void> {
    const { clock } = this.#store
    const deadline = clock.monotonic() + timeoutMs
    for (let pause = LOOK_MS.first; ; pause = Math.min(pause * 2, LOOK_MS.last)) {
      const { active, waiting } = await this.counts(queue)
      if (active + waiting === 0) return
      const left = deadline - clock.monotonic()
      if (left <= 0) {
        throw new ServiceError(
          "TIMEOUT",
          `The queue was not idle within ${timeoutMs} ms: ${waiting} messages are due and ${active} run.`,
        )
      }
      await clock.sleep(Math.min(pause, left))
    }
  }
}

type State = "completed" | "dead" | "delayed" | "waiting" | "active"

interface Read {
  readonly queue: string
  readonly id: string
  readonly state: State
  readonly fields: JobFields
  readonly dueAt: number | undefined
  readonly now: number
}

function recordOf<T>({ dueAt, fields, id, now, queue, state }: Read): TaskRecord<T> {
  const { maxAttempts, metadata, priority, type } = storedOptions(fields)
  const startedAt = numberIn(fields, "o:at")
  const finishedAt = numberIn(fields, "finishedOn")
  const progress = numberIn(fields, "progress")
  const error = errorIn(fields)
  const [result] = state === "completed" ? (JSON.parse(fields.get("returnvalue") ?? "[]") as unknown[]) : []
  return {
    id,
    queue,
    ...(type !== undefined && { type }),
    data: JSON.parse(fields.get("data") ?? "null") as T,
    ...(metadata !== undefined && { metadata: { ...metadata } }),
    status: statusOf(state, fields.get("o:state"), dueAt, now),
    priority,
    attempts: numberIn(fields, "o:starts") ?? 0,
    maxAttempts,
    timestamp: numberIn(fields, "timestamp") ?? 0,
    ...(dueAt !== undefined && dueAt > now && { dueAt }),
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(progress !== undefined && { progress }),
    ...(result !== undefined && { result }),
    ...(error !== undefined && { error }),
    failures: failuresOf(fields),
  }
}

/** Between two attempts a message tells how the latest one failed. */
function statusOf(
  state: State,
  failed: string | undefined,
  dueAt: number | undefined,
  now: number,
): TaskRecord["status"] {
  if (state === "active") return "processing"
  if (state === "completed" || state === "dead") return state
  if (state === "waiting" || (dueAt !== undefined && dueAt <= now)) return "queued"
  return failed === "failed" || failed === "timeout" ? failed : "pending"
}

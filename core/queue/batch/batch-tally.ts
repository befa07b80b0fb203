import type { TaskRecord } from "../../../contracts/queue/message.ts"
import type { BatchPlan, BatchProgress } from "./batch-task.ts"
import { type BatchItemResult, chunkOf, outcomesOf } from "./chunk.ts"

/** What is known of the items of a batch. */
export class BatchTally {
  readonly results: BatchItemResult[] = []
  readonly #plan: BatchPlan
  #succeeded = 0
  #failed = 0
  #startedAt: number | undefined

  constructor(plan: BatchPlan) {
    this.#plan = plan
    for (let index = 0; index < plan.total; index++) this.results.push({ status: "cancelled" })
  }

  get failed(): number {
    return this.#failed
  }

  /** Counts a chunk that is over. False for one that is not. `record` is undefined where the queue has none. */
  count(chunk: number, record: TaskRecord | undefined): boolean {
    this.#started(record?.startedAt)
    if (record !== undefined && record.status !== "completed" && record.status !== "dead") return false
    const first = chunk * this.#plan.batchSize
    const size = Math.min(this.#plan.batchSize, this.#plan.total - first)
    for (const [offset, outcome] of this.#outcomes(chunk, record, size).entries()) {
      this.results[first + offset] = outcome
      if (outcome.status === "completed") this.#succeeded++
      if (outcome.status === "failed") this.#failed++
    }
    return true
  }

  progress(status: BatchProgress["status"], completedAt?: number): BatchProgress {
    const { id: batchId, total } = this.#plan
    const processed = this.#succeeded + this.#failed
    const isOver = completedAt !== undefined
    const percent = total === 0 ? 100 : Math.floor((processed / total) * 100)
    const isRunning = status === "pending" && this.#startedAt !== undefined
    return {
      batchId,
      total,
      processed,
      succeeded: this.#succeeded,
      failed: this.#failed,
      percentage: isOver ? percent : Math.min(99, percent),
      status: isRunning ? "running" : status,
      ...(this.#startedAt !== undefined && { startedAt: new Date(this.#startedAt).toISOString() }),
      ...(isOver && { completedAt: new Date(completedAt).toISOString() }),
    }
  }

  #started(at: number | undefined): void {
    if (at !== undefined) this.#startedAt = Math.min(at, this.#startedAt ?? at)
  }

  #outcomes(chunk: number, record: TaskRecord | undefined, size: number): BatchItemResult[] {
    if (record === undefined) return all(size, NOT_KEPT)
    if (JSON.stringify(chunkOf(record.data)) !== this.#plan.chunks[chunk]) return all(size, OTHER_BATCH)
    if (record.status === "dead") return all(size, { message: "The chunk is dead.", ...record.error })
    if (record.result === undefined) return all(size, NO_RESULT)
    return outcomesOf(record.result, size) ?? all(size, NO_BATCH_HANDLER)
  }
}

function all(size: number, error: { message: string; code?: string }): BatchItemResult[] {
  return Array.from({ length: size }, () => ({ status: "failed", error }))
}

const NOT_KEPT = {
  code: "NOT_FOUND",
  message: "The queue does not have this chunk any more: it was purged, or its outcome is kept no longer.",
}
const OTHER_BATCH = {
  code: "PRECONDITION_FAILED",
  message: "An earlier batch of this id has other items in this place; a batch of other items must have another id.",
}
const NO_BATCH_HANDLER = {
  code: "PRECONDITION_FAILED",
  message: "The handler of a batch must be made by batchHandler; the result of this chunk has another form.",
}
const NO_RESULT = {
  code: "PRECONDITION_FAILED",
  message:
    "The handler of a batch must be made by batchHandler, and return at most maxPayloadBytes bytes for a chunk; the queue has no result of this one. A smaller batchSize makes results smaller.",
}

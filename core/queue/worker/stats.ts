import type { TaskStatus } from "../../../contracts/queue/message.ts"

/** What came of one attempt (requirement document, SPEC-005). */
export interface TaskExecutionResult {
  /** The id of the task where `publishTask` published it, else that of the message. */
  taskId: string
  /** `completed`, `failed` or `timeout` where another attempt follows, or `dead`. */
  status: TaskStatus
  /** What the handler returned, where it is JSON data. */
  result?: unknown
  error?: { message: string; stack?: string; code?: string }
  durationMs?: number
  /** ISO 8601, as `completedAt`. */
  startedAt: string
  completedAt?: string
  /** 1 for the first. */
  attempt: number
  willRetry: boolean
}

/** Numbers of a worker (requirement document, SPEC-005). */
export interface WorkerStats {
  workerName: string
  /** Attempts of this worker that succeeded or failed; deliveries that were given back are not counted. */
  totalProcessed: number
  succeeded: number
  failed: number
  /** Handlers that run now. */
  active: number
  /** Missing before the first attempt is over. */
  avgExecutionMs?: number
  /** Since start(). */
  uptimeMs: number
  /** What each queue holds, whoever works it; `pending` waits or is delayed. Missing without `management`. */
  queues?: Record<string, { pending: number; active: number; completed: number; failed: number }>
}

/** Counts what a worker did. */
export class WorkerCounts {
  active = 0
  #succeeded = 0
  #failed = 0
  #executionMs = 0

  add({ durationMs = 0, status }: TaskExecutionResult): void {
    if (status === "completed") this.#succeeded++
    else this.#failed++
    this.#executionMs += durationMs
  }

  toStats(): Omit<WorkerStats, "workerName" | "uptimeMs" | "queues"> {
    const totalProcessed = this.#succeeded + this.#failed
    return {
      totalProcessed,
      succeeded: this.#succeeded,
      failed: this.#failed,
      active: this.active,
      ...(totalProcessed > 0 && { avgExecutionMs: this.#executionMs / totalProcessed }),
    }
  }
}

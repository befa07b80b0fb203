import type { ManualClock } from "../../../contracts/foundation/clock.ts"
import type { QueueHandler, QueueMessage, TaskContext } from "../../../contracts/queue/message.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import type { WorkerConfig } from "./config.ts"
import { createWorker, type QueueWorker, type WorkerOptions } from "./create-worker.ts"
import type { TaskExecutionResult } from "./stats.ts"

/** Workers of the queue `mail`, and what came of their attempts. */
export function bench(queue: Queue, clock: ManualClock) {
  const results: TaskExecutionResult[] = []
  const workers: QueueWorker[] = []
  return {
    results,
    work(
      handlers: Record<string, QueueHandler<never>>,
      config: Partial<WorkerConfig> = {},
      options: WorkerOptions = {},
    ): QueueWorker {
      const worker = createWorker(
        queue,
        { name: "test", queues: ["mail"], ...config, handlers: handlers as Record<string, QueueHandler> },
        { clock, onResult: (result) => results.push(result), ...options },
      )
      workers.push(worker)
      return worker
    },
    async close(): Promise<void> {
      const closing = Promise.all(workers.map((worker) => worker.close()))
      await clock.advance(60_000)
      await closing
      await queue.close()
    },
  }
}

/** A handler that runs until it is let go. */
export function gate() {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const started: TaskContext[] = []
  const handler = async (_message: QueueMessage, context: TaskContext) => {
    started.push(context)
    await opened
  }
  return { handler, open, started }
}

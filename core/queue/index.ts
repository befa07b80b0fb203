/** The queue: what makes one of an implementation, and its features. */
export type * from "../../contracts/foundation/standard-schema.ts"
export type * from "../../contracts/queue/queue.ts"
export { type BatchItemContext, batchHandler } from "./batch/batch-handler.ts"
export type { BatchProgress, BatchTask } from "./batch/batch-task.ts"
export type { BatchChunk, BatchItemResult } from "./batch/chunk.ts"
export {
  type Batch,
  type BatchResult,
  type EventSource,
  type SubmitBatchOptions,
  submitBatch,
} from "./batch/submit-batch.ts"
export type { MessageQueueConfig, QueueInstanceConfig } from "./document.ts"
export { type AsQueueOptions, asQueue } from "./portable-queue.ts"
export type { QueueConfig, TaskRetryPolicy } from "./queue-config.ts"
export { TASK_PRIORITY_VALUES, type TaskPriority } from "./task/priority.ts"
export { publishTask, type Task, taskOf } from "./task/task.ts"
export type { PublishedMessage, TestQueue } from "./test-kit.ts"
export { type TypedQueue, type TypedQueueOptions, typedQueue } from "./typed/typed-queue.ts"
export type { QueueLoad, ScaleHook } from "./worker/auto-scale.ts"
export type { WorkerConfig } from "./worker/config.ts"
export { createWorker, type QueueWorker, type WorkerOptions } from "./worker/create-worker.ts"
export type { TaskExecutionResult, WorkerStats } from "./worker/stats.ts"

import * as z from "zod/mini"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { utf8Length } from "../../../contracts/foundation/text.ts"
import { jsonIssue } from "../../../contracts/queue/json.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import { queueNameSchema } from "../queue-config.ts"
import { documentError, readDocument } from "../read-document.ts"
import { prioritySchema, type TaskPriority } from "../task/priority.ts"
import { taskTypeSchema } from "../task/task.ts"
import type { BatchChunk } from "./chunk.ts"

/** A batch of the requirement document (SPEC-005). */
export interface BatchTask<Item = unknown> {
  /** The caller's, at most 200 bytes: submitting it again goes on where it was left. */
  id: string
  /** Small letters, digits and `_`; not a digit first. Its handler is made by `batchHandler`. */
  type: string
  /** JSON data. */
  items: readonly Item[]
  /** Items of a chunk, which is a message. Default 100. */
  batchSize?: number | undefined
  /** Default `batch`. */
  queue?: string | undefined
  /** Default `normal`. Others need the capability `priorities`. */
  priority?: TaskPriority | undefined
  /** Chunks run side by side, as many as workers take; false: each after the one before it. Default true. */
  parallel?: boolean | undefined
  /** After an item failed nothing more is started. Default false. */
  stopOnError?: boolean | undefined
  /** Told each time that a count or the status changes. */
  onProgress?: ((progress: BatchProgress) => unknown) | undefined
}

/** How far a batch is (requirement document, SPEC-005). Counts are items, and only grow. */
export interface BatchProgress {
  batchId: string
  total: number
  /** Succeeded or failed: those of chunks that are over. */
  processed: number
  succeeded: number
  failed: number
  /** A whole number; 100 only when the batch is over. */
  percentage: number
  /**
   * `completed`: every item was processed, though it may have failed. `failed`: `stopOnError` ended the batch.
   * `cancelled`: `cancel` did.
   */
  status: "pending" | "running" | "completed" | "failed" | "cancelled"
  /** ISO 8601, as `completedAt`. */
  startedAt?: string
  completedAt?: string
}

const MAX_ID_BYTES = 200

const batchSchema = z.strictObject({
  id: z.string().check(
    z.minLength(1),
    z.refine((id) => id.isWellFormed() && utf8Length(id) <= MAX_ID_BYTES, {
      error: `must not have more than ${MAX_ID_BYTES} bytes, nor a lone surrogate`,
    }),
  ),
  type: taskTypeSchema,
  items: z.array(z.unknown()),
  batchSize: z._default(z.int().check(z.minimum(1)), 100),
  queue: z._default(queueNameSchema, "batch"),
  priority: prioritySchema,
  parallel: z._default(z.boolean(), true),
  stopOnError: z._default(z.boolean(), false),
  onProgress: z.optional(
    z.custom<(progress: BatchProgress) => unknown>((value) => typeof value === "function", {
      error: "must be a function; got something else",
    }),
  ),
})

/** A batch with its defaults, cut into chunks. They are texts, so that nobody changes them later. */
export interface BatchPlan extends Omit<z.output<typeof batchSchema>, "items"> {
  readonly total: number
  readonly chunks: readonly string[]
}

const SUBJECT = { name: "The batch", code: "INVALID_ARGUMENT" } as const

/** @throws ServiceError INVALID_ARGUMENT with paths, UNSUPPORTED, or LIMIT_EXCEEDED where a chunk is too large. */
export function planBatch(task: BatchTask<unknown>, queue: Queue): BatchPlan {
  const { items, ...batch } = readDocument(batchSchema, task, SUBJECT)
  for (const [index, item] of items.entries()) {
    const issue = jsonIssue(item, "value")
    if (issue !== undefined)
      throw documentError(SUBJECT, [{ path: `items.${index}`, message: `must be JSON data; ${issue}` }])
  }
  const { management, maxPayloadBytes } = queue.capabilities
  if (!management) throw new ServiceError("UNSUPPORTED", "A batch needs a queue with management.", { service: "queue" })
  const { batchSize, id, stopOnError } = batch
  const chunks: string[] = []
  for (let first = 0; first < items.length; first += batchSize) {
    const chunk: BatchChunk = { batchId: id, first, stopOnError, items: items.slice(first, first + batchSize) }
    const text = JSON.stringify(chunk)
    const bytes = utf8Length(text)
    if (bytes > maxPayloadBytes) {
      const message = `A chunk must have at most ${maxPayloadBytes} bytes; got ${bytes}. Lower the batchSize of ${batchSize}.`
      throw new ServiceError("LIMIT_EXCEEDED", message, { service: "queue" })
    }
    chunks.push(text)
  }
  return { ...batch, total: items.length, chunks }
}

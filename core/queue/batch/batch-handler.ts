import { jsonIssue } from "../../../contracts/queue/json.ts"
import type { QueueHandler, TaskContext } from "../../../contracts/queue/message.ts"
import { taskErrorOf } from "../delivery/task-error.ts"
import { type BatchChunk, type BatchItemResult, type ChunkOutcome, chunkOf } from "./chunk.ts"

/** What the handler of an item is given besides it. */
export interface BatchItemContext extends Pick<TaskContext, "signal" | "extend"> {
  readonly batchId: string
  /** The place of the item in the batch. */
  readonly index: number
  /** Which delivery of its chunk this is: on a later one items may run again. */
  readonly attempts: number
}

/** Shares of a chunk, in percent, after which its progress is told. */
const PROGRESS_STEP = 10

/**
 * Makes the handler of the chunks of a batch, for `subscribe` or for the `handlers` of `createWorker`. Items of a chunk
 * run one after the other. An item whose handler throws has failed, and the others go on, unless the batch says
 * `stopOnError`; it is not tried again. The value of an item must be JSON data, or the item has failed. The values of a
 * chunk must have at most maxPayloadBytes bytes together, or none is kept.
 *
 * Where a worker is lost in the middle of a chunk, the whole chunk is delivered again: its items must stand that.
 *
 * @example
 * const worker = createWorker(queue, {
 *   name: "importer",
 *   queues: ["batch"],
 *   handlers: { import_row: batchHandler<Row, string>(async (row) => insert(row)) },
 * })
 */
export function batchHandler<Item = unknown, Value = unknown>(
  handle: (item: Item, context: BatchItemContext) => Value | Promise<Value>,
): QueueHandler<BatchChunk<Item>> {
  return async ({ attempts, data }, context): Promise<ChunkOutcome | undefined> => {
    const chunk = chunkOf(data)
    if (chunk === undefined) {
      context.dead("The message must be a chunk of submitBatch; its data has another form.")
      return undefined
    }
    const { batchId, first, items, stopOnError } = chunk
    const outcomes: BatchItemResult[] = []
    const telling = new ProgressTeller(context, items.length)
    let stopped = false
    for (const [offset, item] of items.entries()) {
      // Nobody waits for the rest: the attempt is over.
      context.signal.throwIfAborted()
      const itemContext: BatchItemContext = {
        batchId,
        index: first + offset,
        attempts,
        signal: context.signal,
        extend: (ms) => context.extend(ms),
      }
      const outcome: BatchItemResult = stopped ? CANCELLED : await outcomeOf(() => handle(item as Item, itemContext))
      outcomes.push(outcome)
      stopped ||= stopOnError && outcome.status === "failed"
      await telling.tell(offset + 1)
    }
    return { outcomes }
  }
}

const CANCELLED: BatchItemResult = { status: "cancelled" }

async function outcomeOf(handle: () => unknown): Promise<BatchItemResult> {
  try {
    const value = await handle()
    const issue = value === undefined ? undefined : jsonIssue(value, "result")
    if (issue === undefined) return { status: "completed", ...(value !== undefined && { value }) }
    const message = `The result of an item must be JSON data; ${issue}.`
    return { status: "failed", error: { message, code: "INVALID_ARGUMENT" } }
  } catch (thrown) {
    return { status: "failed", error: taskErrorOf(thrown) }
  }
}

class ProgressTeller {
  readonly #context: TaskContext
  readonly #total: number
  #told = 0

  constructor(context: TaskContext, total: number) {
    this.#context = context
    this.#total = total
  }

  async tell(done: number): Promise<void> {
    const percent = Math.floor((done / this.#total) * 100)
    if (percent < this.#told + PROGRESS_STEP) return
    this.#told = percent
    // A chunk does not fail because its progress could not be told.
    await this.#context.progress(percent).catch(() => {})
  }
}

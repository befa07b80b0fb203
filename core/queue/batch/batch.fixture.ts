import { beforeEach } from "vitest"
import { createMemoryQueue } from "../../../adapters/queue/memory.ts"
import { createManualClock, type ManualClock } from "../../../contracts/foundation/clock.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import { type BatchItemContext, batchHandler } from "./batch-handler.ts"
import type { BatchTask } from "./batch-task.ts"
import { type SubmitBatchOptions, submitBatch } from "./submit-batch.ts"

export const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

/** A batch of so many items, ten a chunk. */
export const batch = (count: number, more: Partial<BatchTask> = {}): BatchTask => ({
  id: "import:1",
  type: "row",
  items: numbers(count),
  batchSize: 10,
  ...more,
})

export const double = (item: number) => item * 2

export const failAt =
  (...failing: number[]) =>
  (item: number) => {
    if (failing.includes(item)) throw Object.assign(new Error(`no ${item}`), { code: "E_NO" })
    return double(item)
  }

export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const value of values) list.push(value)
  return list
}

/** Of the test that runs: its time moves by hand. */
export let clock: ManualClock
export let queue: Queue

beforeEach(() => {
  clock = createManualClock()
  open(createMemoryQueue({}, { clock }))
})

/** Another queue for this test. */
export function open(made: Queue): void {
  queue = made
}

export function submit(task: BatchTask, more: SubmitBatchOptions = {}) {
  return submitBatch<number>(queue, task, { clock, ...more })
}

/** A worker of the batch; gives the items that it began, in their order. */
export async function work(
  handle: (item: number, context: BatchItemContext) => unknown = double,
  concurrency = 1,
): Promise<number[]> {
  const seen: number[] = []
  const handler = batchHandler<number>((item, context) => {
    seen.push(item)
    return handle(item, context)
  })
  await queue.subscribe("batch", handler, { concurrency })
  return seen
}

/** What a batch ends with, with as much time as it takes. */
export async function ended<T>(outcome: Promise<T>): Promise<T> {
  let over = false
  const end = () => {
    over = true
  }
  outcome.then(end, end)
  for (let steps = 0; !over && steps < 1000; steps++) await clock.advance(100)
  return outcome
}

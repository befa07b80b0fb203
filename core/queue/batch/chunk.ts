import type { TaskError } from "../../../contracts/queue/message.ts"

/** The data of a message that carries a part of a batch. */
export interface BatchChunk<Item = unknown> {
  batchId: string
  /** The place of its first item in the batch. */
  first: number
  stopOnError: boolean
  items: Item[]
}

/** What came of an item. `cancelled`: it was not started, or this submission stopped before it. */
export type BatchItemResult<Value = unknown> =
  | { status: "completed"; value?: Value }
  | { status: "failed"; error: TaskError }
  | { status: "cancelled" }

/** What the handler of a chunk returns. */
export interface ChunkOutcome {
  /** One for each item, in their order. */
  outcomes: BatchItemResult[]
}

/** The data of a message as a chunk, or undefined where it is none. */
export function chunkOf(data: unknown): BatchChunk | undefined {
  const { batchId, first, items, stopOnError } = (data ?? {}) as Partial<BatchChunk>
  const isChunk = typeof batchId === "string" && typeof first === "number" && Array.isArray(items)
  return isChunk && typeof stopOnError === "boolean" ? { batchId, first, stopOnError, items } : undefined
}

/** What a handler returned for `count` items, or undefined where batchHandler did not make it. */
export function outcomesOf(result: unknown, count: number): BatchItemResult[] | undefined {
  const { outcomes } = (result ?? {}) as Partial<ChunkOutcome>
  return Array.isArray(outcomes) && outcomes.length === count && outcomes.every(isOutcome) ? outcomes : undefined
}

function isOutcome(outcome: Partial<BatchItemResult> | null): boolean {
  if (outcome?.status === "failed") return typeof outcome.error?.message === "string"
  return outcome?.status === "completed" || outcome?.status === "cancelled"
}

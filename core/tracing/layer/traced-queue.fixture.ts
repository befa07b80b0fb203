import { createMemoryQueue } from "../../../adapters/queue/memory.ts"
import { createMemoryTracing, type MemoryTracingOptions } from "../../../adapters/tracing/memory.ts"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import type { QueueHandler, QueueMessage } from "../../../contracts/queue/message.ts"
import { withTracing } from "./with-tracing.ts"

export const HOUR_MS = 3_600_000
export const AT_ONCE = { type: "fixed", delayMs: 0 } as const

/** A traced queue, and the same one without a trace: `plain`. */
export function openTraced(options: MemoryTracingOptions = {}) {
  const clock = createManualClock()
  const tracing = createMemoryTracing(options, { clock })
  const plain = createMemoryQueue({}, { clock })
  const queue = withTracing(plain, tracing)
  return { clock, tracing, plain, queue }
}

export type OpenedQueue = ReturnType<typeof openTraced>

export function named({ tracing }: OpenedQueue, name: string) {
  return tracing.getSpans({ name })
}

/** Handles what is due, and gives the messages. */
export async function work(opened: OpenedQueue, handler: QueueHandler = () => {}, ms = 0): Promise<QueueMessage[]> {
  const seen: QueueMessage[] = []
  await opened.queue.subscribe("mail", (message, context) => {
    seen.push(message)
    return handler(message, context)
  })
  await opened.clock.advance(ms)
  await opened.queue.whenIdle("mail")
  return seen
}

/** What the store has as metadata of a message, which workers without this layer see. */
export async function storedMetadata({ plain }: OpenedQueue, id: string): Promise<Record<string, string> | undefined> {
  return (await plain.getTask("mail", id))?.metadata
}

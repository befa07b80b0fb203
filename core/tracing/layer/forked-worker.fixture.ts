import { type BullmqQueueOptions, createBullmqQueue } from "../../../adapters/queue/bullmq.ts"
import { createMemoryTracing } from "../../../adapters/tracing/memory.ts"
import type { RecordedSpan } from "../../../contracts/tracing/tracing.ts"
import type { ForkedClient } from "../../../testing/engine/subject.ts"
import { forkClient } from "../../../testing/faults/fork-client.ts"
import { withTracing } from "./with-tracing.ts"

/** A worker with a tracing of its own. */
export interface TracedWorker {
  /** Handles messages of a queue. One that says `fails` fails, one that says `hangs` runs until `end`. */
  work(queue: string): Promise<void>
  /** What its handlers have left behind. */
  spans(): Promise<readonly RecordedSpan[]>
  started(): Promise<number>
  /** Ends what hangs, now and later. */
  end(): Promise<void>
  close(): Promise<void>
}

/** A worker in a process of its own. */
export function forkWorker(options: BullmqQueueOptions): Promise<ForkedClient<TracedWorker>> {
  return forkClient<TracedWorker>({ module: new URL(import.meta.url), make: "openWorker", args: [options] })
}

/** What the other process makes. Its work begins in a span, as that of an application does at its start. */
export function openWorker(options: BullmqQueueOptions): TracedWorker {
  const tracing = createMemoryTracing()
  const queue = withTracing(createBullmqQueue(options), tracing)
  const named = () => tracing.getSpans({ name: "queue.process" })
  let started = 0
  let end: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const handler = ({ data }: { data: unknown }) => {
    started++
    if (data === "fails") throw new Error("fails")
    return data === "hangs" ? ended : undefined
  }
  return {
    work: (name) => tracing.withSpan("boot", {}, () => queue.subscribe(name, handler, { visibilityTimeoutMs: 1000 })),
    spans: async () => named(),
    started: async () => started,
    end: async () => end(),
    close: () => queue.close(),
  }
}

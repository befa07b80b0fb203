import type { Queue } from "../../../contracts/queue/queue.ts"
import type { ForkedClient } from "../../../testing/engine/subject.ts"
import { forkClient } from "../../../testing/faults/fork-client.ts"
import { type BullmqQueueOptions, createBullmqQueue } from "../bullmq.ts"

/** A queue in a process of its own. Its handlers run in the process of the test. */
export function forkQueue(options: BullmqQueueOptions): Promise<ForkedClient<Queue>> {
  return forkClient<Queue>({ module: new URL(import.meta.url), make: "openQueue", args: [options] })
}

/** What the other process makes. */
export function openQueue(options: BullmqQueueOptions): Queue {
  return createBullmqQueue(options)
}

/** Items in parts of so many. */
export function partsOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  )
}

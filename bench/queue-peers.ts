/** Other queues in memory, set up as their documentation says. */
import { handling, IN_FLIGHT, type OpenHandled, type Payload } from "./queue-loops.ts"
import type { Row, Target } from "./suite.ts"

interface QueuePeer {
  readonly package: string
  /** What a message of it lacks, for the table. */
  readonly less: string
  /** How many times as fast ours is to be. */
  readonly goal?: number
  readonly open: OpenHandled
}

const peers: readonly QueuePeer[] = [
  {
    package: "fastq",
    less: "fastq.promise: no copy, id, attempts or record",
    goal: 1.2,
    async open(handled) {
      const { default: fastq } = await import("fastq")
      const queue = fastq.promise(async (payload: Payload) => handled(payload), IN_FLIGHT)
      return { publish: (payload) => queue.push(payload) }
    },
  },
  {
    package: "p-queue",
    less: "p-queue: no copy, id, attempts or record",
    async open(handled) {
      const { default: PQueue } = await import("p-queue")
      const queue = new PQueue({ concurrency: IN_FLIGHT })
      return { publish: (payload) => queue.add(async () => handled(payload)) }
    },
  },
  {
    package: "better-queue",
    less: "better-queue, in its memory store: no copy",
    async open(handled) {
      const { default: BetterQueue } = await import("better-queue")
      const process = (payload: Payload, done: () => void) => {
        handled(payload)
        done()
      }
      const queue = new BetterQueue(process, { concurrent: IN_FLIGHT, id: "id" })
      return { publish: (payload) => new Promise((resolve) => queue.push(payload, resolve)) }
    },
  },
  {
    package: "@objectstack/service-queue",
    less: "its memory queue: the publisher runs the handler",
    async open(handled) {
      const { MemoryQueueAdapter } = await import("@objectstack/service-queue")
      const queue = new MemoryQueueAdapter()
      await queue.subscribe("mail", async ({ data }: { data: Payload }) => handled(data))
      return { publish: (payload) => queue.publish("mail", payload) }
    },
  },
]

/** A row beside each of them. */
export function queuePeerRows(name: string, ours: () => Promise<Target>): Row[] {
  return peers.map(({ goal, less, open, package: peer }) => ({
    name: `${name}, ${peer}`,
    peer,
    ours,
    baseline: () => handling(open),
    baselineName: less,
    cpu: true,
    ...(goal !== undefined && { goal }),
  }))
}

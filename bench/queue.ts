import { createMemoryQueue } from "../adapters/queue/memory.ts"
import type { Queue } from "../contracts/queue/queue.ts"
import { redisQueueRows } from "./bullmq.ts"
import { heapPerEntry } from "./heap.ts"
import { draining, type FilledQueue, handling, IN_FLIGHT, type OpenHandled, payloadOf } from "./queue-loops.ts"
import { queuePeerRows } from "./queue-peers.ts"
import type { Suite, Timed } from "./suite.ts"

const DEPTH = 100_000
const SOME = 10_000
const WAITING = 1_000_000

const ours: OpenHandled = async (handled) => {
  const queue = createMemoryQueue()
  await queue.subscribe<Parameters<typeof handled>[0]>("mail", ({ data }) => handled(data), { concurrency: IN_FLIGHT })
  return { publish: (payload) => queue.publish("mail", payload), close: () => queue.close() }
}

const priorityOf = (id: number) => (id * 7919) % 1000

/** Publishes and handles so many more while 100,000 wait, each with a priority by chance, one handler at a time. */
async function byPriority(count: number): Promise<FilledQueue> {
  const queue = createMemoryQueue()
  const publish = (id: number) => queue.publish("mail", payloadOf(id), { priority: priorityOf(id) })
  for (let id = 0; id < DEPTH; id++) await publish(id)
  return {
    async drain() {
      for (let id = 0; id < count; id++) await publish(id)
      let left = count
      await new Promise<void>((resolve, reject) => {
        const handler = () => {
          if (--left > 0) return
          queue.unsubscribe("mail").catch(reject)
          resolve()
        }
        queue.subscribe("mail", handler).catch(reject)
      })
    },
    close: () => queue.close(),
  }
}

async function byPriorityInPQueue(count: number): Promise<FilledQueue> {
  const { default: PQueue } = await import("p-queue")
  const queue = new PQueue({ concurrency: 1, autoStart: false })
  let left = count
  let done: () => void = () => {}
  const add = (id: number) => {
    const payload = payloadOf(id)
    const task = async () => {
      if (payload.id < 0 || --left > 0) return
      queue.pause()
      done()
    }
    void queue.add(task, { priority: priorityOf(id) })
  }
  for (let id = 0; id < DEPTH; id++) add(id)
  return {
    async drain() {
      for (let id = 0; id < count; id++) add(id)
      await new Promise<void>((resolve) => {
        done = resolve
        queue.start()
      })
    },
  }
}

/** Publishes one and takes one, while so many wait. */
async function atDepth(depth: number): Promise<Timed> {
  const queue = createMemoryQueue()
  for (let id = 0; id < depth; id++) await queue.publish("mail", payloadOf(id))
  let handled: () => void = () => {}
  let expected = 0
  let turn = Promise.resolve()
  let next = () => {}
  await queue.subscribe<{ id: number }>("mail", async ({ data }) => {
    if (data.id !== expected++ % depth) throw new Error("a message came out of turn")
    handled()
    await turn
  })
  let published = depth
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const taken = new Promise<void>((resolve) => {
          handled = resolve
        })
        const release = next
        turn = new Promise((resolve) => {
          next = resolve
        })
        await queue.publish("mail", payloadOf(published++ % depth))
        release()
        await taken
      }
    },
    async close() {
      next()
      await queue.purge("mail")
      await queue.close()
    },
  }
}

async function filledQueue(): Promise<Queue> {
  const queue = createMemoryQueue()
  for (let id = 0; id < DEPTH; id++) await queue.publish("mail", payloadOf(id))
  return queue
}

async function filledPQueue(): Promise<object> {
  const { default: PQueue } = await import("p-queue")
  const queue = new PQueue({ concurrency: 1, autoStart: false })
  for (let id = 0; id < DEPTH; id++) {
    const payload = payloadOf(id)
    void queue.add(async () => payload)
  }
  return queue
}

export const queueSuite: Suite = {
  name: "queue",
  rows: [
    ...queuePeerRows("memory publish and handle, 50 at a time, CPU", () => handling(ours)),
    {
      name: "memory publish and handle by priority, 100,000 waiting, CPU",
      peer: "p-queue",
      ours: async () => draining(SOME, byPriority),
      baseline: async () => draining(SOME, byPriorityInPQueue),
      baselineName: "p-queue",
      goal: 20,
    },
    {
      name: "memory publish and take, 1,000,000 waiting, CPU",
      ours: () => atDepth(WAITING),
      baseline: () => atDepth(1000),
      baselineName: "ours with 1,000 waiting",
      cpu: true,
      goal: 0.5,
    },
    {
      name: "memory heap, a message that waits",
      peer: "p-queue",
      ours: async () => heapPerEntry(DEPTH, filledQueue),
      baseline: async () => heapPerEntry(DEPTH, filledPQueue),
      baselineName: "p-queue with the same data",
      better: "lower",
      unit: "bytes per message",
      goal: 0.5,
    },
    ...redisQueueRows,
  ],
}

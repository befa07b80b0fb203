/** Every built-in queue as a subject, once: tests, CI and the command line read this list. */
import { createClient } from "@redis/client"
import { Redis } from "ioredis"
import { type BullmqQueueOptions, createBullmqQueue } from "../adapters/queue/bullmq.ts"
import { createMemoryQueue } from "../adapters/queue/memory.ts"
import type { Queue } from "../contracts/queue/queue.ts"
import { withTimeout } from "../core/foundation/timeout.ts"
import { defineSubject } from "../testing/define-subject.ts"
import type { ForkedClient, OpenOptions } from "../testing/engine/subject.ts"
import { forkClient } from "../testing/faults/fork-client.ts"
import { startTcpProxy } from "../testing/faults/tcp-proxy.ts"
import { FaultPlan, withFaults } from "../testing/faults/with-faults.ts"
import { lineFaults, plannedFaults } from "./kit/faults.ts"
import {
  deadline,
  REDIS_PASSWORD,
  redis,
  redisAvailable,
  startDurableRedis,
  valkey,
  valkeyAvailable,
} from "./kit/servers.ts"

export const memoryQueueSubject = defineSubject({
  service: "queue",
  name: "memory",
  open: ({ clock }) => {
    const queue = createMemoryQueue({}, { clock })
    return {
      connect: () => queue,
      advance: (ms) => clock.advance(ms),
      adjustClock: (ms) => clock.adjust(ms),
      configuration: {
        create: (options) => createMemoryQueue(options, { clock }),
        valid: { maxPayloadBytes: 4096, shutdownTimeoutMs: 1000 },
        invalid: { maxPayloadBytes: 0, shutdownTimeoutMs: "a second" },
      },
    }
  },
})

/** A class with the three methods that every queue has, as users write it. */
const threeMethodsQueueSubject = defineSubject({
  service: "queue",
  name: "three methods of memory",
  open: ({ clock }) => {
    const queue = createMemoryQueue({}, { clock })
    const capabilities = { ...queue.capabilities, management: false, deadLetters: false, schedules: false }
    const base = {
      capabilities,
      publish: queue.publish.bind(queue),
      subscribe: queue.subscribe.bind(queue),
      unsubscribe: queue.unsubscribe.bind(queue),
    }
    return { connect: () => base, advance: (ms) => clock.advance(ms), destroy: () => queue.close() }
  },
})

/** Memory in real time, whose calls can be made to fail. */
const memoryFaultsQueueSubject = defineSubject({
  service: "queue",
  name: "memory-with-faults",
  open: ({ timeScale }) => {
    const plan = new FaultPlan()
    // It bounds what waits for handlers as well.
    const queue = withTimeout(withFaults(createMemoryQueue(), plan), { timeoutMs: 1500 * timeScale })
    return {
      connect: () => queue,
      faults: plannedFaults(plan),
    }
  },
  exempt: {
    "QUEUE-FAULT-01": { reason: "the fault stands in front of the queue, which alone knows the id" },
  },
})

/** How long close() waits for handlers that a clause has left behind. */
const SHUTDOWN_MS = 1000

/** What a queue is made with, and how to release it where the queue does not. */
interface Connected {
  readonly options: BullmqQueueOptions
  release?(): unknown
}

/** Clients of one server. */
function openBullmqWorld({ namespace, timeScale }: OpenOptions, { options, release }: Connected) {
  const opened: Queue[] = []
  const client = (given: BullmqQueueOptions = {}) => {
    const times = { timeoutMs: deadline(5000, timeScale), shutdownTimeoutMs: deadline(SHUTDOWN_MS, timeScale) }
    const queue = createBullmqQueue({ ...times, ...options, keyPrefix: namespace, ...given })
    opened.push(queue)
    return queue
  }
  return {
    client,
    connect: () => client(),
    // Begins with the other's prefix.
    neighbour: () => client({ keyPrefix: `${namespace}-2` }),
    async destroy() {
      await Promise.all(opened.map((queue) => queue.close()))
      await release?.()
    },
  }
}

/** BullMQ over a client library that it connects itself, whose line and server can fail. */
function bullmqSubject(name: string, library: "redis" | "ioredis") {
  return defineSubject({
    service: "queue",
    name,
    available: redisAvailable,
    async open(given) {
      const { namespace, timeScale, uses } = given
      // Only this clause may stop its server, which keeps everything on disk.
      const own = uses.includes("restart") ? await startDurableRedis() : undefined
      const server = own ?? (await redis())
      const proxy = uses.includes("faults") ? await startTcpProxy({ port: server.port }) : undefined
      const options: BullmqQueueOptions = {
        host: "127.0.0.1",
        port: proxy?.port ?? server.port,
        password: REDIS_PASSWORD,
        library,
        timeoutMs: deadline(proxy === undefined ? 5000 : 1000, timeScale),
      }
      const { client, connect, destroy, neighbour } = openBullmqWorld(given, { options })
      const forks: ForkedClient<Queue>[] = []
      return {
        connect,
        neighbour,
        faults: lineFaults(proxy),
        restart: async () => own?.restart(),
        async fork() {
          const forked = await forkClient<Queue>({
            module: new URL("../adapters/queue/bullmq.ts", import.meta.url),
            make: "createBullmqQueue",
            args: [{ ...options, keyPrefix: namespace }],
          })
          forks.push(forked)
          return forked
        },
        configuration: {
          create: client,
          valid: { database: 0 },
          invalid: { port: 0, timeoutMs: "a second" },
        },
        secrets: [REDIS_PASSWORD],
        async destroy() {
          proxy?.heal()
          await Promise.all(forks.map(({ kill }) => kill()))
          await destroy()
          await proxy?.close()
          await own?.stop()
        },
      }
    },
  })
}

/** The clauses over another server or client; faults are tried on two. */
function connectedSubject(name: string, available: () => string | undefined, connect: () => Promise<Connected>) {
  return defineSubject({
    service: "queue",
    name,
    available,
    open: async (given) => openBullmqWorld(given, await connect()),
  })
}

export const bullmqQueueSubjects = [
  bullmqSubject("bullmq", "redis"),
  bullmqSubject("bullmq over ioredis", "ioredis"),
  connectedSubject("bullmq on valkey", valkeyAvailable, async () => ({ options: { port: (await valkey()).port } })),
  connectedSubject("bullmq, client of @redis/client", redisAvailable, async () => {
    const client = createClient({
      socket: { port: (await redis()).port },
      password: REDIS_PASSWORD,
      disableOfflineQueue: true,
    })
    client.on("error", () => {})
    await client.connect()
    return { options: { client }, release: () => client.destroy() }
  }),
  connectedSubject("bullmq, client of ioredis", redisAvailable, async () => {
    const client = new Redis((await redis()).port, {
      password: REDIS_PASSWORD,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
    })
    client.on("error", () => {})
    return { options: { client }, release: () => client.disconnect() }
  }),
]

export const subjects = [memoryQueueSubject, threeMethodsQueueSubject, memoryFaultsQueueSubject, ...bullmqQueueSubjects]

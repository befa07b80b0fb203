/** Our queue on BullMQ beside BullMQ itself, over the same client library, and beside other queues on a server. */
import { type ConnectionOptions, Queue as RawQueue, Worker } from "bullmq"
import { createBullmqQueue } from "../adapters/queue/bullmq.ts"
import type { Queue } from "../contracts/queue/queue.ts"
import { rawRedisClient } from "./baselines.ts"
import { draining, type FilledQueue, handling, IN_FLIGHT, latency, type OpenHandled, payloadOf } from "./queue-loops.ts"
import type { Row, Servers, Target, Timed } from "./suite.ts"

const BULK = 500
/** Messages that are filled in before they are handled. */
const FILLED = 5000

/** What ours gives each message, too. */
const RAW_OPTIONS = { attempts: 3, priority: 3 }

type Library = "@redis/client" | "ioredis"

/** A queue of ours on a server, each time in a place of its own. */
function openOurs(library: Library, { redisPort = 6379 }: Servers): Queue {
  const keyPrefix = `bench-${process.pid}-${performance.now()}`
  const name = library === "ioredis" ? "ioredis" : "redis"
  return createBullmqQueue({ host: "127.0.0.1", port: redisPort, library: name, keyPrefix })
}

interface Raw {
  readonly queue: RawQueue
  worker(handler: (payload: { id: number }) => void): Promise<Worker>
  close(): Promise<void>
}

/** BullMQ as its documentation shows it, with a client whose own timeout of commands is off. */
async function openRaw(library: Library, { redisPort = 6379 }: Servers): Promise<Raw> {
  const name = `bench-${process.pid}-${Math.round(performance.now())}`
  const client = library === "ioredis" ? undefined : await rawRedisClient(redisPort)
  const connection = (client ?? {
    host: "127.0.0.1",
    port: redisPort,
    maxRetriesPerRequest: null,
  }) as unknown as ConnectionOptions
  const queue = new RawQueue(name, { connection })
  const workers: Worker[] = []
  return {
    queue,
    async worker(handler) {
      const worker = new Worker(name, async ({ data }) => handler(data), {
        connection,
        concurrency: IN_FLIGHT,
        removeOnComplete: { age: 86_400, count: 1000 },
      })
      workers.push(worker)
      await worker.waitUntilReady()
      return worker
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
      await queue.obliterate({ force: true })
      await queue.close()
      client?.destroy()
    },
  }
}

function publishing(one: (id: number) => Promise<unknown>, inFlight: number, close: () => Promise<unknown>): Timed {
  let next = 0
  return {
    async run(count) {
      const end = next + count
      const caller = async () => {
        while (next < end) {
          const answer = await one(next++)
          if (answer === undefined) throw new Error("a publish gave no id")
        }
      }
      await Promise.all(Array.from({ length: inFlight }, caller))
    },
    close: async () => void (await close()),
  }
}

function inBulk(many: (first: number) => Promise<readonly unknown[]>, close: () => Promise<unknown>): Timed {
  let next = 0
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        if ((await many(next)).length !== BULK) throw new Error("a publish of many gave too few ids")
        next += BULK
      }
    },
    close: async () => void (await close()),
  }
}

const items = (first: number) => Array.from({ length: BULK }, (_, index) => payloadOf(first + index))

async function filledOurs(library: Library, servers: Servers, count: number): Promise<FilledQueue> {
  const queue = openOurs(library, servers)
  for (let first = 0; first < count; first += BULK) {
    await queue.publishMany(
      "mail",
      items(first).map((data) => ({ data })),
    )
  }
  return {
    drain: () =>
      new Promise((resolve, reject) => {
        const handler = counted(count, resolve, reject)
        queue.subscribe<{ id: number }>("mail", ({ data }) => handler(data), { concurrency: IN_FLIGHT }).catch(reject)
      }),
    async close() {
      await queue.unsubscribe("mail")
      await queue.close()
    },
  }
}

async function filledRaw(library: Library, servers: Servers, count: number): Promise<FilledQueue> {
  const raw = await openRaw(library, servers)
  for (let first = 0; first < count; first += BULK) {
    await raw.queue.addBulk(items(first).map((data) => ({ name: "mail", data, opts: RAW_OPTIONS })))
  }
  return {
    drain: () =>
      new Promise((resolve, reject) => {
        raw.worker(counted(count, resolve, reject)).catch(reject)
      }),
    close: () => raw.close(),
  }
}

function counted(
  count: number,
  resolve: () => void,
  reject: (error: Error) => void,
): (payload: { id: number }) => void {
  const seen = new Set<number>()
  return ({ id }) => {
    if (seen.has(id)) reject(new Error("a message was handled twice"))
    seen.add(id)
    if (seen.size === count) resolve()
  }
}

const oursHandled =
  (library: Library, servers: Servers): OpenHandled =>
  async (handled) => {
    const queue = openOurs(library, servers)
    await queue.subscribe<ReturnType<typeof payloadOf>>("mail", ({ data }) => handled(data), { concurrency: IN_FLIGHT })
    return { publish: (payload) => queue.publish("mail", payload), close: () => queue.close() }
  }

const rawHandled =
  (library: Library, servers: Servers): OpenHandled =>
  async (handled) => {
    const raw = await openRaw(library, servers)
    await raw.worker((payload) => handled(payload as ReturnType<typeof payloadOf>))
    return { publish: (payload) => raw.queue.add("mail", payload, RAW_OPTIONS), close: () => raw.close() }
  }

function rowsOf(library: Library): Row[] {
  const common = { needs: ["redis"], baselineName: "BullMQ" } as const
  return [
    {
      ...common,
      name: `bullmq publish, 50 in flight, CPU, ${library}`,
      cpu: true,
      goal: 0.95,
      async ours(servers) {
        const queue = openOurs(library, servers)
        return publishing(
          (id) => queue.publish("mail", payloadOf(id)),
          IN_FLIGHT,
          () => queue.close(),
        )
      },
      async baseline(servers) {
        const raw = await openRaw(library, servers)
        return publishing(
          (id) => raw.queue.add("mail", payloadOf(id), RAW_OPTIONS),
          IN_FLIGHT,
          () => raw.close(),
        )
      },
    },
    {
      ...common,
      name: `bullmq publishMany of ${BULK}, CPU, ${library}`,
      cpu: true,
      goal: 0.95,
      async ours(servers) {
        const queue = openOurs(library, servers)
        const publish = (first: number) =>
          queue.publishMany(
            "mail",
            items(first).map((data) => ({ data })),
          )
        return inBulk(publish, () => queue.close())
      },
      async baseline(servers) {
        const raw = await openRaw(library, servers)
        const add = (first: number) =>
          raw.queue.addBulk(items(first).map((data) => ({ name: "mail", data, opts: RAW_OPTIONS })))
        return inBulk(add, () => raw.close())
      },
    },
    {
      ...common,
      name: `bullmq handle, 50 at a time, CPU, ${library}`,
      goal: 0.8,
      ours: async (servers) => draining(FILLED, (count) => filledOurs(library, servers, count)),
      baseline: async (servers) => draining(FILLED, (count) => filledRaw(library, servers, count)),
    },
    {
      ...common,
      name: `bullmq publish to start, one at a time, ${library}`,
      better: "lower",
      unit: "ms",
      goal: 1.2,
      ours: (servers) => latency(oursHandled(library, servers)),
      baseline: (servers) => latency(rawHandled(library, servers)),
    },
  ]
}

/** By the clock: what a peer's client leaves to its server is work as well. */
function pgBossRow(inFlight: number, goal: number): Row {
  return {
    name: `bullmq publish, ${inFlight === 1 ? "one at a time" : `${inFlight} in flight`}, pg-boss`,
    needs: ["redis", "postgres"],
    peer: "pg-boss",
    baselineName: "pg-boss on PostgreSQL",
    goal,
    async ours(servers) {
      const queue = openOurs("@redis/client", servers)
      return publishing(
        (id) => queue.publish("mail", payloadOf(id)),
        inFlight,
        () => queue.close(),
      )
    },
    async baseline({ postgresUrl = "" }) {
      const { default: PgBoss } = await import("pg-boss")
      const boss = new PgBoss({ connectionString: postgresUrl, supervise: false, schedule: false })
      boss.on("error", () => {})
      await boss.start()
      await boss.createQueue("mail")
      return publishing(
        (id) => boss.send("mail", payloadOf(id)),
        inFlight,
        () => boss.stop({ graceful: false }),
      )
    },
  }
}

const beeRow: Row = {
  name: "bullmq publish and handle, 50 at a time, CPU, bee-queue",
  needs: ["redis"],
  peer: "bee-queue",
  baselineName: "bee-queue: no priorities",
  cpu: true,
  ours: (servers) => handling(oursHandled("@redis/client", servers)),
  async baseline({ redisPort = 6379 }): Promise<Target> {
    const { default: BeeQueue } = await import("bee-queue")
    return handling(async (handled) => {
      const queue = new BeeQueue(`bench-${process.pid}`, {
        redis: { host: "127.0.0.1", port: redisPort },
        removeOnSuccess: true,
        getEvents: false,
      })
      queue.process(IN_FLIGHT, async (job: { data: ReturnType<typeof payloadOf> }) => handled(job.data))
      return { publish: (payload) => queue.createJob(payload).save(), close: () => queue.close() }
    })
  },
}

export const redisQueueRows: readonly Row[] = [
  ...rowsOf("@redis/client"),
  ...rowsOf("ioredis"),
  pgBossRow(IN_FLIGHT, 20),
  pgBossRow(1, 6),
  beeRow,
]

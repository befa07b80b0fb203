import { ServiceError } from "../../contracts/foundation/errors.ts"
import { QUEUE_MAX_NAME_BYTES } from "../../contracts/queue/arguments.ts"
import type { PublishOptions, QueueCapabilities } from "../../contracts/queue/queue.ts"
import type { ContractProbes } from "../engine/clause.ts"
import { plainDataSamples, type RemovingProbes } from "../families/roles.ts"
import type { QueueClient } from "./clause.ts"

/** Of the form of an id, and of no message. */
export const NO_ID = "00000000000000000000000000"

const missing = undefined as unknown as string

export const queueProbes: ContractProbes<QueueClient> = {
  calls: {
    publish: (queue) => queue.publish("probe", 1),
    async subscribe(queue) {
      await queue.subscribe("subscribed", () => {})
      await queue.unsubscribe("subscribed")
    },
    unsubscribe: (queue) => queue.unsubscribe("unsubscribed"),
    getQueueSize: (queue) => queue.getQueueSize("probe"),
    purge: (queue) => queue.purge("populated"),
    publishMany: (queue) => queue.publishMany("probe", [{ data: 1 }]),
    defineQueue: (queue) => queue.defineQueue({ name: "defined" }),
    listQueues: (queue) => queue.listQueues(),
    getQueueStats: (queue) => queue.getQueueStats("probe"),
    getTask: (queue) => queue.getTask("probe", NO_ID),
    cancel: (queue) => queue.cancel("probe", NO_ID),
    pause: (queue) => queue.pause("paused"),
    resume: (queue) => queue.resume("paused"),
    whenIdle: (queue) => queue.whenIdle("idle"),
    listFailed: (queue) => queue.listFailed("probe"),
    // There is no dead message: it is refused, and nothing more.
    replay: (queue) => queue.replay("probe", NO_ID).catch(unlessNotFound),
    replayAll: (queue) => queue.replayAll("probe"),
    purgeFailed: (queue) => queue.purgeFailed("probe"),
    schedule: (queue) => queue.schedule("scheduled", "probe", { cron: "0 0 1 1 *" }),
    unschedule: (queue) => queue.unschedule("unscheduled", "probe"),
    listSchedules: (queue) => queue.listSchedules("scheduled"),
  },
  local: ["unsubscribe", "defineQueue"],
  badCalls: {
    publish: (queue) => queue.publish("probe", () => 1),
    subscribe: (queue) => queue.subscribe("probe", missing as never),
    unsubscribe: (queue) => queue.unsubscribe(""),
    getQueueSize: (queue) => queue.getQueueSize(missing),
    purge: (queue) => queue.purge(missing),
    publishMany: (queue) => queue.publishMany("probe", missing as never),
    defineQueue: (queue) => queue.defineQueue(missing as never),
    getQueueStats: (queue) => queue.getQueueStats(missing),
    getTask: (queue) => queue.getTask("probe", missing),
    cancel: (queue) => queue.cancel("probe", missing),
    pause: (queue) => queue.pause(missing),
    resume: (queue) => queue.resume(missing),
    whenIdle: (queue) => queue.whenIdle(missing),
    listFailed: (queue) => queue.listFailed("probe", { limit: 0 }),
    replay: (queue) => queue.replay("probe", missing),
    replayAll: (queue) => queue.replayAll(missing),
    purgeFailed: (queue) => queue.purgeFailed(missing),
    schedule: (queue) => queue.schedule("scheduled", "probe", { cron: "never" }),
    unschedule: (queue) => queue.unschedule("unscheduled", missing),
    listSchedules: (queue) => queue.listSchedules(missing),
  },
  refusedWithSecret: [
    (queue, secret) => queue.publish("probe", { password: secret, call: () => secret }),
    (queue, secret) => queue.publish("probe", { password: secret }, { delay: -1 }),
    (queue, secret) => queue.publish("probe", 1, { metadata: { password: secret, other: 1 as unknown as string } }),
    (queue, secret) => queue.publishMany?.("probe", [{ data: { password: secret, call: () => secret } }]),
    (queue, secret) => queue.schedule?.("probe", "secret", { everyMs: 0 }, { password: secret }),
  ],
  storeSecret: (queue, secret) => queue.publish("probe", { password: secret }),
  populate: (queue) => queue.publish("populated", 1),
  async snapshot(queue) {
    const sizes = await Promise.all(["populated", "probe", "scheduled"].map((name) => sizeOf(queue, name)))
    if (sizes.includes(undefined)) await look(queue)
    return sizes
  },
}

let looks = 0

/** Asks the store, and changes nothing in it. */
async function look(queue: QueueClient): Promise<void> {
  const name = `look ${++looks}`
  await queue.subscribe(name, () => {})
  await queue.unsubscribe(name)
}

type Publish = (queue: QueueClient, name: string, data: unknown, options?: PublishOptions) => Promise<string>

const publish: Publish = (queue, name, data, options) => queue.publish(name, data, options)
const publishMany: Publish = async (queue, name, data, options) => {
  const [id = NO_ID] = await queue.publishMany(name, [{ data, options }])
  return id
}

/** The methods of a queue that publish, each with its call for one message. */
export function publishing({ management }: QueueCapabilities): [method: string, publish: Publish][] {
  return management
    ? [
        ["publish", publish],
        ["publishMany", publishMany],
      ]
    : [["publish", publish]]
}

/** The id of the message that was published last under a name. */
const latest = new WeakMap<QueueClient, Map<string, string>>()

/** Publishes a message, and remembers its id. */
function keeping(method: Publish): (queue: QueueClient, name: string, value: unknown) => Promise<string> {
  return async (queue, name, value) => {
    const id = await method(queue, name, value)
    const ids = latest.get(queue) ?? new Map<string, string>()
    latest.set(queue, ids.set(name, id))
    return id
  }
}

const keep = keeping(publish)
const latestId = (queue: QueueClient, name: string) => latest.get(queue)?.get(name) ?? NO_ID

/** Names of queues: what is stored under one is its message. */
export const queueNameProbes: RemovingProbes<QueueClient, QueueCapabilities> = {
  stores: { publish: keep, publishMany: keeping(publishMany) },
  reads: {
    async getTask(queue, name) {
      const task = await queue.getTask(name, latestId(queue, name))
      const size = await sizeOf(queue, name).catch(() => undefined)
      if (size === 0) return undefined
      return size === undefined || size === 1 ? task?.data : `${size} messages`
    },
    async subscribe(queue, name) {
      const taken = await takeAll(queue, name)
      for (const data of taken) await keep(queue, name, data)
      return taken.length > 1 ? taken : taken[0]
    },
  },
  finds: {
    getQueueSize: async (queue, name) => (await queue.getQueueSize(name)) > 0,
    async getQueueStats(queue, name) {
      const { delayed, waiting } = await queue.getQueueStats(name)
      return waiting + delayed > 0
    },
  },
  removes: {
    purge: (queue, name) => queue.purge(name),
    cancel: (queue, name) => queue.cancel(name, latestId(queue, name)),
    async unsubscribe(queue, name) {
      await queue.unsubscribe(name)
      return (await takeAll(queue, name).catch(() => [])).length
    },
  },
  maxNameBytes: () => QUEUE_MAX_NAME_BYTES,
  maxValueBytes: ({ maxPayloadBytes }) => maxPayloadBytes,
  ...plainDataSamples,
}

/** How long a message is waited for, where it is known to be there, and where it is not known. */
const KNOWN_MS = 5000
const UNKNOWN_MS = 300

/** Takes what waits under a name, by a subscription. */
async function takeAll(queue: QueueClient, name: string): Promise<unknown[]> {
  const size = await sizeOf(queue, name).catch(() => undefined)
  const taken: unknown[] = []
  await queue.subscribe(name, ({ data }) => {
    taken.push(data)
  })
  const end = performance.now() + (size === undefined ? UNKNOWN_MS : KNOWN_MS)
  while (taken.length < (size ?? 1) && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 1))
  // A name that only this method refuses is told by its own probe.
  await queue.unsubscribe(name).catch(() => undefined)
  return taken
}

/** Undefined where the queue does not tell. */
async function sizeOf(queue: QueueClient, name: string): Promise<number | undefined> {
  if (queue.getQueueSize === undefined) return undefined
  return queue.getQueueSize(name).catch((error: unknown) => {
    if (ServiceError.is(error) && error.code === "UNSUPPORTED") return undefined
    throw error
  })
}

function unlessNotFound(error: unknown): void {
  if (!ServiceError.is(error) || error.code !== "NOT_FOUND") throw error
}

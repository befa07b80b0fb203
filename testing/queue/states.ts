/** How clauses wait until a queue knows what its handlers did. */
import type { FailedMessage, QueueStats, TaskStatus } from "../../contracts/queue/message.ts"
import type { Checks } from "../engine/checks.ts"
import { deepEqual } from "../engine/deep-equal.ts"
import { forAll } from "../families/roles.ts"
import type { QueueClient, QueueWorld } from "./clause.ts"

export const HOUR_MS = 3_600_000

/** Waits until what `read` gives is `wanted`; a failure shows what it was. */
async function becomes<Value>(t: Checks, read: () => Promise<Value>, wanted: Value, what: string): Promise<void> {
  let last: Value | undefined
  const isThere = async () => {
    last = await read()
    return deepEqual(last, wanted)
  }
  await t.eventually(isThere, `${what}: ${JSON.stringify(wanted)}`)
}

export async function reachSize(t: Checks, queue: QueueClient, name: string, size: number, when: string) {
  await becomes(t, () => queue.getQueueSize(name), size, `the size of the queue, ${when}`)
}

export async function reachStats(
  t: Checks,
  queue: QueueClient,
  name: string,
  wanted: Partial<QueueStats>,
  when: string,
): Promise<void> {
  const none = { waiting: 0, delayed: 0, active: 0, completed: 0, dead: 0, paused: false }
  await becomes(t, () => queue.getQueueStats(name), { ...none, ...wanted }, `the counts of the queue, ${when}`)
}

export async function reachStatus(
  t: Checks,
  queue: QueueClient,
  name: string,
  id: string,
  status: TaskStatus,
  what: string,
): Promise<void> {
  await becomes(t, async () => (await queue.getTask(name, id))?.status, status, `the status of ${what}`)
}

/** Lets what is under way end that no method tells of. */
export function aWhile(t: Checks): Promise<void> {
  return t.never(() => false, "nothing")
}

/** Waits until the queue knows that handlers are done with a message; a while where it tells nothing of messages. */
export async function untilDone(t: Checks, queue: QueueClient, world: QueueWorld, name: string, id: string) {
  if (!world.capabilities.management) return aWhile(t)
  await t.eventually(async () => {
    const status = (await queue.getTask(name, id))?.status
    return status === undefined || status === "completed" || status === "dead"
  }, `the end of a message of ${name}`)
}

/** Waits until so many messages are dead, of at most 1,000. */
export async function reachDead(
  t: Checks,
  queue: QueueClient,
  name: string,
  count: number,
  when = "after their last attempt",
): Promise<FailedMessage[]> {
  let items: FailedMessage[] = []
  await t.eventually(async () => {
    items = (await queue.listFailed(name, { limit: 1000 })).items
    return items.length === count
  }, `${count} dead messages, ${when}`)
  return items
}

/** Publishes numbers from 0, in one call where the queue can. */
export async function publishBatch(
  queue: QueueClient,
  world: QueueWorld,
  name: string,
  count: number,
): Promise<string[]> {
  const numbers = Array.from({ length: count }, (_, number) => number)
  if (!world.capabilities.management) return forAll(numbers, (number) => queue.publish(name, number))
  return queue.publishMany(
    name,
    numbers.map((data) => ({ data })),
  )
}

import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PublishOptions } from "../../../contracts/queue/queue.ts"
import type { Checks } from "../../engine/checks.ts"
import { AT_ONCE, clause, gate, listen, type QueueClient, type QueueWorld } from "../clause.ts"
import { passUntilLost, visibilityOf } from "./crash.ts"

/** In which the answer to a publish does not come. */
const UNHEARD = ["loseAnswer", "silent"] as const

/** What came of a publish while the store fails. The store is well again afterwards. */
interface Published {
  /** Of the answer, or of the error. */
  readonly id: string | undefined
  readonly error: unknown
}

async function publishUnder(
  t: Checks,
  queue: QueueClient,
  world: QueueWorld,
  fault: "loseAnswer" | "silent" | "unreachable",
  data: string,
  options?: PublishOptions,
): Promise<Published> {
  await world.faults[fault]()
  const { error, value } = await t.outcome(() => queue.publish("work", data, options), `publish while ${fault}`)
  await world.faults.heal()
  await t.eventually(() => answers(queue), "works again")
  return { id: error === undefined ? (value as string) : idOf(error), error }
}

/** Of an error that says that the outcome is unknown. */
function idOf(error: unknown): string | undefined {
  if (!ServiceError.is(error)) return undefined
  const { id, outcome } = (error.details ?? {}) as { id?: unknown; outcome?: unknown }
  return outcome === "unknown" && typeof id === "string" ? id : undefined
}

function isUnavailable(error: unknown): boolean {
  return ServiceError.is(error) && error.code === "UNAVAILABLE"
}

/** Whether the store answers. What is published for it is in a queue of its own. */
async function answers(queue: QueueClient): Promise<boolean> {
  return queue.publish("answers", 1).then(
    () => true,
    () => false,
  )
}

/** QUEUE-FAULT: stores that fail. Those that are started again are in `restarts.ts`. */
export const faultsClauses = [
  clause("QUEUE-FAULT-01", {
    why: "Work that was ordered once would be done twice.",
    fix: "Choose the id before the message is sent, let the store refuse a second one of it, and name it in the error.",
    uses: ["faults"],
    async check(t, queue, world) {
      await answers(queue)
      const published: Record<string, Published> = {}
      for (const fault of UNHEARD) published[fault] = await publishUnder(t, queue, world, fault, fault)
      const seen = await listen(t, queue, "work")
      await queue.publish("work", "last")
      await t.eventually(() => seen.data.includes("last"), "a message after the faults")
      await seen.stay(UNHEARD.length + 1, "more messages are delivered than were published")
      for (const fault of UNHEARD) {
        const { error, id } = published[fault] ?? {}
        const ids = seen.messages.filter(({ data }) => data === fault).map((message) => message.id)
        t.ok(ids.length <= 1, `a publish while ${fault} made ${ids.length} messages`)
        if (error === undefined) t.equal(ids, [id], `messages of a publish that resolved while ${fault}`)
        else if (ids.length > 0) t.equal(id, ids[0], `the id that the error of a publish while ${fault} tells`)
      }
    },
  }),
  clause("QUEUE-FAULT-02", {
    why: "UNAVAILABLE is what callers may repeat without a look: the work would be done twice.",
    fix: "Reject UNAVAILABLE only for what was never sent, and keep no list of messages for later.",
    uses: ["faults"],
    async check(t, queue, world) {
      await answers(queue)
      const refused: string[] = []
      for (const fault of ["unreachable", ...UNHEARD] as const) {
        const { error } = await publishUnder(t, queue, world, fault, fault)
        if (isUnavailable(error)) refused.push(fault)
      }
      const seen = await listen(t, queue, "work")
      await queue.publish("work", "last")
      await t.eventually(() => seen.data.includes("last"), "a message after the faults")
      const applied = () => refused.some((fault) => seen.data.includes(fault))
      await t.never(applied, "a message is delivered whose publish was rejected UNAVAILABLE")
    },
  }),
  clause("QUEUE-FAULT-03", {
    why: "A connection that ends for a moment would do finished work again.",
    fix: "Tell the store once more that the message is completed: that it is already is no failure.",
    uses: ["faults"],
    waits: true,
    async check(t, queue, world) {
      const seconds = visibilityOf(world) * 2
      const held = gate()
      try {
        const seen = await listen(t, queue, "work", () => held.opened, { visibilityTimeoutMs: seconds * 1000 })
        await queue.publish("work", 1, { backoff: AT_ONCE })
        await seen.reach(1)
        // Another answer may be the one that is lost, so that the completion waits for the connection.
        const loan = world.window(seconds / 2)
        await world.faults.loseAnswer()
        held.open()
        await seen.end(1)
        await t.eventually(() => answers(queue), "works again")
        await world.faults.heal()
        await t.eventually(() => answers(queue), "works again")
        loan.close()
        await world.pass(seconds * 2)
        await seen.stay(1, "a message whose handler has finished is delivered again")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-FAULT-04", {
    why: "A message would be dead that no handler has seen.",
    fix: "Count a delivery when its handler is called, not when the store gives it out.",
    uses: ["faults"],
    waits: true,
    async check(t, queue, world) {
      const options = { visibilityTimeoutMs: visibilityOf(world) * 1000 }
      const seen = await listen(t, queue, "work", undefined, options)
      await queue.publish("work", 1, { delay: world.step * 1000, maxAttempts: 1 })
      await world.faults.loseAnswer()
      // Where time is real a delivery may be as late as this.
      await world.pass(world.step + 0.3)
      await world.faults.heal()
      await passUntilLost(world)
      await seen.reach(1, "a message whose delivery was lost on its way")
      await seen.stay(1, "it is delivered twice")
      t.equal(seen.messages[0]?.attempts, 1, "attempts when its handler is called first")
    },
  }),
  clause("QUEUE-FAULT-05", {
    why: "After an outage everything looks well, and no work is done until somebody notices.",
    fix: "Connect again by yourself, with short pauses, and look at once for what is due.",
    uses: ["faults"],
    waits: true,
    async check(t, queue, world) {
      const seen = await listen(t, queue, "work")
      let count = 0
      for (const fault of ["unreachable", "silent"] as const) {
        await queue.publish("work", fault, { delay: world.step * 1000 })
        await world.faults[fault]()
        await world.pass(world.step * 1.5)
        await world.faults.heal()
        await seen.reach(++count, `what was due, within 5 s of the end of ${fault}`)
      }
      await t.eventually(() => answers(queue), "works again")
      await queue.publish("work", "last")
      await t.eventually(() => seen.data.includes("last"), "a message after the outages")
    },
  }),
  clause("QUEUE-FAULT-09", {
    why: "Who does not know the outcome must be able to ask for it again, and not order twice.",
    fix: "Let the id be the key of the message in the store, and do nothing where it is there.",
    uses: ["faults"],
    async check(t, queue, world) {
      await answers(queue)
      let unknown = 0
      for (const fault of UNHEARD) {
        const { error, id } = await publishUnder(t, queue, world, fault, fault)
        if (error !== undefined && id !== undefined) {
          t.equal(await queue.publish("work", fault, { id }), id, `the id of a repeated publish, after ${fault}`)
        } else if (isUnavailable(error)) await queue.publish("work", fault)
        // Of an error without id nobody can ask again: QUEUE-FAULT-01 says so.
        else if (error !== undefined) unknown++
        const key = { idempotencyKey: fault }
        const keyed = await publishUnder(t, queue, world, fault, `${fault} with a key`, key)
        if (keyed.error !== undefined) await queue.publish("work", `${fault} with a key`, key)
      }
      const seen = await listen(t, queue, "work")
      await seen.reach(UNHEARD.length * 2 - unknown, "every message")
      await seen.stay(UNHEARD.length * 2, "more messages are delivered than were published")
      t.equal(new Set(seen.data).size, seen.data.length, "different messages among those that were delivered")
    },
  }),
]

import type { Checks } from "../../engine/checks.ts"
import { clause, listen, type QueueClient } from "../clause.ts"
import { publishing } from "../publishing.ts"

/** Only what was published without the option is delivered. */
async function onlyPlain(t: Checks, queue: QueueClient): Promise<void> {
  const seen = await listen(t, queue, "work")
  await queue.publish("work", "plain")
  await t.eventually(() => seen.data.includes("plain"), "a message without the option")
  await seen.stay(1, "a message that was refused is delivered")
}

/** QUEUE-CAP: options that an adapter may lack. Those of interfaces are in `families/capabilities.ts`. */
export const capabilitiesClauses = [
  clause("QUEUE-CAP-06", {
    why: "What was urgent waits behind everything else, and nobody was told.",
    fix: "Reject UNSUPPORTED where a priority is given, or declare priorities: true.",
    lacks: ["priorities"],
    async check(t, queue, world) {
      for (const [method, publish] of publishing(world.capabilities)) {
        for (const priority of [0, 2]) {
          const refused = () => publish(queue, "work", "urgent", { priority })
          await t.rejects(refused, "UNSUPPORTED", `${method} with priority ${priority}`)
        }
      }
      await onlyPlain(t, queue)
    },
  }),
  clause("QUEUE-CAP-07", {
    why: "Messages that must not run at one time do, and nobody was told.",
    fix: "Reject UNSUPPORTED where a groupKey is given, or declare groups: true.",
    lacks: ["groups"],
    async check(t, queue, world) {
      for (const [method, publish] of publishing(world.capabilities)) {
        const refused = () => publish(queue, "work", "grouped", { groupKey: "ada" })
        await t.rejects(refused, "UNSUPPORTED", `${method} with a groupKey`)
      }
      await onlyPlain(t, queue)
    },
  }),
  clause("QUEUE-CAP-08", {
    why: "Another service is called faster than it allows, and nobody was told.",
    fix: "Reject UNSUPPORTED where a rate limit is given, or declare rateLimit: true.",
    lacks: ["rateLimit"],
    async check(t, queue) {
      const refused: unknown[] = []
      const handler = ({ data }: { data: unknown }) => void refused.push(data)
      const subscribing = () => queue.subscribe("work", handler, { rateLimit: { max: 100, durationMs: 1000 } })
      await t.rejects(subscribing, "UNSUPPORTED", "subscribe with a rate limit")
      await onlyPlain(t, queue)
      t.equal(refused, [], "what a handler was given whose subscribe was refused")
    },
  }),
]

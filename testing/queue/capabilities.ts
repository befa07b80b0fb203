import type { QueueCapabilities } from "../../contracts/queue/queue.ts"
import type { CapabilityOptions } from "../families/capabilities.ts"
import type { QueueClient } from "./clause.ts"
import { NO_ID } from "./probes.ts"

type Options = CapabilityOptions<QueueClient, QueueCapabilities>

/** What the capabilities of a queue may be. */
export const queueCapabilityRanges: Options["ranges"]["of"] = {
  management: "boolean",
  deadLetters: "boolean",
  schedules: "boolean",
  durable: "boolean",
  shared: "boolean",
  priorities: "boolean",
  rateLimit: "boolean",
  groups: "boolean",
  order: ["fifo", "none"],
  maxPayloadBytes: { least: 4096, whole: true },
  delayResolutionMs: { least: Number.MIN_VALUE },
}

/** The optional interfaces of a queue, and a use of each that shows whether it works. */
export const queueInterfaces: NonNullable<Options["interfaces"]> = {
  management: {
    id: "QUEUE-CAP-01",
    async works(queue) {
      const [id = NO_ID] = await queue.publishMany("works", [{ data: 1 }])
      const { waiting } = await queue.getQueueStats("works")
      const told = (await queue.getTask("works", id))?.data === 1 && (await queue.listQueues()).includes("works")
      await queue.pause("works")
      await queue.resume("works")
      return waiting === 1 && told && (await queue.cancel("works", id))
    },
  },
  deadLetters: {
    id: "QUEUE-CAP-02",
    async works(queue) {
      const { items } = await queue.listFailed("works")
      return items.length === 0 && (await queue.replayAll("works")) === 0 && (await queue.purgeFailed("works")) === 0
    },
  },
  schedules: {
    id: "QUEUE-CAP-03",
    async works(queue) {
      await queue.schedule("works", "yearly", { cron: "0 0 1 1 *" })
      const [info] = await queue.listSchedules("works")
      return info?.name === "yearly" && (await queue.unschedule("works", "yearly"))
    },
  },
}

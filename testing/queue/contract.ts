import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import { idsOf, nameFamily } from "../../contracts/foundation/families.ts"
import { queueSentences } from "../../contracts/queue/clauses.ts"
import { type QueueCapabilities, queueMethods } from "../../contracts/queue/queue.ts"
import { type Contract, defineContract } from "../engine/clause.ts"
import { capabilityClauses } from "../families/capabilities.ts"
import { nameClauses } from "../families/names.ts"
import { foundationClauses } from "../foundation/catalogue.ts"
import { queueCapabilityRanges, queueInterfaces } from "./capabilities.ts"
import type { QueueClient } from "./clause.ts"
import { argumentsClauses } from "./clauses/arguments.ts"
import { capabilitiesClauses } from "./clauses/capabilities.ts"
import { closeClauses } from "./clauses/close.ts"
import { contextClauses } from "./clauses/context.ts"
import { crashClauses } from "./clauses/crash.ts"
import { deadLettersClauses } from "./clauses/dead-letters.ts"
import { delayClauses } from "./clauses/delay.ts"
import { faultsClauses } from "./clauses/faults.ts"
import { flowClauses } from "./clauses/flow.ts"
import { groupsClauses } from "./clauses/groups.ts"
import { idempotencyClauses } from "./clauses/idempotency.ts"
import { managementClauses } from "./clauses/management.ts"
import { orderClauses } from "./clauses/order.ts"
import { payloadClauses } from "./clauses/payload.ts"
import { publishClauses } from "./clauses/publish.ts"
import { purgeClauses } from "./clauses/purge.ts"
import { rateLimitClauses } from "./clauses/rate-limit.ts"
import { restartsClauses } from "./clauses/restarts.ts"
import { retryClauses } from "./clauses/retry.ts"
import { scheduleTimesClauses } from "./clauses/schedule-times.ts"
import { schedulesClauses } from "./clauses/schedules.ts"
import { subscribeClauses } from "./clauses/subscribe.ts"
import { tasksClauses } from "./clauses/tasks.ts"
import { queueNameProbes, queueProbes } from "./probes.ts"

/** Every clause of the queue contract, and those that all services share. */
export const queueContract: Contract<QueueClient, QueueCapabilities> = defineContract({
  service: "queue",
  version: 1,
  methods: queueMethods,
  sentences: queueSentences,
  required: ["publish", "subscribe", "unsubscribe"],
  defaultCapabilities: {
    management: false,
    deadLetters: false,
    schedules: false,
    durable: false,
    shared: false,
    priorities: false,
    rateLimit: false,
    groups: false,
    order: "none",
    maxPayloadBytes: NO_LIMIT,
    delayResolutionMs: 1,
  },
  isolation: {
    fill: (queue) => queue.publish("apart", 1),
    isEmpty: async (queue) => (await queue.getQueueSize("apart")) === 0,
  },
  clauses: [
    ...publishClauses,
    ...subscribeClauses,
    ...payloadClauses,
    ...nameClauses({
      sentences: queueSentences,
      ids: idsOf(nameFamily, "QUEUE-NAME"),
      probes: queueNameProbes,
    }),
    ...argumentsClauses,
    ...orderClauses,
    ...delayClauses,
    ...retryClauses,
    ...contextClauses,
    ...idempotencyClauses,
    ...purgeClauses,
    ...managementClauses,
    ...flowClauses,
    ...tasksClauses,
    ...deadLettersClauses,
    ...rateLimitClauses,
    ...groupsClauses,
    ...schedulesClauses,
    ...scheduleTimesClauses,
    ...crashClauses,
    ...closeClauses,
    ...faultsClauses,
    ...restartsClauses,
    ...capabilitiesClauses,
    ...capabilityClauses<QueueClient, QueueCapabilities>({
      sentences: queueSentences,
      probes: queueProbes,
      methods: queueMethods,
      interfaces: queueInterfaces,
      ranges: { id: "QUEUE-CAP-04", of: queueCapabilityRanges },
      stable: { id: "QUEUE-CAP-05" },
    }),
    ...foundationClauses(queueProbes),
  ],
})

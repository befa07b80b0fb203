import type { QueueCapabilities, QueueImplementation } from "../../contracts/queue/queue.ts"
import type { Mutant } from "../engine/mutant.ts"
import type { Catalogue } from "../engine/self-proof.ts"
import { capabilityMutants } from "../families/mutants/capabilities.ts"
import { foundationMutants } from "../foundation/mutants.ts"
import type { QueueClient } from "./clause.ts"
import { queueContract } from "./contract.ts"
import { argumentsMutants } from "./mutants/arguments.ts"
import { queueCapabilityMutants } from "./mutants/capabilities.ts"
import { closeMutants } from "./mutants/close.ts"
import { contextMutants } from "./mutants/context.ts"
import { crashMutants } from "./mutants/crash.ts"
import { deadLettersMutants } from "./mutants/dead-letters.ts"
import { delayMutants } from "./mutants/delay.ts"
import { faultsMutants } from "./mutants/faults.ts"
import { flowMutants } from "./mutants/flow.ts"
import { groupsMutants } from "./mutants/groups.ts"
import { idempotencyMutants } from "./mutants/idempotency.ts"
import { managementMutants } from "./mutants/management.ts"
import { nameMutants } from "./mutants/names.ts"
import { orderMutants } from "./mutants/order.ts"
import { payloadMutants } from "./mutants/payload.ts"
import { publishMutants } from "./mutants/publish.ts"
import { purgeMutants } from "./mutants/purge.ts"
import { rateLimitMutants } from "./mutants/rate-limit.ts"
import { retryMutants } from "./mutants/retry.ts"
import { schedulesMutants } from "./mutants/schedules.ts"
import { subscribeMutants } from "./mutants/subscribe.ts"
import { tasksMutants } from "./mutants/tasks.ts"
import { queueOddities } from "./oddities.ts"
import { queuePins } from "./pins.ts"
import { queueProbes } from "./probes.ts"
import { ReferenceQueue } from "./reference/reference-queue.ts"
import { referenceSubject } from "./reference/world.ts"

/** In the order of the contract. */
export const queueMutants: readonly Mutant<typeof ReferenceQueue>[] = Object.freeze([
  ...publishMutants,
  ...subscribeMutants,
  ...payloadMutants,
  ...nameMutants,
  ...argumentsMutants,
  ...orderMutants,
  ...delayMutants,
  ...retryMutants,
  ...contextMutants,
  ...idempotencyMutants,
  ...purgeMutants,
  ...managementMutants,
  ...flowMutants,
  ...tasksMutants,
  ...deadLettersMutants,
  ...rateLimitMutants,
  ...groupsMutants,
  ...schedulesMutants,
  ...crashMutants,
  ...closeMutants,
  ...faultsMutants,
  ...queueCapabilityMutants,
  ...capabilityMutants(ReferenceQueue, {
    ranges: "QUEUE-CAP-04",
    stable: "QUEUE-CAP-05",
    limit: "maxPayloadBytes",
    reads: "unstarted",
  }),
  ...foundationMutants(ReferenceQueue, queueProbes, {
    reads: "getQueueSize",
    stores: "publish",
    removes: "purge",
    refuses: "getQueueSize",
    tells: "getQueueSize",
  }),
])

/** What proves the queue contract. */
export const queueCatalogue: Catalogue<typeof ReferenceQueue, QueueImplementation, QueueClient, QueueCapabilities> = {
  service: "queue",
  contract: queueContract,
  reference: ReferenceQueue,
  subjectOf: referenceSubject,
  mutants: queueMutants,
  oddities: queueOddities,
  pins: queuePins,
  matrix: "named",
}

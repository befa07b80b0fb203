import type { QueueCapabilities, QueueImplementation } from "../../../contracts/queue/queue.ts"
import { defineSubject } from "../../define-subject.ts"
import type { Subject } from "../../engine/subject.ts"
import { referenceWorld } from "../../foundation/reference-world.ts"
import type { ReferenceQueue } from "./reference-queue.ts"
import { QueueStore } from "./store.ts"

/**
 * A subject of the reference queue, or of a class that changes a line of it: a mutant or an oddity. Its world offers
 * everything that a world can offer.
 */
export function referenceSubject(
  name: string,
  Implementation: typeof ReferenceQueue,
): Subject<QueueImplementation, QueueCapabilities> {
  return defineSubject({
    service: "queue",
    name,
    open(options) {
      const store = new QueueStore()
      const world = referenceWorld(Implementation, store, options)
      const wakeAll = () => {
        for (const wake of store.wakes) wake()
      }
      const heal = async () => {
        await world.faults?.heal()
        wakeAll()
      }
      return { ...world, ...(world.faults && { faults: { ...world.faults, heal } }) }
    },
  })
}

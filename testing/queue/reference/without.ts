import { type QueueCapabilities, queueMethods } from "../../../contracts/queue/queue.ts"
import type { QueueReferenceOptions } from "./messages.ts"
import { ReferenceQueue } from "./reference-queue.ts"

type Optional = Exclude<keyof QueueCapabilities, "order" | "maxPayloadBytes" | "delayResolutionMs">

/** The reference queue that declares something else. */
export function referenceThatDeclares(change: Partial<QueueCapabilities>): typeof ReferenceQueue {
  return class extends ReferenceQueue {
    constructor(options: QueueReferenceOptions) {
      super(options)
      this.capabilities = { ...this.capabilities, ...change }
    }
  }
}

/** The reference queue without some capabilities: it declares so, and methods that belong to one are not there. */
export function referenceWithout(...absent: readonly Optional[]): typeof ReferenceQueue {
  const Without = referenceThatDeclares(Object.fromEntries(absent.map((name) => [name, false])))
  for (const [name, method] of Object.entries(queueMethods)) {
    if (!("capability" in method) || !absent.includes(method.capability)) continue
    Object.defineProperty(Without.prototype, name, { value: undefined, writable: true })
  }
  return Without
}

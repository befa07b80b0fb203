import { createManualClock } from "../../contracts/foundation/clock.ts"
import { createMemoryQueue, type MemoryQueueOptions } from "./memory.ts"

/** A queue by a manual clock, called `mails`, and what it told. */
export function openQueue(options: MemoryQueueOptions = {}) {
  const clock = createManualClock()
  const told: [string, unknown][] = []
  const events = { emit: (...event: [string, unknown]) => void told.push(event) }
  const queue = createMemoryQueue(options, { clock, name: "mails", events })
  const toldOf = (name: string) => told.filter(([event]) => event === name).map(([, payload]) => payload)
  return { clock, queue, told, toldOf }
}

import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { PublishOptions } from "../../../contracts/queue/queue.ts"
import type { MessageIds } from "../../../core/queue/for-adapters.ts"
import type { Announcer } from "./announcer.ts"
import type { Payload } from "./payload.ts"
import type { Pump } from "./pump.ts"
import type { Retention } from "./store.ts"

/** What the queues of an instance share. */
export interface LaneContext {
  readonly clock: Clock
  readonly random: () => number
  readonly ids: MessageIds
  readonly pump: Pump
  readonly announcer: Announcer
  readonly retention: Retention
  readonly maxPayloadBytes: number
  readonly counters: Counters
  /** A queue by its name, for what another one publishes there. */
  laneOf(queue: string): { publish(payload: Payload, options: PublishOptions | undefined): string }
}

/** Since the instance was made. */
interface Counters {
  published: number
  started: number
  succeeded: number
  failed: number
  died: number
  discarded: number
}

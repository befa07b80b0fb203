import type { Clock } from "../../../contracts/foundation/clock.ts"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { MessageIds } from "../../../core/queue/for-adapters.ts"
import type { Announcer } from "./announcer.ts"
import { Lane } from "./lane.ts"
import type { LaneContext } from "./lane-context.ts"
import { Pump } from "./pump.ts"
import type { Retention } from "./store.ts"

/** Queues are looked through for those that nobody uses any more when there are so many, or twice as many as were left. */
const FEW = 64

export interface LanesOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly ids: MessageIds
  readonly announcer: Announcer
  readonly retention: Retention
  readonly maxPayloadBytes: number
}

/** The queues of an instance by their names. One is there while it has, or knows, anything. */
export class Lanes {
  readonly counters = { published: 0, started: 0, succeeded: 0, failed: 0, died: 0, discarded: 0 }
  readonly #lanes = new Map<string, Lane>()
  readonly #context: LaneContext
  #sweepsAt = FEW
  /** No id of a later time was in a queue that was let go. */
  #forgotten = Number.NEGATIVE_INFINITY

  constructor(options: LanesOptions) {
    const laneOf = (queue: string) => this.of(queue)
    this.#context = { ...options, pump: new Pump(options.clock), counters: this.counters, laneOf }
  }

  find(queue: string): Lane | undefined {
    return this.#lanes.get(queue)
  }

  /** Made where it is not there. */
  of(queue: string): Lane {
    return this.#lanes.get(queue) ?? this.#make(queue)
  }

  all(): Lane[] {
    return [...this.#lanes.values()]
  }

  /** The names of those that are in use, in the order of code points. */
  names(): string[] {
    return this.all()
      .filter((lane) => lane.isListed())
      .map(({ name }) => name)
      .sort(compareCodePoints)
  }

  /** Nothing starts from now on. */
  stop(): void {
    this.#context.pump.stop()
    for (const lane of this.#lanes.values()) lane.stop()
  }

  async drained(): Promise<void> {
    await Promise.all(this.all().map((lane) => lane.drained()))
  }

  close(): void {
    for (const lane of this.#lanes.values()) lane.close()
    this.#lanes.clear()
  }

  #make(queue: string): Lane {
    if (this.#lanes.size >= this.#sweepsAt) {
      for (const lane of this.#lanes.values()) if (lane.isEmpty()) this.#letGo(lane)
      this.#sweepsAt = Math.max(FEW, this.#lanes.size * 2)
    }
    const lane = new Lane(queue, this.#context, this.#forgotten)
    this.#lanes.set(queue, lane)
    return lane
  }

  #letGo({ name, store }: Lane): void {
    this.#forgotten = Math.max(this.#forgotten, store.dropped.forgotten)
    this.#lanes.delete(name)
  }
}

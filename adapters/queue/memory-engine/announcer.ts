import type { EventEmitter } from "../../../contracts/foundation/events.ts"
import type { QueueEvents } from "../../../contracts/queue/events.ts"
import { emitQuietly } from "../../../core/foundation/emit-quietly.ts"

type Facts<Name extends keyof QueueEvents> = Omit<QueueEvents[Name], "service">

/** Tells what happened, if somebody listens. */
export class Announcer {
  readonly #events: EventEmitter
  readonly #service: string

  constructor(events: EventEmitter, service: string) {
    this.#events = events
    this.#service = service
  }

  /** Whether an event must be put together. Where an emitter cannot say, it must. */
  hears(name: keyof QueueEvents): boolean {
    try {
      return this.#events.listenerCount?.(name) !== 0
    } catch {
      return false
    }
  }

  tell<Name extends keyof QueueEvents>(name: Name, facts: Facts<Name>): void {
    emitQuietly(this.#events, name, { service: this.#service, ...facts })
  }
}

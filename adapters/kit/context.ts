import type { AdapterContext } from "../../contracts/foundation/adapter.ts"
import { systemClock } from "../../contracts/foundation/clock.ts"

/** What an adapter gets when it is made without createServices: real time, silence, no listeners. */
export function defaultContext(name: string): AdapterContext {
  return {
    name,
    clock: systemClock,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    events: { emit() {} },
    random: Math.random,
  }
}

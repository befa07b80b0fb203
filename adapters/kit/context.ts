import type { AdapterContext } from "../../contracts/adapter.ts"
import { systemClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"

/** What an adapter gets when it is made without createServices: real time, silence, no listeners, no other services. */
export function defaultContext(name: string): AdapterContext {
  return {
    name,
    clock: systemClock,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    events: { emit() {}, listenerCount: () => 0 },
    random: Math.random,
    use(service) {
      throw new ServiceError(
        "INVALID_CONFIG",
        `The adapter of ${name} must be given a ${service}; pass one as { use: () => ${service} }, or use createServices.`,
      )
    },
  }
}

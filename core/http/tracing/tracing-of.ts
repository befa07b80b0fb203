import type { Tracing } from "../../../contracts/tracing/tracing.ts"
import type { Instances } from "../bind-routes.ts"

/**
 * The tracing that was given, else that of the services: the one named `tracing`, or the only one. Undefined where it is
 * switched off.
 */
export function tracingOf(given: Tracing | undefined, instances: Instances): Tracing | undefined {
  const named = instances.get("tracing") ?? NONE
  const [only] = named.size === 1 ? named.values() : []
  const tracing = given ?? ((named.get("tracing") ?? only) as Tracing | undefined)
  return tracing?.getConfig().enabled === false ? undefined : tracing
}

const NONE: ReadonlyMap<string, object> = new Map()

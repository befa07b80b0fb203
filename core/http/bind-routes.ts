import { portableInfo } from "../foundation/base.ts"
import type { Route } from "../foundation/http/route.ts"
import { serviceList } from "../service-list.ts"
import type { BoundRoute } from "./endpoint.ts"

/** The instances of each service by their names, in the order of creation. */
export type Instances = ReadonlyMap<string, ReadonlyMap<string, object>>

/** What the members of services are instances of. */
export function instancesOf(services: object): Instances {
  const found = new Map<string, Map<string, object>>()
  for (const [name, instance] of Object.entries(services) as [string, unknown][]) {
    if (typeof instance !== "object" || instance === null) continue
    const service = portableInfo(instance)?.service
    if (service === undefined) continue
    const named = found.get(service) ?? new Map<string, object>()
    found.set(service, named.set(name, instance))
  }
  return found
}

/** The routes of every service that has an instance. */
export async function bindRoutes(instances: Instances): Promise<BoundRoute[]> {
  const bound = await Promise.all(
    serviceList.map(async ({ name, routes }) => {
      const named = instances.get(name)
      return named === undefined ? [] : ((await routes?.()) ?? []).map((route) => bindRoute(route, name, named))
    }),
  )
  return bound.flat()
}

/**
 * A route answers for the instance that has the name of its service, or for the only one. Of others the parameter
 * `instance` says which.
 */
function bindRoute(route: Route, service: string, named: ReadonlyMap<string, object>): BoundRoute {
  const [only] = named.size === 1 ? named.values() : []
  const usual = named.get(service) ?? only
  return { route, target: () => usual }
}

import * as z from "zod/mini"
import { portableInfo } from "../foundation/base.ts"
import type { Route } from "../foundation/http/route.ts"
import { definitionOf } from "../foundation/schema.ts"
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

/** A route answers for the only instance of its service; of several the parameter `instance` says which. */
function bindRoute(route: Route, service: string, named: ReadonlyMap<string, object>): BoundRoute {
  const [only] = named.values()
  if (named.size === 1) return { route, bind: (query) => ({ target: only, query }) }
  return {
    route: withInstance(route, service, [...named.keys()]),
    bind(query) {
      const { instance, ...rest } = query as Readonly<Record<string, unknown>>
      return { target: named.get(instance as string), query: route.query && rest }
    },
  }
}

/** The route with the parameter `instance`, which its handler does not see. */
function withInstance(route: Route, service: string, names: readonly string[]): Route {
  const { shape = {} } = route.query === undefined ? {} : definitionOf(route.query)
  const name = z.enum(names).check(z.describe(`Which ${service}.`))
  const instance = names.includes(service) ? z._default(name, service) : name
  return { ...route, query: z.strictObject({ ...shape, instance }) }
}

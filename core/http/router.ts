import type { Router } from "hono/router"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { missingPeer } from "../foundation/missing-peer.ts"
import { type BoundRoute, type Endpoint, type EndpointOptions, endpointOf } from "./endpoint.ts"
import type { Client } from "./gate.ts"
import type { RawUrl } from "./request/read-params.ts"

/** The endpoints of one path, by method. */
type Endpoints = ReadonlyMap<string, Endpoint>

/** A path that routes have. */
interface Place {
  readonly path: string
  readonly endpoints: Endpoints
}

/** The answer of the route that has the path and the method; undefined where none has the path. */
export function route(
  router: Router<Place>,
  request: Request,
  url: RawUrl,
  client: Client,
): Response | Promise<Response> | undefined {
  const { method } = request
  const [place] = router.match("ALL", url.path)[0][0] ?? []
  if (place === undefined) return undefined
  const endpoint = endpointIn(place, method)
  if (endpoint === undefined) return otherMethod(method, place.endpoints)
  const answer = endpoint(request, url, client)
  return method === "HEAD" ? headOf(answer) : answer
}

/** The path of the route that takes a request, such as `/api/v1/cache/:key`; undefined where none does. */
export function routePathOf(router: Router<Place>, method: string, path: string): string | undefined {
  const [place] = router.match("ALL", path)[0][0] ?? []
  return place !== undefined && endpointIn(place, method) !== undefined ? place.path : undefined
}

function endpointIn({ endpoints }: Place, method: string): Endpoint | undefined {
  return endpoints.get(method === "HEAD" ? "GET" : method)
}

/** The same answer without its body, which nobody opens, and for whose end nobody waits. */
async function headOf(answer: Response | Promise<Response>): Promise<Response> {
  const response = await answer
  if (response.body === null) return response
  response.body.cancel().catch(() => {})
  return new Response(null, response)
}

/** A router over the endpoints of every path. */
export async function routerOf(bound: readonly BoundRoute[], options: EndpointOptions): Promise<Router<Place>> {
  const { RegExpRouter, SmartRouter, TrieRouter } = await loadRouters()
  const paths = new Map<string, Map<string, Endpoint>>()
  for (const one of bound) {
    const { method, path } = one.route
    const endpoints = paths.get(path) ?? new Map<string, Endpoint>()
    if (endpoints.has(method)) throw doubled(method, path)
    paths.set(path, endpoints.set(method, endpointOf(one, options)))
  }
  const router = new SmartRouter<Place>({ routers: [new RegExpRouter(), new TrieRouter()] })
  for (const [path, endpoints] of paths) router.add("ALL", path, { path, endpoints })
  return router
}

async function loadRouters() {
  try {
    const { RegExpRouter } = await import("hono/router/reg-exp-router")
    const { SmartRouter } = await import("hono/router/smart-router")
    const { TrieRouter } = await import("hono/router/trie-router")
    return { RegExpRouter, SmartRouter, TrieRouter }
  } catch (error) {
    throw missingPeer("hono", error)
  }
}

function otherMethod(method: string, endpoints: Endpoints): Response {
  const known = [...endpoints.keys()]
  const allow = [...known, ...(known.includes("GET") ? ["HEAD"] : []), "OPTIONS"]
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow: allow.join(", ") } })
  throw new ServiceError("UNSUPPORTED", `The method must be one of ${allow.join(", ")}.`, {
    details: { reason: "method", allow },
  })
}

function doubled(method: string, path: string): ServiceError {
  return new ServiceError("INVALID_CONFIG", `A route must be there once; got two for ${method} ${path}.`)
}

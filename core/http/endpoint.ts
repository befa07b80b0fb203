import type { Clock } from "../../contracts/foundation/clock.ts"
import { checked } from "../foundation/http/checked.ts"
import { json } from "../foundation/http/json.ts"
import { isRawBody, type Route, type RouteCall } from "../foundation/http/route.ts"
import type { Client, Gate } from "./gate.ts"
import { checkLength, readJson } from "./read-body.ts"
import { paramsReader, type RawUrl } from "./read-params.ts"
import { queryReader } from "./read-query.ts"
import { Work } from "./work.ts"

/** A route with what it works on. */
export interface BoundRoute {
  readonly route: Route
  /** What the route is handed: the instance of its service, or what the API has. */
  target(query: Readonly<Record<string, unknown>>): unknown
}

/** What every route is answered with. */
export interface EndpointOptions {
  readonly gate: Gate
  readonly clock: Clock
  /** Of JSON. */
  readonly maxBodyBytes: number
  /** Of what a route reads itself. */
  readonly maxUploadBytes: number
  readonly timeoutMs: number
}

/** Answers a request for one route. It may reject with anything. */
export type Endpoint = (request: Request, url: RawUrl, client: Client) => Promise<Response>

export function endpointOf({ route, target }: BoundRoute, options: EndpointOptions): Endpoint {
  const { body, params, permission, query } = route
  const readParams = paramsReader(route.path)
  const readQuery = query && queryReader(query)
  const bodySchema = isRawBody(body) ? undefined : body
  const handle = route.handle as (service: unknown, call: RouteCall) => Promise<unknown>

  return async (request, url, client) => {
    const caller = await options.gate.admit(request, permission, client)
    const checkedParams = params && checked(params, readParams(url.path), "path")
    const checkedQuery = query && checked(query, readQuery?.(url.query), "query")
    const work = new Work(request, options)
    const call = {
      caller,
      maxBodyBytes: options.maxUploadBytes,
      params: checkedParams,
      query: checkedQuery,
      request,
      body: undefined as unknown,
      get signal() {
        return work.signal
      },
    }
    return work.run(async () => {
      if (bodySchema !== undefined) {
        call.body = checked(bodySchema, await readJson(request, options.maxBodyBytes), "body")
      } else if (body !== undefined) checkLength(request.headers, options.maxUploadBytes)
      return responseOf(await handle(target((checkedQuery ?? {}) as Record<string, unknown>), call))
    })
  }
}

function responseOf(outcome: unknown): Response {
  if (outcome instanceof Response) return outcome
  return outcome === undefined ? new Response(null, { status: 204 }) : json(outcome)
}

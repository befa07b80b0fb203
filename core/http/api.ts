import type { Context, MiddlewareHandler } from "hono"
import { type Clock, systemClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { type AnswerOptions, errorResponse } from "../foundation/http/answer.ts"
import type { Route } from "../foundation/http/route.ts"
import { missingPeer } from "../foundation/missing-peer.ts"
import type { ServicesControl } from "../services.ts"
import { bindRoutes, instancesOf } from "./bind-routes.ts"
import { type BoundRoute, type Endpoint, type EndpointOptions, endpointOf } from "./endpoint.ts"
import { type Client, type Gate, openGate } from "./gate.ts"
import { rawUrlOf } from "./read-params.ts"

export interface HttpApiOptions extends AnswerOptions {
  /** Routes besides those of the services; they are handed what `createServices` made. */
  routes?: readonly Route[] | undefined
  clock?: Clock | undefined
}

export interface HttpApi {
  /** Answers a request. It never rejects. */
  fetch(request: Request, client?: Client): Promise<Response>
  /** Every route, in the order of their paths. */
  routes(): readonly Route[]
}

/** What a server makes of its configuration. */
export interface ApiParts {
  readonly gate: Gate
  /** Around every answer, the first the outermost. */
  readonly middleware: readonly MiddlewareHandler[]
  readonly limits: Pick<EndpointOptions, "maxBodyBytes" | "maxUploadBytes" | "timeoutMs">
}

const DEFAULT_PARTS: ApiParts = {
  gate: openGate,
  middleware: [],
  limits: { maxBodyBytes: 10_485_760, maxUploadBytes: 10_485_760, timeoutMs: 30_000 },
}

/** What the router hands on with a request. */
interface Env {
  Bindings: Client
}

export async function createHttpApi(
  services: ServicesControl,
  options: HttpApiOptions = {},
  parts: ApiParts = DEFAULT_PARTS,
): Promise<HttpApi> {
  const { clock = systemClock, routes = [] } = options
  const Hono = await loadHono()
  const own = routes.map((route): BoundRoute => ({ route, target: () => services }))
  const bound = [...own, ...(await bindRoutes(instancesOf(services)))]
  const endpointOptions = { clock, gate: parts.gate, ...parts.limits }

  const app = new Hono<Env>({ getPath: ({ url }) => rawUrlOf(url).path })
  for (const middleware of parts.middleware) app.use(middleware)
  for (const [path, methods] of byPath(bound)) {
    const endpoints = new Map(methods.map((one) => [one.route.method as string, endpointOf(one, endpointOptions)]))
    app.all(path, ({ env, req: { raw } }: Context<Env>) => answer(raw, env, endpoints))
  }
  app.notFound(({ req: { raw } }) => errorResponse(raw, notFound(), options))
  app.onError((error, { req: { raw } }) => errorResponse(raw, error, options))

  async function answer(request: Request, client: Client, endpoints: ReadonlyMap<string, Endpoint>): Promise<Response> {
    try {
      const endpoint = endpoints.get(request.method === "HEAD" ? "GET" : request.method)
      if (endpoint === undefined) return otherMethod(request, endpoints)
      return await endpoint(request, rawUrlOf(request.url), client ?? {})
    } catch (error) {
      return errorResponse(request, error, options)
    }
  }

  return {
    async fetch(request, client = {}) {
      try {
        return await app.fetch(request, client)
      } catch (error) {
        return errorResponse(request, error, options)
      }
    },
    routes: () => bound.map(({ route }) => route),
  }
}

async function loadHono() {
  try {
    return (await import("hono")).Hono
  } catch (error) {
    throw missingPeer("hono", error)
  }
}

function byPath(bound: readonly BoundRoute[]): Map<string, BoundRoute[]> {
  const paths = new Map<string, BoundRoute[]>()
  for (const one of bound) paths.set(one.route.path, [...(paths.get(one.route.path) ?? []), one])
  return paths
}

function otherMethod(request: Request, endpoints: ReadonlyMap<string, Endpoint>): Response {
  const known = [...endpoints.keys()]
  const allow = [...known, ...(known.includes("GET") ? ["HEAD"] : []), "OPTIONS"]
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow: allow.join(", ") } })
  throw new ServiceError("UNSUPPORTED", `The method must be one of ${allow.join(", ")}.`, {
    details: { reason: "method", allow },
  })
}

function notFound(): ServiceError {
  return new ServiceError(
    "NOT_FOUND",
    "No route has this path; a name in a path must be one segment, written by encodeURIComponent.",
  )
}

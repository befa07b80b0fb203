import type { Context, MiddlewareHandler } from "hono"
import { systemClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { Tracing } from "../../contracts/tracing/tracing.ts"
import { createHealth, type Health } from "../foundation/health/health.ts"
import { type AnswerOptions, errorResponse, tellOf } from "../foundation/http/answer.ts"
import type { Route } from "../foundation/http/route.ts"
import { traceIdOf } from "../foundation/http/trace-id.ts"
import { invalidConfig } from "../foundation/invalid-config.ts"
import type { ServicesControl } from "../services.ts"
import { type Admission, type AdmissionOptions, admissionOf } from "./auth/admission.ts"
import { bindRoutes, instancesOf } from "./bind-routes.ts"
import type { BoundRoute } from "./endpoint.ts"
import type { Client } from "./gate.ts"
import { healthRoutes } from "./health/routes.ts"
import { createHealthView } from "./health/view.ts"
import { type LimitOptions, type Limits, limitsOf } from "./limits.ts"
import { metricsRoute } from "./metrics-route.ts"
import type { Compress } from "./middleware/compress.ts"
import type { OpenApiDocument, OpenApiInfo } from "./openapi/document.ts"
import { openApiOf } from "./openapi/openapi-of.ts"
import { openApiRoute } from "./openapi/route.ts"
import { checkApiOptions } from "./options.ts"
import { isProbe } from "./probes.ts"
import { rawUrlOf } from "./request/read-params.ts"
import { route, routePathOf, routerOf } from "./router.ts"
import { RequestSpans } from "./tracing/request-spans.ts"
import { tracedGate } from "./tracing/traced-gate.ts"
import { tracingOf } from "./tracing/tracing-of.ts"

export interface HttpApiOptions<Services = ServicesControl> extends AnswerOptions, AdmissionOptions, LimitOptions {
  /** Routes of the application, made by `defineRoute`; they are handed what `createServices` made. Default: none. */
  routes?: readonly Route<Services>[] | undefined
  /**
   * How the rest of the application is: `createHealth({ db }, { required: ["db"] })`. Its names stand beside those of the
   * services, whose own go before them; while one that it requires is down, the API is not ready.
   */
  health?: Health | undefined
  /**
   * Makes a span of each request but those of probes. Default: the service `tracing` of the services, or their only one of
   * that kind. Nothing is traced where its configuration says `enabled: false`.
   */
  tracing?: Tracing | undefined
  /** What the OpenAPI document is called. Default: title `Services`, version `1.0.0`. */
  info?: OpenApiInfo | undefined
}

export interface HttpApi {
  /** Answers a request. It never rejects. */
  fetch(request: Request, client?: Client): Promise<Response>
  /** Every route: those of the options first, then those of the API, then those of services. */
  routes(): readonly Route[]
  /** The OpenAPI 3.1 document of every route, as `GET /api/v1/openapi.json` serves it. */
  openapi(): OpenApiDocument
  /** From now on requests are refused with 503, except /livez, /readyz and /startupz; those that run are finished. */
  drain(): void
  /** Whether `drain` was called: then the API is not ready. */
  isDraining(): boolean
}

/** What is answered under a path that no route has. */
export interface Mount {
  /** `/docs`: that path and all below it. */
  readonly path: string
  readonly handler: MiddlewareHandler
}

/** What a server makes of its configuration. */
export interface ApiParts {
  /** Around every answer, the first the outermost. */
  readonly middleware: readonly MiddlewareHandler[]
  readonly mounts: readonly Mount[]
  /** Handed every answer. Default: it stays as it is. */
  readonly compress?: Compress | undefined
  readonly limits: Limits
}

/** The answer of a route; undefined where none has the path. */
type Answer = (request: Request, client: Client) => Response | Promise<Response | undefined> | undefined

const DEFAULT_INFO: OpenApiInfo = { title: "Services", version: "1.0.0" }

/**
 * The HTTP API of services for a server of your own, behind one `fetch(request)`. `serveHttp` brings a server. It needs
 * the package `hono`.
 *
 * Bodies may have 10 MB and answers may take 30 s to begin, unless the options say otherwise. CORS, compression and
 * headers for browsers are those of your server. Call `drain()` when that server ends.
 *
 * @throws ServiceError INVALID_CONFIG, with each issue of the options; where nothing says who may come in: `API_TOKEN` of
 * `env`, `auth` or `gate`; for a path and method that two routes have; without the package.
 * @example
 * const services = await createServices()
 * const api = await createHttpApi(services)
 * const response = await api.fetch(new Request("http://localhost/api/v1/health"))
 * console.log(await response.json())
 */
export async function createHttpApi<Services extends ServicesControl>(
  services: Services,
  options: HttpApiOptions<NoInfer<Services>> = {},
): Promise<HttpApi> {
  checkApiOptions(options)
  const admission = admissionOf(options)
  const parts = { admission, limits: limitsOf(options), middleware: [], mounts: [] }
  if (admission.generated === undefined) {
    const { respond: _, ...api } = await assembleApi(services, options, parts)
    return api
  }
  const message = "must be set where neither auth nor gate is given"
  throw invalidConfig("The options of createHttpApi", [{ path: "env.API_TOKEN", message }])
}

/** An API for a server, which is faster where an answer costs no promise. */
export interface AssembledApi extends HttpApi {
  /** As `fetch`. An answer that is there at once is no promise. */
  respond(request: Request, client: Client): Response | Promise<Response>
}

/** The API of what a server was told. */
export async function assembleApi<Services extends ServicesControl>(
  services: Services,
  options: HttpApiOptions<Services>,
  { admission, compress = unchanged, limits, middleware, mounts }: ApiParts & { readonly admission: Admission },
): Promise<AssembledApi> {
  const { clock = systemClock, health, info = DEFAULT_INFO, routes = [] } = options
  let isDraining = false
  const others = [createHealth({ auth: admission.service }, { clock }), ...(health === undefined ? [] : [health])]
  const instances = instancesOf(services)
  const tracing = tracingOf(options.tracing, instances)
  const spans = tracing && new RequestSpans(tracing)
  const gate = tracing && spans ? tracedGate(admission.gate, tracing, spans) : admission.gate
  const view = createHealthView({ clock, others, services, isDraining: () => isDraining })
  const allRoutes = (): Route[] => bound.map((one) => one.route)
  const own = [...routes, ...healthRoutes(view), metricsRoute([...others, services]), openApiRoute(() => openApiText)]
  const bound: BoundRoute[] = [
    ...own.map((one): BoundRoute => ({ route: one, bind: (query) => ({ target: services, query }) })),
    ...(await bindRoutes(instances)),
  ]
  const openapi = openApiOf(allRoutes(), info)
  const openApiText = JSON.stringify(openapi)
  const onFailure = (error: unknown, request: Request) => {
    const span = spans?.of(request)
    span?.failed(error)
    tellOf(error, options, span?.traceId ?? traceIdOf(request.headers))
  }
  const router = await routerOf(bound, { clock, gate, onFailure, spans, ...limits })

  const refuse = (request: Request, thrown: unknown) => {
    const error = request.signal.aborted ? clientGone(thrown) : thrown
    const span = spans?.of(request)
    span?.failed(error)
    return errorResponse(request, error, options, span?.traceId)
  }

  const answer: Answer = (request, client) =>
    orRefusal(request, refuse, () => {
      const url = rawUrlOf(request.url)
      if (isDraining && !isProbe(url.path)) throw draining()
      return route(router, request, url, client)
    })
  const isBare = middleware.length === 0 && mounts.length === 0
  const outermost = isBare ? answer : await surrounded(answer, { middleware, mounts }, refuse)

  const untraced = (request: Request, client: Client) =>
    orRefusal(request, refuse, () => {
      const found = outermost(request, client)
      const finished = (response = refuse(request, notFound())) => compress(request, response)
      return found instanceof Promise ? found.then(finished) : finished(found)
    })

  const respond = spans === undefined ? untraced : traced(untraced, spans, router)

  return {
    fetch: async (request, client = UNKNOWN) => respond(request, client),
    respond,
    routes: allRoutes,
    openapi: () => openapi,
    drain() {
      isDraining = true
    },
    isDraining: () => isDraining,
  }
}

type Respond = AssembledApi["respond"]

/** Probes have no span: they are asked every few seconds, and say nothing of the application. */
function traced(respond: Respond, spans: RequestSpans, router: Parameters<typeof routePathOf>[0]): Respond {
  return (request, client) => {
    const { path } = rawUrlOf(request.url)
    if (isProbe(path)) return respond(request, client)
    return spans.answer(request, routePathOf(router, request.method, path), () => respond(request, client))
  }
}

type Refuse = (request: Request, error: unknown) => Response

/** What `answer` gives, at once where it does; what it throws is told in an answer too. */
function orRefusal<Outcome extends Response | undefined>(
  request: Request,
  refuse: Refuse,
  answer: () => Outcome | Promise<Outcome>,
): Outcome | Response | Promise<Outcome | Response> {
  try {
    const outcome = answer()
    return outcome instanceof Promise ? outcome.catch((error: unknown) => refuse(request, error)) : outcome
  } catch (error) {
    return refuse(request, error)
  }
}

const UNKNOWN: Client = {}

const unchanged: Compress = (_request, response) => response

/** What the middleware of hono is handed with a request. */
interface Env {
  Bindings: Client
}

/** Routes go before mounts; what neither has is missing. */
async function surrounded(
  answer: Answer,
  { middleware, mounts }: Pick<ApiParts, "middleware" | "mounts">,
  refuse: Refuse,
): Promise<Answer> {
  const { Hono } = await import("hono")
  const app = new Hono<Env>({ getPath: ({ url }) => rawUrlOf(url).path })
  for (const one of middleware) app.use(one)
  app.all("*", async ({ env, req: { raw } }: Context<Env>, next) => (await answer(raw, env)) ?? next())
  for (const { handler, path } of mounts) app.all(path === "/" ? "/*" : `${path}/*`, handler)
  app.notFound(({ req: { raw } }) => refuse(raw, notFound()))
  app.onError((error, { req: { raw } }) => refuse(raw, error))
  return async (request, client) => app.fetch(request, client)
}

/** Whatever failed then, nobody is answered. */
function clientGone(cause: unknown): ServiceError {
  return new ServiceError("ABORTED", "The client has gone.", { cause })
}

function draining(): ServiceError {
  return new ServiceError("UNAVAILABLE", "The server is about to end; ask another one, or try again.", {
    details: { retryAfterSeconds: 1 },
  })
}

function notFound(): ServiceError {
  return new ServiceError(
    "NOT_FOUND",
    "No route has this path; a name in a path must be one segment, written by encodeURIComponent.",
  )
}

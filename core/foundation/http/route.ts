/** Routes of the HTTP API as data: whoever serves them brings the router. */
import type { $ZodType, output } from "zod/v4/core"

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

/** Who called, where a token said so. */
export interface Caller {
  readonly id: string
  readonly permissions: readonly string[]
}

/** A request that was let in, with everything checked by the schemas of its route. */
export interface RouteCall<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params
  readonly query: Query
  /** By the schema of the body; undefined where the route has none. */
  readonly body: Body
  /** As it came. Its body is unread where the route has no schema of it. */
  readonly request: Request
  /** Bytes that a body may have which the route reads itself: the `uploadLimit`. */
  readonly maxBodyBytes: number
  /** Undefined on a public route that was called without a token. */
  readonly caller: Caller | undefined
  /**
   * Aborts when the client has gone, or the time of the request is over. It is for the work before the answer: a body
   * that is streamed learns by its `cancel` that nobody reads it.
   */
  readonly signal: AbortSignal
}

/** What a route may answer with, for the document of the API. */
export interface RouteAnswer {
  readonly description: string
  /** Of the JSON in it. */
  readonly schema?: $ZodType | undefined
  /** Of an answer that is no JSON. */
  readonly contentType?: string | undefined
  /** What its headers say, by their names. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The body of a request that the route reads itself. */
export interface RawBody {
  readonly contentTypes: readonly string[]
  readonly description: string
}

/** What stands in every route, whatever its schemas are. */
interface RouteFacts {
  readonly method: HttpMethod
  /**
   * From the root; `:name` is one segment, encoded by encodeURIComponent: `/api/v1/queues/:name/stats`. `/*` at its end
   * is all that may follow, which the route reads from the URL itself.
   */
  readonly path: string
  /** Its name in clients that are generated: `getQueueStats`. */
  readonly operationId: string
  readonly summary: string
  /** That the caller must have, such as `queue.read`; `public`: nobody needs a token. */
  readonly permission: string
  /** By status, those of success. */
  readonly answers: Readonly<Record<number, RouteAnswer>>
  /** Statuses of errors besides those that every route of its kind has. */
  readonly errors?: readonly number[] | undefined
}

/** The answer, or data: that is JSON, 200. Undefined is 204. */
type Handled = Response | object | undefined

/** What a schema gives; undefined without one. */
type Given<Schema> = Schema extends $ZodType ? output<Schema> : undefined

/** A route as `defineRoute` types it. */
export interface RouteDefinition<Service, Params, Query, Body> extends RouteFacts {
  /** A strict object with each `:name` of the path: texts, numbers or booleans. */
  readonly params?: Params | undefined
  /** A strict object of texts, numbers, booleans, and arrays of these. */
  readonly query?: Query | undefined
  /** Of the JSON that must come. A `RawBody` is left to the route. */
  readonly body?: Body | undefined
  /** May throw whatever it likes: a ServiceError is answered by its code, all else with 500. */
  handle(service: Service, call: RouteCall<Given<Params>, Given<Query>, Given<Body>>): Promise<Handled> | Handled
}

/** A route that is handed a `Service`: one of the services, or, of routes of your own, what `createServices` made. */
export interface Route<Service = never> extends RouteFacts {
  readonly params?: $ZodType | undefined
  readonly query?: $ZodType | undefined
  readonly body?: $ZodType | RawBody | undefined
  readonly handle: (service: Service, call: RouteCall<never, never, never>) => Promise<Handled> | Handled
}

/**
 * Types a route: `params`, `query` and `body` are those of its schemas, which are of zod 4 or zod/mini, and answer at
 * once: an async check fails each request.
 *
 * @example
 * const services = await createServices({ services: ["cache"] })
 * const getPage = defineRoute({
 *   method: "GET",
 *   path: "/api/v1/pages/:name",
 *   operationId: "getPage",
 *   summary: "A page.",
 *   permission: "pages.read",
 *   params: z.strictObject({ name: z.string() }),
 *   answers: { 200: { description: "The page.", schema: z.strictObject({ text: z.string() }) } },
 *   handle: async ({ cache }: typeof services, { params }) => ({ text: await cache.get<string>(params.name) }),
 * })
 * const { fetch } = await createHttpApi(services, { routes: [getPage] })
 */
export function defineRoute<
  Service,
  Params extends $ZodType | undefined = undefined,
  Query extends $ZodType | undefined = undefined,
  Body extends $ZodType | RawBody | undefined = undefined,
>(route: RouteDefinition<Service, Params, Query, Body>): Route<Service> {
  return route as Route<Service>
}

/** The names of the segments that a path has a `:` before. */
export function routePathNames(path: string): string[] {
  return [...path.matchAll(/(?<=\/):([^/]+)/g)].map(([, name = ""]) => name)
}

/** Whether the body of a route is left to it. */
export function isRawBody(body: Route["body"]): body is RawBody {
  return body !== undefined && "contentTypes" in body
}

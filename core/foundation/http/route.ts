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
  /** Of a route with a schema of the body. */
  readonly body: Body
  /** As it came. Its body is unread where the route has no schema of it. */
  readonly request: Request
  /** Bytes that a body may have which the route reads itself. */
  readonly maxBodyBytes: number
  /** Undefined on a public route that was called without a token. */
  readonly caller: Caller | undefined
  /** Aborts when the client has gone, or the time of the request is over. */
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

export interface RouteDefinition<
  Service,
  Params extends $ZodType = $ZodType,
  Query extends $ZodType = $ZodType,
  Body extends $ZodType = $ZodType,
> {
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
  /** A strict object with each `:name` of the path. */
  readonly params?: Params | undefined
  /** A strict object of texts, numbers, booleans, and arrays of these. */
  readonly query?: Query | undefined
  /** Of the JSON that must come. A `RawBody` is left to the route. */
  readonly body?: Body | RawBody | undefined
  /** By status, those of success. */
  readonly answers: Readonly<Record<number, RouteAnswer>>
  /** Statuses of errors besides those that every route of its kind has. */
  readonly errors?: readonly number[] | undefined
  /** The answer, or data: that is JSON, 200. Undefined is 204. It may throw whatever it likes. */
  handle(
    service: Service,
    call: RouteCall<output<Params>, output<Query>, output<Body>>,
  ): Promise<Response | object | undefined> | Response | object | undefined
}

/** A route of any service. */
export type Route = RouteDefinition<never>

/**
 * Types a route: `params`, `query` and `body` are those of its schemas.
 *
 * @example
 * const hello = defineRoute({
 *   method: "GET",
 *   path: "/api/v1/hello/:name",
 *   operationId: "hello",
 *   summary: "Greets somebody.",
 *   permission: "public",
 *   params: z.strictObject({ name: z.string() }),
 *   answers: { 200: { description: "The greeting.", schema: z.strictObject({ text: z.string() }) } },
 *   handle: (_services, { params }) => ({ text: `Hello, ${params.name}` }),
 * })
 */
export function defineRoute<
  Service,
  Params extends $ZodType = $ZodType<undefined>,
  Query extends $ZodType = $ZodType<undefined>,
  Body extends $ZodType = $ZodType<undefined>,
>(route: RouteDefinition<Service, Params, Query, Body>): Route {
  return route as unknown as Route
}

/** Whether the body of a route is left to it. */
export function isRawBody(body: Route["body"]): body is RawBody {
  return body !== undefined && "contentTypes" in body
}

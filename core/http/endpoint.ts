import { AsyncLocalStorage } from "node:async_hooks"
import { Buffer } from "node:buffer"
import type { $ZodType } from "zod/v4/core"
import type { Clock } from "../../contracts/foundation/clock.ts"
import { checkOf } from "../foundation/http/check-of.ts"
import { JSON_HEADERS } from "../foundation/http/json.ts"
import { type Caller, isRawBody, type Route, type RouteCall } from "../foundation/http/route.ts"
import type { Client, Gate } from "./gate.ts"
import { isPromise } from "./is-promise.ts"
import { Call } from "./request/call.ts"
import { checkLength, readJson } from "./request/read-body.ts"
import { paramsReader, type RawUrl } from "./request/read-params.ts"
import { queryReader } from "./request/read-query.ts"
import { Work } from "./request/work.ts"
import { sendable } from "./sendable.ts"
import type { RequestSpans } from "./tracing/request-spans.ts"
import { watched } from "./watched.ts"

/** A route with what it works on. */
export interface BoundRoute {
  readonly route: Route
  /** What the handler of the route is handed for a query that was checked. */
  bind(query: unknown): Binding
}

interface Binding {
  /** The instance of its service, or what the API has. */
  readonly target: unknown
  /** What is left of the query. */
  readonly query: unknown
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
  /** Told when the body of the answer to a request fails. */
  readonly onFailure: (error: unknown, request: Request) => void
  /** Of requests that are traced; undefined where none is. */
  readonly spans?: RequestSpans | undefined
}

/** Answers a request for one route. It may throw, or reject with, anything. */
export type Endpoint = (request: Request, url: RawUrl, client: Client) => Response | Promise<Response>

/** Only what has to wait does: an answer that is there at once costs no promise. */
export function endpointOf({ bind, route }: BoundRoute, options: EndpointOptions): Endpoint {
  const { body, params, permission, query } = route
  const readParams = params && paramsOf(route.path, params)
  const readQuery = query && queryOf(query)
  const handle = route.handle as (service: unknown, call: RouteCall) => unknown
  const readBody = bodyReader(body, options)

  function answer(
    request: Request,
    url: RawUrl,
    client: Client,
    caller: Caller | undefined,
  ): Response | Promise<Response> {
    const work = new Work(request, client, options)
    const params = readParams?.(url.path)
    const { target, query } = bind(readQuery?.(url.query))
    const given = { caller, maxBodyBytes: options.maxUploadBytes, params, query, request }
    const call = new Call(given, work)
    const finished = (outcome: unknown) => responseOf(outcome, request, client, options)
    const run = () => handle(target, call)
    if (readBody !== undefined) {
      const read = readBody(request).then((sent) => {
        call.body = sent
        return run()
      })
      return work.within(read.then(finished))
    }
    const outcome = run()
    return isPromise(outcome) ? work.within(Promise.resolve(outcome).then(finished)) : finished(outcome)
  }

  return (request, url, client) => {
    const caller = options.gate.admit(request, permission, client)
    if (!isPromise(caller)) return answer(request, url, client, caller)
    const admitted = Promise.resolve(caller).then((known) => answer(request, url, client, known))
    return new Work(request, client, options).within(admitted)
  }
}

function paramsOf(path: string, schema: $ZodType): (rawPath: string) => unknown {
  const read = paramsReader(path, schema)
  const check = checkOf(schema, "path")
  return (rawPath) => check(read(rawPath))
}

function queryOf(schema: $ZodType): (rawQuery: string) => unknown {
  const read = queryReader(schema)
  const check = checkOf(schema, "query")
  return (rawQuery) => check(read(rawQuery))
}

/** Reads what a route wants of the body; undefined where it wants none. */
function bodyReader(
  body: Route["body"],
  limits: EndpointOptions,
): ((request: Request) => Promise<unknown>) | undefined {
  if (body === undefined) return undefined
  if (isRawBody(body)) return async ({ headers }) => checkLength(headers, limits.maxUploadBytes)
  const check = checkOf(body, "body")
  return async (request) => check(await readJson(request, limits.maxBodyBytes))
}

function responseOf(
  outcome: unknown,
  request: Request,
  client: Client,
  { onFailure, spans }: EndpointOptions,
): Response {
  if (!(outcome instanceof Response)) {
    return outcome === undefined ? new Response(null, { status: 204 }) : sizedJson(outcome)
  }
  const response = sendable(outcome)
  const watcher = { cut: client.cut?.bind(client), onFailure: (error: unknown) => onFailure(error, request) }
  const span = spans?.of(request)
  if (span === undefined || response.body === null) return watched(response, watcher)
  // Whoever sends the answer reads it in no span.
  return watched(response, { ...watcher, onEnd: span.untilBodyEnds(), within: AsyncLocalStorage.snapshot() })
}

/** By its length compression knows a short one without a look at the body. */
function sizedJson(data: unknown): Response {
  const text = JSON.stringify(data)
  return new Response(text, { headers: { ...JSON_HEADERS, "content-length": String(Buffer.byteLength(text)) } })
}

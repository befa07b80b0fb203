import { type IncomingMessage, type RequestOptions, request } from "node:http"
import { text } from "node:stream/consumers"
import { onTestFinished } from "vitest"
import { defineRoute, type Route, type RouteCall } from "../../foundation/http/route.ts"
import type { ServicesControl } from "../../services.ts"
import { openGate } from "../gate.ts"
import { type HttpServer, type ServeHttpOptions, serveHttp } from "./serve.ts"

export const NO_SERVICES: ServicesControl = {
  health: async () => ({ status: "healthy" }) as never,
  readiness: async () => ({ status: "healthy" }) as never,
  getMetrics: async () => ({}),
  ready: async () => {},
  close: async () => {},
  [Symbol.asyncDispose]: async () => {},
}

/** A server on a free port, closed when the test is done. */
export async function serve(options: ServeHttpOptions = {}): Promise<HttpServer> {
  const server = await serveHttp(NO_SERVICES, { port: 0, env: {}, gate: openGate, ...options })
  onTestFinished(() => server.close())
  return server
}

/** A route that nobody needs a token for. */
export function route(
  handle: (call: RouteCall) => Promise<Response | object | undefined> | Response | object | undefined,
  method: Route["method"] = "GET",
  path = "/api/v1/things",
): Route<unknown> {
  return defineRoute({
    method,
    path,
    operationId: "things",
    summary: "Things.",
    permission: "public",
    ...(method !== "GET" && { body: { contentTypes: ["*/*"], description: "Bytes." } }),
    answers: { 200: { description: "Things." } },
    handle: (_services, call) => handle(call),
  })
}

/** A promise that a test settles when it likes. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** The answer to a request without a body, as soon as its headers are there. */
export function get(url: string, options: RequestOptions = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, options, resolve).on("error", reject).end()
  })
}

/** The status, the headers and the text of an answer. */
export async function answerOf(url: string, options?: RequestOptions) {
  const response = await get(url, options)
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

import type { Server } from "node:http"
import type { HttpBindings } from "@hono/node-server"
import { systemClock } from "../../../contracts/foundation/clock.ts"
import type { IClosable } from "../../../contracts/foundation/lifecycle.ts"
import { tellOf } from "../../foundation/http/answer.ts"
import { missingPeer } from "../../foundation/missing-peer.ts"
import type { ServicesControl, ServicesOptions } from "../../services.ts"
import { type AssembledApi, assembleApi, type HttpApi, type HttpApiOptions } from "../api.ts"
import { admissionOf } from "../auth/admission.ts"
import { type Limits, limitsOf } from "../limits.ts"
import { SocketClient } from "./client.ts"
import { type HttpServerConfig, type ParsedServerConfig, readServerOptions } from "./config.ts"
import { connectionsOf, drainServer } from "./drain.ts"
import { continueWhenRead } from "./expect-continue.ts"
import { listen, urlOf } from "./listen.ts"
import { checkMounts, partsOf } from "./parts.ts"
import { SECURITY_HEADERS } from "./security-headers.ts"

export interface ServeHttpOptions<Services = ServicesControl> extends HttpApiOptions<Services> {
  /** How the server is set up. Options of the API, such as `bodyLimit`, go before its keys. Default: each key at its default. */
  config?: HttpServerConfig | undefined
  /** The address to listen on, before that of `config`. Default: see HttpServerConfig. */
  host?: string | undefined
  /** Goes before that of `config`, whose default is 3000; 0 takes a free one. */
  port?: number | undefined
  /**
   * How long a server that closes still answers new requests, with 503, so that whoever sends them learns of it, in ms.
   * Default 5,000 in Kubernetes (KUBERNETES_SERVICE_HOST), else 0.
   */
  drainDelayMs?: number | undefined
  /** How long requests that run may then take, in ms; their connections are cut after it. Default 10,000. */
  drainTimeoutMs?: number | undefined
  /** Is told the URL. Default: silence. */
  logger?: ServicesOptions["logger"]
}

/** A server that listens. */
export interface HttpServer extends IClosable {
  /** Where this machine reaches it: `http://localhost:3000`. */
  readonly url: string
  readonly port: number
  readonly api: HttpApi
  /**
   * Ends it without a lost request: it is not ready from now on, refuses what is new with 503, finishes what runs, and
   * closes. Resolves when every connection is closed. It never rejects, and does it once.
   */
  close(): Promise<void>
}

/**
 * Serves the HTTP API of services with Node's own server. It needs the packages `hono` and `@hono/node-server`.
 *
 * Callers send `Authorization: Bearer TOKEN`: `API_TOKEN` of the environment may do everything, `API_READ_TOKEN` may
 * read. Where neither is set, and `auth` and `gate` are not given, a token is made and printed once, and the server
 * listens on 127.0.0.1 unless a host is given. `/livez`, `/readyz`, `/startupz` and `/api/v1/health` need no token.
 *
 * The services stay yours: `close()` of the server leaves them open.
 *
 * @throws ServiceError INVALID_CONFIG with each issue of the options, or without a package; UNAVAILABLE where the port
 * is in use.
 * @example
 * const services = await createServices()
 * const server = await serveHttp(services, { port: 3000 })
 * closeOnSignals([server, services])
 * console.log(`${server.url}/api/v1/openapi.json`)
 */
export async function serveHttp<Services extends ServicesControl>(
  services: Services,
  options: ServeHttpOptions<NoInfer<Services>> = {},
): Promise<HttpServer> {
  const { clock = systemClock, env = process.env } = options
  const { config, drainDelayMs, drainTimeoutMs, ...given } = readServerOptions(options)
  const limits = limitsOf({
    bodyLimit: given.bodyLimit ?? config.bodyLimit,
    requestTimeout: given.requestTimeout ?? config.requestTimeout,
    uploadLimit: given.uploadLimit,
  })
  const admission = admissionOf({ ...options, env })
  const api = await assembleApi(services, options, { admission, limits, ...(await partsOf(config, clock)) })
  checkMounts(config, api.routes())

  const server = await createServer(api, config, limits)
  const connections = connectionsOf(server)
  const host = given.host ?? config.host ?? (admission.generated === undefined ? "0.0.0.0" : "127.0.0.1")
  const address = await listen(server, { host, port: given.port ?? config.port })
  // A connection that cannot be accepted must not end the process.
  server.on("error", (error) => tellOf(error, options))
  const url = urlOf(address)
  // Not to the logger: logs are kept, and read by many.
  if (admission.generated !== undefined) console.warn(shownToken(url, admission.generated))
  options.logger?.info("The HTTP API is served.", { url })

  const delayMs = drainDelayMs ?? (env["KUBERNETES_SERVICE_HOST"] === undefined ? 0 : 5000)
  const timeoutMs = drainTimeoutMs ?? 10_000
  let closing: Promise<void> | undefined
  const close = () => {
    api.drain()
    closing ??= drainServer(server, connections, { clock, delayMs, timeoutMs })
    return closing
  }
  return { url, port: address.port, api, close, [Symbol.asyncDispose]: close }
}

function shownToken(url: string, token: string): string {
  return `API_TOKEN is not set, so ${url} takes this token until it ends:\nAuthorization: Bearer ${token}`
}

/** Proxies keep connections open for up to a minute; whoever ends them first must be the proxy. */
const KEEP_ALIVE_MS = 65_000

async function createServer(
  { isDraining, respond }: AssembledApi,
  { security, trustProxy }: ParsedServerConfig,
  { timeoutMs }: Limits,
): Promise<Server> {
  const createAdaptorServer = await loadAdaptor()
  const headers = security.helmet ? SECURITY_HEADERS : []
  const server = createAdaptorServer({
    fetch(request, bindings) {
      const { incoming, outgoing } = bindings as HttpBindings
      const response = respond(request, new SocketClient(incoming, outgoing, trustProxy))
      const finished = (response: Response) => {
        for (const [name, value] of headers) outgoing.setHeader(name, value)
        if (isDraining() || isWaiting(incoming)) outgoing.setHeader("connection", "close")
        return response
      }
      return response instanceof Promise ? response.then(finished) : finished(response)
    },
    serverOptions: {
      connectionsCheckingInterval: Math.min(timeoutMs, 1000),
      headersTimeout: Math.min(timeoutMs, 60_000),
      keepAliveTimeout: KEEP_ALIVE_MS,
      requestTimeout: timeoutMs,
    },
  }) as Server
  const isWaiting = continueWhenRead(server)
  return server
}

async function loadAdaptor() {
  try {
    return (await import("@hono/node-server")).createAdaptorServer
  } catch (error) {
    throw missingPeer("@hono/node-server", error)
  }
}

import { createMemoryCache } from "../adapters/cache/memory.ts"
import { cacheRoutes } from "../core/cache/routes.ts"
import { createHttpApi, defineRoute, type HttpServerConfig, serveHttp } from "../core/http/index.ts"
import type { ServicesControl } from "../core/services.ts"
import { fetched, type Serving, served } from "./http-loops.ts"
import { fastifyServer, honoAnswering, honoApp, honoServer, rawServer } from "./http-servers.ts"
import {
  type Exchange,
  orderSchema,
  orders,
  PATH,
  paramsSchema,
  querySchema,
  receiptOf,
  requestOf,
  TOKEN,
  thingOf,
  things,
  thingsOfBrowser,
} from "./http-things.ts"
import type { Row, Suite } from "./suite.ts"

const STATS = "/api/v1/cache/stats"

const routes = [
  defineRoute({
    method: "GET",
    path: `${PATH}/:name`,
    operationId: "getThing",
    summary: "A thing.",
    permission: "things.read",
    params: paramsSchema,
    query: querySchema,
    answers: { 200: { description: "The thing." } },
    handle: (_services, { params, query }) => thingOf(params.name, query.limit),
  }),
  defineRoute({
    method: "POST",
    path: PATH,
    operationId: "postOrder",
    summary: "Takes an order.",
    permission: "things.write",
    body: orderSchema,
    answers: { 200: { description: "The receipt." } },
    handle: (_services, { body }) => receiptOf(body),
  }),
]

const options = { env: { API_TOKEN: TOKEN }, routes }

/** Services that the API binds the routes of a cache to. */
function services(): ServicesControl {
  const control: Partial<ServicesControl> = {}
  return { ...control, cache: createMemoryCache() } as unknown as ServicesControl
}

async function ours(config: HttpServerConfig = {}): Promise<Serving> {
  return serveHttp(services(), { ...options, config, port: 0, host: "127.0.0.1" })
}

interface Wire {
  readonly name: string
  readonly exchanges: readonly Exchange[]
  readonly config?: HttpServerConfig
  readonly baseline: () => Promise<Serving>
  readonly baselineName: string
  readonly goal?: number
  readonly peer?: string
}

/** By the clock, and by the processor of the server, which other work on the machine disturbs less. */
function wireRows({ baseline, config, exchanges, ...row }: Wire): Row[] {
  const byClock: Row = {
    ...row,
    ours: async () => served(await ours(config), exchanges),
    baseline: async () => served(await baseline(), exchanges),
  }
  return [byClock, { ...byClock, name: `${row.name}, CPU`, cpu: true }]
}

const HONO = "hono, node-server, zod"
const fastify = { baseline: fastifyServer, baselineName: "fastify 5", peer: "fastify", goal: 1.2 }
const hono = { baseline: () => honoServer(honoApp()), baselineName: HONO, goal: 0.9 }
const stats: readonly Exchange[] = [{ request: requestOf(`GET ${STATS}`), answer: "" }]

export const httpSuite: Suite = {
  name: "http",
  rows: [
    ...wireRows({
      name: "GET, to raw node:http",
      exchanges: things,
      baseline: rawServer,
      baselineName: "node:http by hand, no checks",
      goal: 0.75,
    }),
    ...wireRows({ name: "GET, to hono", exchanges: things, ...hono }),
    ...wireRows({ name: "GET, to Fastify", exchanges: things, ...fastify }),
    ...wireRows({ name: "POST of 1 kB, to hono", exchanges: orders, ...hono }),
    ...wireRows({ name: "POST of 1 kB, to Fastify", exchanges: orders, ...fastify }),
    ...wireRows({
      name: "GET of a browser with CORS, to hono",
      exchanges: thingsOfBrowser,
      config: { cors: {} },
      baseline: () => honoServer(honoApp(true)),
      baselineName: `${HONO}, cors`,
    }),
    ...wireRows({
      name: "GET /api/v1/cache/stats, to hono",
      exchanges: stats,
      baseline: async () => honoServer(honoAnswering(STATS, statsOf())),
      baselineName: "the same handler in hono",
    }),
    {
      name: "fetch in the process, to hono, CPU",
      cpu: true,
      ours: async () => fetched((await createHttpApi(services(), options)).fetch),
      baseline: async () => {
        const app = honoApp()
        return fetched((request) => app.fetch(request))
      },
      baselineName: "hono, zod",
      goal: 0.7,
    },
  ],
}

/** What the route of the cache answers, without the API. */
function statsOf(): () => Promise<object> {
  const cache = createMemoryCache()
  const handle = cacheRoutes[0]?.handle as unknown as (service: object) => Promise<object>
  return () => handle(cache)
}

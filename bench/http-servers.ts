/** Servers of the same two routes, each as its documentation says, with the same headers in each answer. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { serve } from "@hono/node-server"
import { type Context, Hono } from "hono"
import { cors } from "hono/cors"
import * as z from "zod/mini"
import type { Serving } from "./http-loops.ts"
import {
  HEADERS,
  isAllowed,
  type Order,
  orderSchema,
  PATH,
  paramsSchema,
  querySchema,
  receiptOf,
  textQuerySchema,
  thingOf,
} from "./http-things.ts"

/** What the first route answers, written by hand: nothing is checked. */
export async function rawServer(): Promise<Serving> {
  const server = createServer(({ url = "" }: IncomingMessage, response: ServerResponse) => {
    const mark = url.indexOf("?")
    const name = url.slice(PATH.length + 1, mark)
    const limit = Number(new URLSearchParams(url.slice(mark + 1)).get("limit"))
    const body = JSON.stringify(thingOf(name, limit))
    response.writeHead(200, { ...HEADERS, "content-length": Buffer.byteLength(body) }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const close = async () => server.close()
  return { port: (server.address() as AddressInfo).port, close }
}

/** @param forBrowsers Whether scripts of other origins may read the answers. */
export function honoApp(forBrowsers = false): Hono {
  const app = new Hono()
  if (forBrowsers) app.use(cors())
  app.use(async ({ req }, next) => {
    if (!isAllowed(req.header("authorization"))) return refused(401)
    return next()
  })
  app.get(`${PATH}/:name`, ({ json, req }) => {
    const params = paramsSchema.safeParse(req.param())
    const query = textQuerySchema.safeParse(req.query())
    if (!params.success || !query.success) return refused(422)
    return json(thingOf(params.data.name, query.data.limit), 200, HEADERS)
  })
  app.post(PATH, async ({ json, req }) => {
    const order = orderSchema.safeParse(await req.json())
    return order.success ? json(receiptOf(order.data), 200, HEADERS) : refused(422)
  })
  return app
}

function refused(status: number): Response {
  return new Response(null, { status })
}

/** A route of hono that answers what a function gives. */
export function honoAnswering(path: string, answer: () => Promise<object>): Hono {
  const app = new Hono()
  app.get(path, async ({ json, req }: Context) =>
    isAllowed(req.header("authorization")) ? json(await answer(), 200, HEADERS) : refused(401),
  )
  return app
}

export function honoServer(app: Hono): Promise<Serving> {
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
      resolve({ port, close: async () => server.close() }),
    )
  })
}

/** With the same checks as JSON schemas, which refuse what they do not know, and with one of the answer, its fast path. */
export async function fastifyServer(): Promise<Serving> {
  const { default: fastify } = await import("fastify")
  const app = fastify({ ajv: { customOptions: { removeAdditional: false } } })
  app.addHook("onRequest", (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    if (isAllowed(request.headers.authorization)) done()
    else reply.code(401).send()
  })
  const ofThing = {
    params: jsonSchema(paramsSchema),
    querystring: jsonSchema(querySchema),
    response: { 200: jsonSchema(thingSchema) },
  }
  app.get(
    `${PATH}/:name`,
    { schema: ofThing },
    (request: FastifyRequest<{ name: string }, { limit: number }>, reply: FastifyReply) => {
      reply.headers(HEADERS).send(thingOf(request.params.name, request.query.limit))
    },
  )
  const ofOrder = { body: jsonSchema(orderSchema), response: { 200: jsonSchema(receiptSchema) } }
  app.post(PATH, { schema: ofOrder }, (request: FastifyRequest<unknown, unknown, Order>, reply: FastifyReply) => {
    reply.headers(HEADERS).send(receiptOf(request.body))
  })
  await app.listen({ port: 0, host: "127.0.0.1" })
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() }
}

interface FastifyRequest<Params = unknown, Query = unknown, Body = unknown> {
  readonly headers: { readonly authorization?: string }
  readonly params: Params
  readonly query: Query
  readonly body: Body
}

interface FastifyReply {
  code(status: number): this
  headers(headers: Readonly<Record<string, string>>): this
  send(data?: object): this
}

const thingSchema = z.object({
  name: z.string(),
  limit: z.int(),
  items: z.array(z.object({ id: z.int(), title: z.string(), done: z.boolean() })),
})
const receiptSchema = z.object({ id: z.int(), lines: z.int(), total: z.number() })

/** Without the name of its draft, which Fastify does not know. */
function jsonSchema(schema: z.core.$ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: "draft-7" })
  return rest
}

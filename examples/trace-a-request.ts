/**
 * Use 6: see what one request did. `OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318` sends the same spans to a
 * collector instead, once its packages are installed.
 */
import { createServices } from "@objectos/sdk"
import { defineRoute, serveHttp } from "@objectos/sdk/http"
import { formatTraces } from "@objectos/sdk/tracing"
import * as z from "zod"

const SERVICES = ["cache", "queue", "tracing"] as const
const services = await createServices({ services: SERVICES })
const { queue, tracing } = services

// The work after the answer is part of the trace: the message carries it, also to a worker in another process.
await queue.subscribe<{ product: string }>("orders", async ({ data }) => {
  await tracing.withSpan("pack", {}, (span) => span.setAttribute("product", data.product))
})

const order = defineRoute({
  method: "POST",
  path: "/orders/:product",
  operationId: "order",
  summary: "Orders a product at its price of now.",
  permission: "orders.write",
  params: z.strictObject({ product: z.string() }),
  answers: { 200: { description: "It is ordered.", schema: z.strictObject({ cents: z.number() }) } },
  handle: async ({ cache, queue }: typeof services, { params: { product } }) => {
    const cents = await cache.getOrSet(`price:${product}`, () => 1999, { ttl: 60 })
    await queue.publish("orders", { product, cents })
    return { cents }
  },
})

const env = { ...process.env, API_TOKEN: "of-this-example-alone" }
const server = await serveHttp(services, { port: 0, env, routes: [order] })
const headers = { authorization: `Bearer ${env.API_TOKEN}` }
tracing.clearSpans() // of what was set up
const answer = await fetch(`${server.url}/orders/lamp`, { method: "POST", headers })
console.log(answer.status, await answer.json())

await server.close()
await services.close() // finishes the message, and sends what is not sent yet
console.log(tracing.capabilities.spans ? formatTraces(tracing.getSpans()) : tracing.stats())

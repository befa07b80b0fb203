import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { expect, it, onTestFinished } from "vitest"
import * as z from "zod/mini"
import { defineRoute } from "../../core/foundation/http/route.ts"
import { openGate } from "../../core/http/gate.ts"
import { serveHttp } from "../../core/http/server/serve.ts"
import { createServices } from "../../core/services.ts"
import { ELASTICSEARCH_MISSING, findElasticsearch, startElasticsearch } from "../../servers/elasticsearch.ts"
import { findOtelCollector, OTEL_COLLECTOR_MISSING, startOtelCollector } from "../../servers/otel-collector.ts"
import { type OtelSink, startOtelSink } from "../../servers/otel-sink.ts"
import { findRedis, REDIS_MISSING, startRedis } from "../../servers/redis.ts"
import type { RunningServer } from "../../servers/running-server.ts"
import { findVersitygw, startVersitygw, VERSITYGW_MISSING } from "../../servers/versitygw.ts"
import { builtinAdapters } from "../manifest.ts"

const missing = [
  findRedis() === undefined ? [REDIS_MISSING] : [],
  findVersitygw() === undefined ? [VERSITYGW_MISSING] : [],
  findElasticsearch() === undefined ? [ELASTICSEARCH_MISSING] : [],
  findOtelCollector() === undefined ? [OTEL_COLLECTOR_MISSING] : [],
].flat()

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
const CALLER_ID = "00f067aa0ba902b7"

/** A server for this test. */
async function during<Server extends Pick<RunningServer, "stop">>(start: Promise<Server>): Promise<Server> {
  const server = await start
  onTestFinished(async () => void (await server.stop()))
  return server
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, "message")
  return message
}

it("one request is one trace through every service and another process, as the collector has it", async (context) => {
  if (missing.length > 0) context.skip(missing.join("; "))
  const sink = await during(startOtelSink())
  const [redis, s3, elasticsearch, collector] = await Promise.all([
    during(startRedis()),
    during(startVersitygw()),
    during(startElasticsearch()),
    during(startOtelCollector({ forwardTo: sink.url })),
  ])
  const { accessKeyId, endpoint, secretAccessKey } = s3
  const env = {
    CACHE_URL: `redis://127.0.0.1:${redis.port}`,
    QUEUE_URL: `redis://127.0.0.1:${redis.port}`,
    STORAGE_URL: `s3://${accessKeyId}:${secretAccessKey}@orders?endpoint=${endpoint}&preset=versitygw`,
    SEARCH_URL: `elasticsearch+http://127.0.0.1:${elasticsearch.port}?replicas=0&refreshIntervalMs=50`,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_SERVICE_NAME: "shop",
  }
  const worker = fork(new URL("whole-trace-worker.fixture.ts", import.meta.url), {
    env: { ...process.env, ...env, OTEL_SERVICE_NAME: "worker" },
    execArgv: ["--import", "tsx"],
  })
  onTestFinished(() => void worker.kill())
  const services = await createServices({
    adapters: builtinAdapters,
    services: ["cache", "queue", "storage", "tracing"],
    env,
  })
  onTestFinished(() => services.close())
  await services.storage.createBucket("orders")

  const order = defineRoute({
    method: "POST",
    path: "/api/v1/orders/:id",
    operationId: "order",
    summary: "Takes an order.",
    permission: "public",
    params: z.strictObject({ id: z.string() }),
    answers: { 204: { description: "It is taken." } },
    async handle({ cache, queue, storage }: typeof services, { params: { id } }) {
      await cache.increment("orders")
      await storage.put("orders", `${id}.txt`, "two lamps")
      await queue.publish("orders", { id })
      return undefined
    },
  })
  const server = await serveHttp(services, { port: 0, env: {}, gate: openGate, routes: [order] })
  onTestFinished(() => server.close())
  expect(await messageOf(worker)).toBe("ready")

  const begin = Date.now()
  const { status } = await fetch(`${server.url}/api/v1/orders/1`, {
    method: "POST",
    headers: { traceparent: `00-${TRACE_ID}-${CALLER_ID}-01` },
  })
  expect(status).toBe(204)
  worker.send("tell when idle")
  expect(await messageOf(worker)).toBe("idle")
  worker.disconnect()
  await once(worker, "exit")
  const end = Date.now()
  await services.tracing.flush()

  const spans = sink.spans.filter(({ context: { traceId } }) => traceId === TRACE_ID)
  expect(treeOf(spans, CALLER_ID)).toEqual({
    "POST /api/v1/orders/:id (server)": {
      "cache.increment (client)": {},
      "storage.put (client)": {},
      "queue.publish (producer)": { "queue.process (consumer)": { "search.index (client)": {} } },
    },
  })
  const owners = new Map(spans.map(({ name, resource }) => [name, resource["service.name"]]))
  expect(owners.get("queue.publish")).toBe("shop")
  expect(owners.get("queue.process")).toBe("worker")
  const [request] = spans.filter(({ kind }) => kind === "server")
  for (const { endTime, kind, startTime } of spans) {
    expect(startTime).toBeGreaterThanOrEqual(begin - 1)
    expect(endTime).toBeLessThanOrEqual(end + 1)
    expect(endTime).toBeGreaterThanOrEqual(startTime)
    // All that is no work of the other process lies within the request.
    if (kind === "client" && endTime <= (request?.endTime ?? 0))
      expect(startTime).toBeGreaterThanOrEqual(request?.startTime ?? 0)
  }
}, 120_000)

interface Tree {
  [name: string]: Tree
}

/** Names by their parents. */
function treeOf(spans: OtelSink["spans"], parent: string): Tree {
  const children = spans.filter(({ parentSpanId }) => parentSpanId === parent)
  return Object.fromEntries(
    children.map(({ context, kind, name }) => [`${name} (${kind})`, treeOf(spans, context.spanId)]),
  )
}

#!/usr/bin/env bash
# @opentelemetry/instrumentation-undici 0.33.0: a fetch that has a `traceparent` leaves with two, and no receiver knows either.
# Behaviour: the instrumentation appends the headers of its own span to a request, also where the caller set them, as a
#   gateway does that hands the trace of its client on, or a library that propagates traces itself. Node's server joins
#   the two by ", ", which is no valid value, so the propagator of OpenTelemetry finds no parent in it.
# One would guess: it replaces the header, or leaves it, as `propagation.inject` into the headers of a request would do.
# For users: the trace ends at that request, and what follows is a trace of its own. Do not set `traceparent` where
#   undici is instrumented, or take the request out by `ignoreRequestHook`.
# Seen: plain: 1 header, its trace goes on | with a traceparent: 2 headers, no parent is found
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund @opentelemetry/instrumentation-undici@0.33.0 \
  @opentelemetry/sdk-trace-base@2.12.1 @opentelemetry/core@2.12.1 @opentelemetry/context-async-hooks@2.12.1 \
  @opentelemetry/api@1.9.1 >/dev/null

cat > run.mjs <<'JS'
import { once } from "node:events"
import { createServer } from "node:http"
import { context, defaultTextMapGetter, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api"
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks"
import { W3CTraceContextPropagator } from "@opentelemetry/core"
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici"
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base"

context.setGlobalContextManager(new AsyncLocalStorageContextManager())
propagation.setGlobalPropagator(new W3CTraceContextPropagator())
const provider = new BasicTracerProvider()
trace.setGlobalTracerProvider(provider)
const instrumentation = new UndiciInstrumentation()
instrumentation.setTracerProvider(provider)
instrumentation.enable()

let received
const server = createServer((request, response) => {
  received = request
  response.end()
}).listen(0)
await once(server, "listening")
const url = `http://127.0.0.1:${server.address().port}/`

async function send(headers) {
  await (await fetch(url, { headers })).text()
  const count = received.rawHeaders.filter((name) => name.toLowerCase() === "traceparent").length
  const parent = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, received.headers, defaultTextMapGetter))
  return `${count} header${count === 1 ? "" : "s"}, ${parent ? "its trace goes on" : "no parent is found"}`
}

const plain = await send({})
const given = await send({ traceparent: `00-${"a1".repeat(16)}-${"b2".repeat(8)}-01` })
console.log(`plain: ${plain} | with a traceparent: ${given}`)
server.close()
server.closeAllConnections()
JS
seen="$(node run.mjs)"
echo "$seen"
[ "$seen" = "plain: 1 header, its trace goes on | with a traceparent: 2 headers, no parent is found" ] ||
  { echo "CHANGED: the headers of the caller are treated in another way"; exit 1; }

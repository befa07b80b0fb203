#!/usr/bin/env bash
# @opentelemetry/exporter-trace-otlp-proto 0.223.1: each answer with status 200 counts as an export that worked.
# Behaviour: `export` calls back with SUCCESS for an answer whose body is a page of HTML, and for one by which the
#   receiver says in `partialSuccess` that it refused every span. A logger of `diag` is told of both; without one, as by
#   default, nothing is said.
# One would guess: SUCCESS means that the receiver took the spans.
# For users: an endpoint that leads to a web application, such as a login page or port 80 of a proxy, swallows all traces
#   without an error, and so do limits of a collector. Whoever counts exports must read the answer.
# Seen: HTML: SUCCESS | all refused: SUCCESS | 404: FAILED
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund @opentelemetry/exporter-trace-otlp-proto@0.223.1 \
  @opentelemetry/sdk-trace-base@2.12.1 @opentelemetry/api@1.9.1 >/dev/null

cat > run.mjs <<'JS'
import { once } from "node:events"
import { createServer } from "node:http"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto"
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base"

// ExportTraceServiceResponse { partial_success { rejected_spans: 1, error_message: "full" } }
const refused = Buffer.from([0x0a, 0x08, 0x08, 0x01, 0x12, 0x04, ...Buffer.from("full")])
const answers = {
  HTML: [200, "text/html", "<html><body>Please log in</body></html>"],
  "all refused": [200, "application/x-protobuf", refused],
  404: [404, "text/html", "<html>There is no such page</html>"],
}
let answer
const server = createServer((request, response) => {
  const [status, type, body] = answer
  request.resume().once("end", () => response.writeHead(status, { "content-type": type }).end(body))
}).listen(0)
await once(server, "listening")

const exporter = new OTLPTraceExporter({ url: `http://127.0.0.1:${server.address().port}/v1/traces` })
const span = new BasicTracerProvider().getTracer("test").startSpan("checkout")
span.end()
const seen = []
for (const name of ["HTML", "all refused", "404"]) {
  answer = answers[name]
  const { code } = await new Promise((resolve) => exporter.export([span], resolve))
  seen.push(`${name}: ${code === 0 ? "SUCCESS" : "FAILED"}`)
}
console.log(seen.join(" | "))
server.close()
server.closeAllConnections()
JS
seen="$(node run.mjs)"
echo "$seen"
[ "$seen" = "HTML: SUCCESS | all refused: SUCCESS | 404: FAILED" ] ||
  { echo "CHANGED: the exporter reads the answers"; exit 1; }

#!/usr/bin/env bash
# @opentelemetry/sdk-trace-base 2.12.1: `forceFlush` of a provider whose export fails rejects with an array.
# Behaviour: the reason is a list with an Error in it, one for each processor that failed: no Error, without `message`,
#   `stack` and `name`. `shutdown` of the same provider rejects with the Error itself.
# One would guess: a promise of a library rejects with an Error, and two methods of an object that fail for one reason
#   reject alike.
# For users: `error.message` is undefined in a handler at the end of a program, `error instanceof Error` is false, and
#   loggers show `[ {} ]` where they write JSON. Nothing says that the collector was away.
# Seen: forceFlush: array of 1, message undefined, JSON [{}] | shutdown: Error "away"
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund @opentelemetry/sdk-trace-base@2.12.1 @opentelemetry/api@1.9.1 >/dev/null

cat > run.mjs <<'JS'
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base"
// What an exporter calls back with when its receiver is away.
const exporter = {
  export: (_spans, done) => done({ code: 1, error: new Error("away") }),
  shutdown: async () => {},
  forceFlush: async () => {},
}
const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
const tracer = provider.getTracer("test")
const show = (error) =>
  Array.isArray(error)
    ? `array of ${error.length}, message ${error.message}, JSON ${JSON.stringify(error)}`
    : `${error.name} "${error.message}"`
const failing = async (method) => {
  tracer.startSpan("checkout").end()
  return `${method}: ${await provider[method]().then(() => "resolved", show)}`
}
console.log(`${await failing("forceFlush")} | ${await failing("shutdown")}`)
JS
seen="$(node run.mjs)"
echo "$seen"
[ "$seen" = 'forceFlush: array of 1, message undefined, JSON [{}] | shutdown: Error "away"' ] ||
  { echo "CHANGED: another reason"; exit 1; }

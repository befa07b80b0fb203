#!/usr/bin/env bash
# @opentelemetry/sdk-trace-base 2.12.1: OTEL_TRACES_SAMPLER that it does not know, be it by its case, records every trace.
# Behaviour: `Always_Off`, `always-off` and `never` are taken for "parentbased_always_on", and so is
#   `OTEL_TRACES_SAMPLER_ARG=10%` for a ratio of 1. What is wrong is said to `diag`, which has no logger by default.
# One would guess: values of an enum are known in any case, as the specification of OpenTelemetry asks for, and one that
#   is unknown is refused, or turns sampling off.
# For users: whoever means to switch traces off, or to keep one of ten, pays for all of them, and no line says so.
#   Check the variables when the program starts.
# Seen: always_off: 0 of 100 | Always_Off: 100 of 100 | always-off: 100 of 100 | traceidratio 10%: 100 of 100, nothing is said
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund @opentelemetry/sdk-trace-base@2.12.1 @opentelemetry/api@1.9.1 >/dev/null

cat > run.mjs <<'JS'
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base"
const tracer = new BasicTracerProvider().getTracer("test")
const spans = Array.from({ length: 100 }, () => tracer.startSpan("checkout"))
process.stdout.write(`${spans.filter((span) => span.isRecording()).length} of 100`)
JS
run() { OTEL_TRACES_SAMPLER="$1" OTEL_TRACES_SAMPLER_ARG="${2:-}" node run.mjs 2>&1; }
seen="always_off: $(run always_off) | Always_Off: $(run Always_Off) | always-off: $(run always-off)"
seen="$seen | traceidratio 10%: $(run traceidratio 10%), nothing is said"
echo "$seen"
[ "$seen" = "always_off: 0 of 100 | Always_Off: 100 of 100 | always-off: 100 of 100 | traceidratio 10%: 100 of 100, nothing is said" ] ||
  { echo "CHANGED: samplers are read in another way, or it is said"; exit 1; }

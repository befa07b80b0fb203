/** Every built-in tracing as a subject, once: tests, CI and the command line read this list. */
import { createMemoryTracing } from "../adapters/tracing/memory.ts"
import { createOpenTelemetryTracing } from "../adapters/tracing/opentelemetry.ts"
import type { ITracingService, Tracing } from "../contracts/tracing/tracing.ts"
import { asTracing } from "../core/tracing/portable-tracing.ts"
import { defineSubject } from "../testing/define-subject.ts"
import { createOpenTelemetry3, opentelemetry3Missing } from "./kit/opentelemetry-3.ts"
import { openOtelWorld } from "./kit/otel-world.ts"
import { otelCollectorAvailable } from "./kit/servers.ts"

export const memoryTracingSubject = defineSubject({
  service: "tracing",
  name: "memory",
  open: ({ clock }) => {
    const tracing = createMemoryTracing({}, { clock })
    return {
      connect: () => tracing,
      advance: (ms) => clock.advance(ms),
      adjustClock: (ms) => clock.adjust(ms),
      received: (client) => (client as Tracing).getSpans(),
      configuration: {
        create: (options) => createMemoryTracing(options, { clock }),
        valid: { maxSpans: 20_000 },
        invalid: { maxSpans: 0, traceIdGenerator: "counter" },
      },
      destroy: () => tracing.close(),
    }
  },
})

/** The nine methods that every tracing has, as users write them. */
function nineMethodsOf(tracing: Tracing): ITracingService {
  return {
    startSpan: tracing.startSpan.bind(tracing),
    withSpan: tracing.withSpan.bind(tracing),
    activeContext: tracing.activeContext.bind(tracing),
    run: tracing.run.bind(tracing),
    inject: tracing.inject.bind(tracing),
    extract: tracing.extract.bind(tracing),
    getConfig: tracing.getConfig.bind(tracing),
    stats: tracing.stats.bind(tracing),
    flush: tracing.flush.bind(tracing),
  }
}

/** A class with them and close, made portable. */
const nineMethodsTracingSubject = defineSubject({
  service: "tracing",
  name: "nine methods of memory",
  open: ({ clock }) => {
    const memory = createMemoryTracing({}, { clock })
    const tracing = asTracing({ ...nineMethodsOf(memory), close: () => memory.close() }, { clock })
    return {
      connect: () => tracing,
      advance: (ms) => clock.advance(ms),
      received: () => memory.getSpans(),
      destroy: () => tracing.close(),
    }
  },
})

/** A real collector. */
const opentelemetryTracingSubject = defineSubject({
  service: "tracing",
  name: "opentelemetry",
  available: otelCollectorAvailable,
  open: (opened) => openOtelWorld(createOpenTelemetryTracing, opened),
})

/** The same by the 3.x line, which is for newer Nodes. */
const opentelemetry3TracingSubject = defineSubject({
  service: "tracing",
  name: "opentelemetry, of OpenTelemetry 3",
  node: ">=22",
  available: () => otelCollectorAvailable() ?? opentelemetry3Missing(),
  open: (opened) => openOtelWorld(createOpenTelemetry3, opened),
})

export const subjects = [
  memoryTracingSubject,
  nineMethodsTracingSubject,
  opentelemetryTracingSubject,
  opentelemetry3TracingSubject,
]

/** Every built-in tracing as a subject, once: tests, CI and the command line read this list. */
import { createMemoryTracing } from "../adapters/tracing/memory.ts"
import { createOpenTelemetryTracing, type OpenTelemetryTracingOptions } from "../adapters/tracing/opentelemetry.ts"
import type { ITracingService, Tracing } from "../contracts/tracing/tracing.ts"
import { asTracing } from "../core/tracing/portable-tracing.ts"
import { defineSubject } from "../testing/define-subject.ts"
import { startTcpProxy } from "../testing/faults/tcp-proxy.ts"
import { lineFaults } from "./kit/faults.ts"
import { deadline, otelCollector, otelCollectorAvailable } from "./kit/servers.ts"

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
    }
  },
})

const SECRET = "secret-of-the-conformance-run"

/** A real collector. What it took is what it forwarded to a receiver in this process. */
const opentelemetryTracingSubject = defineSubject({
  service: "tracing",
  name: "opentelemetry",
  available: otelCollectorAvailable,
  async open({ namespace, timeScale, uses }) {
    const { collector, sink } = await otelCollector()
    const proxy = uses.includes("faults") ? await startTcpProxy({ port: collector.port }) : undefined
    const opened: Tracing[] = []
    const create = async (options: OpenTelemetryTracingOptions = {}) => {
      // Clients share the collector, and each has its own spans.
      const serviceInstanceId = `${namespace} ${opened.length}`
      const tracing = await createOpenTelemetryTracing({
        exporter: {
          endpoint: `http://127.0.0.1:${proxy?.port ?? collector.port}/v1/traces`,
          headers: { authorization: `Bearer ${SECRET}` },
          timeout: deadline(proxy === undefined ? 10_000 : 1000, timeScale),
        },
        resource: { serviceName: "conformance", serviceInstanceId },
        ...options,
      })
      opened.push(tracing)
      return tracing
    }
    return {
      connect: () => create(),
      faults: lineFaults(proxy),
      received: (client) => {
        const id = client.getConfig().openTelemetry?.resource.serviceInstanceId
        return sink.spans.filter(({ resource }) => resource["service.instance.id"] === id)
      },
      configuration: {
        create,
        valid: { shutdownTimeoutMs: 4000 },
        invalid: { shutdownTimeoutMs: 0, traceIdGenerator: "counter" },
      },
      secrets: [SECRET],
      async destroy() {
        proxy?.heal()
        await Promise.all(opened.map((tracing) => tracing.close()))
        await proxy?.close()
      },
    }
  },
})

export const subjects = [memoryTracingSubject, nineMethodsTracingSubject, opentelemetryTracingSubject]

/** A real collector. What it took is what it forwarded to a receiver in this process. */
import type { OpenTelemetryTracingOptions } from "../../adapters/tracing/opentelemetry.ts"
import type { Tracing } from "../../contracts/tracing/tracing.ts"
import type { OpenOptions, World } from "../../testing/engine/subject.ts"
import { startTcpProxy } from "../../testing/faults/tcp-proxy.ts"
import { lineFaults } from "./faults.ts"
import { deadline, otelCollector } from "./servers.ts"

const SECRET = "secret-of-the-conformance-run"

export async function openOtelWorld(
  createTracing: (options: OpenTelemetryTracingOptions) => Promise<Tracing>,
  { namespace, timeScale, uses }: OpenOptions,
): Promise<World<Tracing>> {
  const { collector, sink } = await otelCollector()
  const proxy = uses.includes("faults") ? await startTcpProxy({ port: collector.port }) : undefined
  const opened: Tracing[] = []
  const create = async (options: OpenTelemetryTracingOptions = {}) => {
    // Clients share the collector, and each has its own spans.
    const serviceInstanceId = `${namespace} ${opened.length}`
    const tracing = await createTracing({
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
}

import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { findServer } from "./find.ts"
import { type RunningServer, runServer } from "./running-server.ts"
import { freePort, makeDirectory } from "./server-process.ts"

/** Why tests that need the server do not run, in the words that the test report shows. */
export const OTEL_COLLECTOR_MISSING = "otel-collector is not installed (bash .ci/servers installs it)"

/** As `.ci/servers` names it: the version is part of the name. */
const NAME = "otel-collector-0.165.0"

export interface OtelCollectorOptions {
  /** Default: a free one. */
  port?: number | undefined
  /** Where it sends what it takes, as OTLP in JSON without compression: `/v1/traces` is added. Default: nowhere. */
  forwardTo?: string | undefined
}

/** A server that takes spans. */
export interface OtelCollector extends RunningServer {
  /** Without the path of traces. */
  readonly endpoint: string
}

/** Path of the collector: OTEL_COLLECTOR, PATH, or the cache folder. */
export function findOtelCollector(): string | undefined {
  return findServer(NAME, "OTEL_COLLECTOR")
}

/**
 * Starts an OpenTelemetry Collector on the loopback interface and resolves when it answers. It answers a request when the
 * one that it forwards has been answered, so that what it took has arrived; and refuses it where the other did.
 *
 * @example
 * const collector = await startOtelCollector({ forwardTo: "http://127.0.0.1:4319" })
 * await collector.stop()
 */
export async function startOtelCollector(options: OtelCollectorOptions = {}): Promise<OtelCollector> {
  const file = findOtelCollector()
  if (file === undefined) throw new Error(`${OTEL_COLLECTOR_MISSING}.`)
  const port = options.port ?? (await freePort())
  const directory = makeDirectory("otel-collector")
  const config = join(directory, "config.json")
  writeFileSync(config, JSON.stringify(configOf(port, options.forwardTo)))
  const endpoint = `http://127.0.0.1:${port}`
  const server = await runServer(
    {
      name: `otel-collector on port ${port}`,
      file,
      // YAML takes JSON.
      args: ["--config", `file:${config}`],
      directory,
      ready: () => listens(endpoint),
    },
    port,
  )
  return { ...server, endpoint }
}

function configOf(port: number, forwardTo: string | undefined): object {
  const exporters =
    forwardTo === undefined
      ? { nop: {} }
      : {
          otlp_http: {
            endpoint: forwardTo,
            encoding: "json",
            compression: "none",
            sending_queue: { enabled: false },
            retry_on_failure: { enabled: false },
          },
        }
  const pipeline = { receivers: ["otlp"], exporters: Object.keys(exporters) }
  return {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters,
    service: {
      telemetry: { metrics: { level: "none" }, logs: { level: "warn" } },
      pipelines: { traces: pipeline },
    },
  }
}

/** Whether it answers, within a second: a GET is refused, and forwards nothing. */
async function listens(endpoint: string): Promise<boolean> {
  const response = await fetch(`${endpoint}/v1/traces`, { signal: AbortSignal.timeout(1000) })
  await response.arrayBuffer()
  return response.status === 405
}

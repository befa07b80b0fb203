import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { findServer } from "./find.ts"
import { answers, type RunningServer, runServer } from "./running-server.ts"
import { freePort, makeDirectory } from "./server-process.ts"

/** Why tests that need the server do not run, in the words that the test report shows. */
export const ELASTICSEARCH_MISSING = "elasticsearch is not installed (bash .ci/servers installs it)"

export type ElasticsearchVersion = "8" | "9"

/** As `.ci/servers` names it, the version in the name, and the variable that names another one. */
const INSTALLED = {
  "8": { name: "elasticsearch-8.19.21", variable: "ELASTICSEARCH" },
  "9": { name: "elasticsearch-9.5.3", variable: "ELASTICSEARCH_9" },
} as const

/** Ends before a test does, which would hide what the log says. */
const START_MS = 110_000

export interface ElasticsearchOptions {
  /** Default: 8. */
  version?: ElasticsearchVersion | undefined
  /** Default: a free one. */
  port?: number | undefined
  /** Settings of the node, as elasticsearch.yml has them: `{ "indices.breaker.total.limit": "60%" }`. */
  settings?: Readonly<Record<string, string | number | boolean | readonly string[]>> | undefined
}

/** A node that is a cluster of its own. */
export interface ElasticsearchServer extends RunningServer {
  readonly endpoint: string
}

/** Path of what starts a node: ELASTICSEARCH (or ELASTICSEARCH_9), PATH, or the cache folder. */
export function findElasticsearch(version: ElasticsearchVersion = "8"): string | undefined {
  const { name, variable } = INSTALLED[version]
  return findServer(name, variable)
}

/**
 * Starts a node of its own on the loopback interface and resolves when every index has its primary shards, also after a
 * restart. It keeps what it acknowledged, and it asks for no password.
 *
 * @example
 * const server = await startElasticsearch({ settings: { "http.max_content_length": "1mb" } })
 * await server.kill()
 * await server.restart()
 * await server.stop()
 */
export async function startElasticsearch(options: ElasticsearchOptions = {}): Promise<ElasticsearchServer> {
  const file = findElasticsearch(options.version)
  if (file === undefined) throw new Error(`${ELASTICSEARCH_MISSING}.`)
  const port = options.port ?? (await freePort())
  const directory = makeDirectory("elasticsearch")
  const [config, data, logs] = ["config", "data", "logs"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ]
  mkdirSync(config)
  const settings = {
    "cluster.name": "test",
    "node.name": "test",
    "discovery.type": "single-node",
    "path.data": data,
    "path.logs": logs,
    "http.host": "127.0.0.1",
    "http.port": port,
    "transport.host": "127.0.0.1",
    "transport.port": "0",
    // A disk that is nearly full makes every index read-only.
    "cluster.routing.allocation.disk.threshold_enabled": false,
    ...options.settings,
  }
  // JSON is YAML too.
  writeFileSync(join(config, "elasticsearch.yml"), JSON.stringify(settings, null, 2))
  const endpoint = `http://127.0.0.1:${port}`
  const server = await runServer(
    {
      name: `elasticsearch on port ${port}`,
      file,
      args: [config],
      directory,
      startMs: START_MS,
      ready: () => answers(`${endpoint}/_cluster/health?wait_for_status=yellow&timeout=500ms`),
    },
    port,
  )
  return { ...server, endpoint }
}

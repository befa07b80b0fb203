import { parseArgs } from "node:util"
import { type ElasticsearchVersion, startElasticsearch } from "./elasticsearch.ts"
import { startFakeGcs } from "./fake-gcs-server.ts"
import { startMoto } from "./moto.ts"
import { startOtelCollector } from "./otel-collector.ts"
import { startRedis } from "./redis.ts"
import { startRedisCluster } from "./redis-cluster.ts"
import { startValkey } from "./valkey.ts"
import { type S3Server, startVersitygw } from "./versitygw.ts"

const USAGE = `Usage: npm run server -- <name> [--port <number>]

Starts a real server in the foreground and prints the variable that makes the SDK use it. Its data is removed when it
stops (Ctrl-C).

Names:
  redis             redis-server on 127.0.0.1; without --port on a free port
  valkey            the same with valkey-server
  redis-cluster     three nodes of redis-server, on free ports
  versitygw         S3, which checks signatures
  moto              S3, which checks none
  fake-gcs-server   GCS, which checks no token
  elasticsearch     one node of version 8
  elasticsearch-9   the same of version 9
  otel-collector    an OpenTelemetry Collector, which takes spans and keeps none

A server for object storage starts without a bucket: call createBucket first.
`

/** The bucket that a STORAGE_URL names; nobody made it yet. */
const BUCKET = "objects"

interface Server {
  /** What makes the SDK use it. */
  readonly variable: string
  gone(): Promise<unknown>
  stop(): Promise<void>
}

const servers: Record<string, (port: number | undefined) => Promise<Server>> = {
  redis: async (port) => asCache(await startRedis({ port })),
  valkey: async (port) => asCache(await startValkey({ port })),
  async "redis-cluster"() {
    const cluster = await startRedisCluster()
    const gone = () => Promise.race(cluster.nodes.map((node) => node.gone()))
    return asCache({ url: `redis://127.0.0.1:${cluster.port}?cluster=true`, gone, stop: () => cluster.stop() })
  },
  versitygw: async (port) => asS3(await startVersitygw({ port })),
  moto: async (port) => asS3(await startMoto({ port })),
  async "fake-gcs-server"(port) {
    const server = await startFakeGcs({ port })
    const query = new URLSearchParams({ projectId: server.projectId, endpoint: server.endpoint })
    return { ...server, variable: `STORAGE_URL=gs://${BUCKET}?${query}` }
  },
  elasticsearch: (port) => elasticsearch("8", port),
  "elasticsearch-9": (port) => elasticsearch("9", port),
  async "otel-collector"(port) {
    const server = await startOtelCollector({ port })
    return { ...server, variable: `TRACING_URL=otlp+${server.endpoint}` }
  },
}

function asCache({ url, ...server }: Omit<Server, "variable"> & { readonly url: string }): Server {
  return { ...server, variable: `CACHE_URL=${url}` }
}

function asS3(server: S3Server): Server {
  const { accessKeyId, endpoint, region, secretAccessKey } = server
  const query = new URLSearchParams({ region, endpoint, forcePathStyle: "true" })
  return { ...server, variable: `STORAGE_URL=s3://${accessKeyId}:${secretAccessKey}@${BUCKET}?${query}` }
}

async function elasticsearch(version: ElasticsearchVersion, port: number | undefined): Promise<Server> {
  const server = await startElasticsearch({ version, port })
  return { ...server, variable: `SEARCH_URL=elasticsearch+${server.endpoint}` }
}

interface Arguments {
  readonly name: string | undefined
  readonly port: number | undefined
}

/** Exit code: 0 stopped by a signal, 1 it did not start or ended by itself, 2 wrong arguments. */
async function main(): Promise<number> {
  const parsed = readArguments()
  if (typeof parsed === "string") {
    process.stderr.write(`${parsed} See npm run server -- --help.\n`)
    return 2
  }
  if (parsed.name === undefined) {
    process.stdout.write(USAGE)
    return 0
  }
  const start = servers[parsed.name]
  if (start === undefined) throw new Error(`No server ${parsed.name}.`)
  const server = await start(parsed.port)
  process.stdout.write(`${server.variable}\nStop it with Ctrl-C.\n`)
  const signalled = new Promise<true>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve(true))
  })
  // Ctrl-C reaches the server too, so its end alone does not say who asked for it.
  const gone = server.gone().then(() => new Promise<false>((resolve) => setTimeout(resolve, 200, false)))
  const stopped = await Promise.race([signalled, gone])
  await server.stop()
  process.stdout.write(stopped ? "Stopped.\n" : "The server ended by itself.\n")
  return stopped ? 0 : 1
}

/** The arguments, or what is wrong with them. No name means that help was asked for. */
function readArguments(): Arguments | string {
  try {
    const { positionals, values } = parseArgs({
      options: { port: { type: "string" }, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    })
    if (values.help) return { name: undefined, port: undefined }
    const [name, extra] = positionals
    const known = `Known: ${Object.keys(servers).join(", ")}.`
    if (name === undefined) return `Which server? ${known}`
    if (!Object.hasOwn(servers, name)) return `Unknown server "${name}". ${known}`
    if (extra !== undefined) return `Unexpected argument "${extra}".`
    if (name === "redis-cluster" && values.port !== undefined) return "redis-cluster takes no --port."
    const port = values.port === undefined ? undefined : Number(values.port)
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
      return `--port takes a number from 1 to 65535, not "${values.port}".`
    }
    return { name, port }
  } catch (error) {
    return (error as Error).message.replace(/\. .*/s, ".")
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}

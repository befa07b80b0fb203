import { type Certificates, makeCertificates } from "./certificates.ts"
import { findServer } from "./find.ts"
import { sendCommand } from "./resp.ts"
import { type RunningServer, runServer } from "./running-server.ts"
import { freePort, makeDirectory } from "./server-process.ts"

/** Why tests that need the server do not run, in the words that the test report shows. */
export const REDIS_MISSING = "redis-server is not installed (bash .ci/servers installs it)"

export interface RedisOptions {
  /** Default: a free one. */
  port?: number | undefined
  password?: string | undefined
  /** Writes each change to disk before it is answered, so that `kill()` loses nothing that was acknowledged. */
  appendOnly?: boolean | undefined
  /** As in redis.conf: `10mb`. Writes beyond it are refused, nothing is evicted. */
  maxMemory?: string | undefined
  /** Speaks TLS and nothing else, with certificates made for it. */
  tls?: boolean | undefined
  /** Makes it a node of a cluster, which knows no other yet and talks to others over this port. */
  clusterPort?: number | undefined
  /** Another executable that takes the same arguments. Default: `findRedis()`. */
  file?: string | undefined
}

export interface RedisServer extends RunningServer {
  /** With the password, where there is one. */
  readonly url: string
  /** PEM of the authority that signed its certificate, with `tls`. */
  readonly ca: string | undefined
  /** Sends a command past every client library: to look at the server from outside. */
  command(...args: string[]): Promise<string>
}

/** Path of redis-server: REDIS_SERVER, PATH, or the cache folder. */
export function findRedis(): string | undefined {
  return findServer("redis-server", "REDIS_SERVER")
}

/**
 * Starts a server of its own on the loopback interface and resolves when it answers.
 *
 * @example
 * const server = await startRedis({ appendOnly: true })
 * await server.kill()
 * await server.restart()
 * await server.stop()
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const file = options.file ?? findRedis()
  if (file === undefined) throw new Error(`${REDIS_MISSING}.`)
  const port = options.port ?? (await freePort())
  const { password } = options
  const directory = makeDirectory("redis")
  const certificates = options.tls ? makeCertificates(directory) : undefined
  const ca = certificates?.ca
  const command = (...args: string[]) => sendCommand({ port, password, ca }, args)
  const server = await runServer(
    {
      name: `redis-server on port ${port}`,
      file,
      args: redisArguments(options, port, certificates),
      directory,
      ready: async () => (await command("PING")) === "PONG",
    },
    port,
  )
  const login = password === undefined ? "" : `:${encodeURIComponent(password)}@`
  return { ...server, url: `${options.tls ? "rediss" : "redis"}://${login}127.0.0.1:${port}`, ca, command }
}

function redisArguments(
  { appendOnly, clusterPort, maxMemory, password }: RedisOptions,
  port: number,
  certificates: Certificates | undefined,
): string[] {
  return [
    ...["--bind", "127.0.0.1", "--port", certificates === undefined ? String(port) : "0"],
    ...(certificates === undefined ? [] : tlsArguments(certificates, port)),
    ...(clusterPort === undefined ? [] : clusterArguments(clusterPort)),
    ...["--save", "", "--daemonize", "no"],
    ...(appendOnly ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"]),
    ...(password === undefined ? [] : ["--requirepass", password]),
    ...(maxMemory === undefined ? [] : ["--maxmemory", maxMemory]),
  ]
}

function clusterArguments(clusterPort: number): string[] {
  return ["--cluster-enabled", "yes", "--cluster-port", String(clusterPort), "--cluster-node-timeout", "2000"]
}

function tlsArguments({ caFile, certFile, keyFile }: Certificates, port: number): string[] {
  return [
    ...["--tls-port", String(port), "--tls-auth-clients", "no"],
    ...["--tls-cert-file", certFile, "--tls-key-file", keyFile, "--tls-ca-cert-file", caFile],
  ]
}

import { accessSync, constants } from "node:fs"
import { homedir } from "node:os"
import { delimiter, join } from "node:path"
import { sendCommand } from "./resp.ts"
import { canListen, freePort, makeDirectory, removeDirectory, ServerProcess } from "./server-process.ts"

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
}

export interface RedisServer {
  /** With the password, where there is one. */
  readonly url: string
  readonly port: number
  /** SIGKILL: what was not yet on disk is lost. */
  kill(): Promise<void>
  /** The same port and data, also after `kill()`. */
  restart(): Promise<void>
  /** Connections stay open and nobody answers, until `resume()`. */
  pause(): void
  resume(): void
  /** Ends it and removes its data. */
  stop(): Promise<void>
  /** Resolves when the process is gone. */
  gone(): Promise<void>
  /** Sends a command past every client library: to look at the server from outside. */
  command(...args: string[]): Promise<string>
}

/**
 * Path of redis-server: REDIS_SERVER, PATH, or the cache folder.
 *
 * @throws Error when there is none and REQUIRE_SERVERS=1, so that CI never skips in silence.
 */
export function findRedis(): string | undefined {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache")
  const folders = [...(process.env["PATH"] ?? "").split(delimiter).filter(Boolean), join(cache, "objectos-sdk", "bin")]
  const chosen = process.env["REDIS_SERVER"]
  const found = (chosen ? [chosen] : folders.map((folder) => join(folder, "redis-server"))).find(isExecutable)
  if (found === undefined && process.env["REQUIRE_SERVERS"] === "1") {
    throw new Error("REQUIRE_SERVERS=1, and redis-server is not installed: run bash .ci/servers")
  }
  return found
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
  const file = findRedis()
  if (file === undefined) throw new Error(`${REDIS_MISSING}.`)
  const port = options.port ?? (await freePort())
  const { password } = options
  const directory = makeDirectory("redis")
  const command = (...args: string[]) => sendCommand({ port, password }, args)
  const server = new ServerProcess({
    name: `redis-server on port ${port}`,
    file,
    args: redisArguments(options, port),
    directory,
    ready: async () => (await command("PING")) === "PONG",
  })

  const start = async (): Promise<void> => {
    if (!(await canListen(port))) throw new Error(`Port ${port} of 127.0.0.1 is taken.`)
    await server.start()
  }
  try {
    await start()
  } catch (error) {
    removeDirectory(directory)
    throw error
  }

  return {
    url: `redis://${password === undefined ? "" : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    port,
    kill: () => server.kill(),
    async restart() {
      await server.terminate()
      await start()
    },
    pause: () => server.signal("SIGSTOP"),
    resume: () => server.signal("SIGCONT"),
    async stop() {
      await server.terminate()
      removeDirectory(directory)
    },
    gone: () => server.gone(),
    command,
  }
}

function redisArguments({ appendOnly, maxMemory, password }: RedisOptions, port: number): string[] {
  return [
    ...["--bind", "127.0.0.1", "--port", String(port)],
    ...["--save", "", "--daemonize", "no"],
    ...(appendOnly ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"]),
    ...(password === undefined ? [] : ["--requirepass", password]),
    ...(maxMemory === undefined ? [] : ["--maxmemory", maxMemory]),
  ]
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

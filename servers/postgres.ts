import { execFileSync } from "node:child_process"
import { chownSync, existsSync, mkdirSync, readdirSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { freePort, makeDirectory, removeDirectory, ServerProcess } from "./server-process.ts"

/** Why rows beside a peer on PostgreSQL do not run. */
export const POSTGRES_MISSING = "PostgreSQL is not installed (on Debian: apt-get install postgresql)"

/** Where Debian puts its versions. */
const DEBIAN = "/usr/lib/postgresql"
/** It refuses to run as root, so then it runs as this user. */
const NOBODY = 65_534

export interface PostgresServer {
  readonly url: string
  stop(): Promise<void>
}

/** The folder of its programs: POSTGRES_BIN, or the newest that Debian has. */
export function findPostgres(): string | undefined {
  const given = process.env["POSTGRES_BIN"]
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one)) : []
  const folders = given ? [given] : versions.map((version) => join(DEBIAN, version, "bin"))
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")))
}

/** Starts a server of its own on the loopback interface, for peers that are measured beside it. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = findPostgres()
  if (bin === undefined) throw new Error(`${POSTGRES_MISSING}.`)
  const port = await freePort()
  const directory = makeDirectory("postgres")
  const data = join(directory, "data")
  mkdirSync(data)
  const isRoot = process.getuid?.() === 0
  if (isRoot) for (const folder of [directory, data]) chownSync(folder, NOBODY, NOBODY)
  const asNobody = ["--reuid", String(NOBODY), "--regid", String(NOBODY), "--clear-groups"]
  const run = (program: string, args: readonly string[]): [string, string[]] =>
    isRoot ? ["setpriv", [...asNobody, join(bin, program), ...args]] : [join(bin, program), [...args]]
  try {
    execFileSync(...run("initdb", ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]), {
      stdio: "pipe",
      cwd: directory,
    })
    const [file, args] = run("postgres", ["-D", data, "-h", "127.0.0.1", "-p", String(port), "-k", directory])
    const server = new ServerProcess({
      name: `postgres on port ${port}`,
      file,
      args,
      directory,
      ready: () => listens(port),
    })
    await server.start()
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      async stop() {
        await server.terminate()
        removeDirectory(directory)
      },
    }
  } catch (error) {
    removeDirectory(directory)
    throw error
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.once("connect", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => resolve(false))
  })
}

import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { findServer } from "./find.ts"
import { answers, type RunningServer, runServer } from "./running-server.ts"
import { freePort, makeDirectory } from "./server-process.ts"

/** Why tests that need the server do not run, in the words that the test report shows. */
export const VERSITYGW_MISSING = "versitygw is not installed (bash .ci/servers installs it)"

/** As `.ci/servers` names it: the version is part of the name. */
const NAME = "versitygw-1.8.0"
const REGION = "us-east-1"

export interface VersitygwOptions {
  /** Default: a free one. */
  port?: number | undefined
  /** Default: `test-access`. */
  accessKeyId?: string | undefined
  /** Default: `test-secret`. */
  secretAccessKey?: string | undefined
}

/** A server that speaks S3. */
export interface S3Server extends RunningServer {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Path of versitygw: VERSITYGW, PATH, or the cache folder. */
export function findVersitygw(): string | undefined {
  return findServer(NAME, "VERSITYGW")
}

/**
 * Starts a server of its own on the loopback interface and resolves when it answers. It keeps objects as files, so a
 * restart keeps them too, and it checks signatures.
 *
 * @example
 * const server = await startVersitygw()
 * await server.kill()
 * await server.restart()
 * await server.stop()
 */
export async function startVersitygw(options: VersitygwOptions = {}): Promise<S3Server> {
  const file = findVersitygw()
  if (file === undefined) throw new Error(`${VERSITYGW_MISSING}.`)
  const { accessKeyId = "test-access", secretAccessKey = "test-secret" } = options
  const port = options.port ?? (await freePort())
  const directory = makeDirectory("versitygw")
  const [data, iam, versions] = ["data", "iam", "versions"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ]
  for (const folder of [data, iam, versions]) mkdirSync(folder)
  const endpoint = `http://127.0.0.1:${port}`
  const server = await runServer(
    {
      name: `versitygw on port ${port}`,
      file,
      args: [
        ...["--port", `127.0.0.1:${port}`, "--region", REGION, "--iam-dir", iam, "--health", "/health", "--quiet"],
        ...["posix", "--versioning-dir", versions, data],
      ],
      env: { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
      directory,
      ready: () => answers(`${endpoint}/health`),
    },
    port,
  )
  return { ...server, endpoint, region: REGION, accessKeyId, secretAccessKey }
}

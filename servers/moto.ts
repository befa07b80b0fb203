import { findServer } from "./find.ts"
import { answers, runServer } from "./running-server.ts"
import { freePort, makeDirectory } from "./server-process.ts"
import type { S3Server } from "./versitygw.ts"

/** Why tests that need the server do not run, in the words that the test report shows. */
export const MOTO_MISSING = "moto_server is not installed (bash .ci/servers installs it)"

/** As `.ci/servers` names it: the version is part of the name. */
const NAME = "moto_server-5.2.5"

/** Path of moto_server: MOTO_SERVER, PATH, or the cache folder. */
export function findMoto(): string | undefined {
  return findServer(NAME, "MOTO_SERVER")
}

/**
 * As `startVersitygw`, with moto. It keeps objects in memory, so a restart loses them, and it takes any access key and
 * any signature.
 */
export async function startMoto(options: { port?: number | undefined } = {}): Promise<S3Server> {
  const file = findMoto()
  if (file === undefined) throw new Error(`${MOTO_MISSING}.`)
  const port = options.port ?? (await freePort())
  const endpoint = `http://127.0.0.1:${port}`
  const server = await runServer(
    {
      name: `moto_server on port ${port}`,
      file,
      args: ["--host", "127.0.0.1", "--port", String(port)],
      directory: makeDirectory("moto"),
      ready: () => answers(endpoint),
    },
    port,
  )
  return { ...server, endpoint, region: "us-east-1", accessKeyId: "test-access", secretAccessKey: "test-secret" }
}

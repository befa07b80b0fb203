import { findServer } from "./find.ts"
import { answers, type RunningServer, runServer } from "./running-server.ts"
import { freePort, makeDirectory } from "./server-process.ts"

/** Why tests that need the server do not run, in the words that the test report shows. */
export const FAKE_GCS_MISSING = "fake-gcs-server is not installed (bash .ci/servers installs it)"

/** As `.ci/servers` names it: the version is part of the name. */
const NAME = "fake-gcs-server-1.56.1"

/** A server that speaks the JSON API of GCS. */
export interface GcsServer extends RunningServer {
  /** For the option `apiEndpoint` of @google-cloud/storage. */
  readonly endpoint: string
  readonly projectId: string
}

/** Path of fake-gcs-server: FAKE_GCS_SERVER, PATH, or the cache folder. */
export function findFakeGcs(): string | undefined {
  return findServer(NAME, "FAKE_GCS_SERVER")
}

/**
 * Starts a server of its own on the loopback interface and resolves when it answers. It keeps objects in memory, so a
 * restart loses them, and it takes any token, any signature and, but on uploads, any precondition: gcs-double.ts checks
 * these.
 */
export async function startFakeGcs(options: { port?: number | undefined } = {}): Promise<GcsServer> {
  const file = findFakeGcs()
  if (file === undefined) throw new Error(`${FAKE_GCS_MISSING}.`)
  const port = options.port ?? (await freePort())
  const endpoint = `http://127.0.0.1:${port}`
  const server = await runServer(
    {
      name: `fake-gcs-server on port ${port}`,
      file,
      args: [
        ...["-scheme", "http", "-host", "127.0.0.1", "-port", String(port), "-backend", "memory"],
        ...["-public-host", `127.0.0.1:${port}`, "-external-url", endpoint, "-log-level", "warn"],
      ],
      directory: makeDirectory("fake-gcs-server"),
      ready: () => answers(`${endpoint}/_internal/healthcheck`),
    },
    port,
  )
  return { ...server, endpoint, projectId: "test-project" }
}

import { generateKeyPairSync } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { Gcs, Signer } from "./gcs-double/gcs.ts"
import { type GcsRequest, type Reply, readRequest, send } from "./gcs-double/http.ts"
import { planned, Refusal } from "./gcs-double/refusal.ts"
import { refuse, route } from "./gcs-double/router.ts"
import { Store } from "./gcs-double/store.ts"

export interface GcsDoubleOptions {
  /** Default: a free one. */
  port?: number | undefined
  /** Bearer token that requests must carry. Default: every request is let in. */
  token?: string | undefined
  /** Whose signed URLs and forms are let in. Default: nobody's. */
  signer?: Signer | undefined
  /** Epoch milliseconds. Default: the clock of this machine. */
  now?: (() => number) | undefined
}

/** A request that came in, and the status that it got: 0 where the connection was cut. */
interface LoggedRequest {
  readonly method: string
  /** As it was sent, with its percent signs and its query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly bodyBytes: number
  readonly status: number
}

/** `"cut"`: the connection ends and nothing is done. `"lost answer"`: all is done, and then the connection ends. */
type Fault = number | "cut" | "lost answer"

export interface GcsDouble {
  /** For the option `apiEndpoint` of @google-cloud/storage. */
  readonly endpoint: string
  readonly port: number
  readonly projectId: string
  readonly projectNumber: string
  /** All requests so far, the oldest first. */
  readonly requests: readonly LoggedRequest[]
  /** What the next requests get, instead of being carried out. With `which`, only those count for which it says so. */
  fail(times: number, fault: Fault, which?: (request: GcsRequest) => boolean): void
  /** Takes the name of a bucket, as another project would. */
  takeName(bucket: string): void
  /** Changes a bit of what is stored, and none of its sums. */
  spoil(bucket: string, name: string): void
  /** Ends open connections too. */
  stop(): Promise<void>
}

interface PlannedFault {
  left: number
  readonly fault: Fault
  readonly which: (request: GcsRequest) => boolean
}

/**
 * Starts a double of Google Cloud Storage in this process: what its documentation says of the JSON and the XML API. It
 * is for what no server for tests checks: conditions of every call, sums, resumable uploads, signatures, limits. A
 * parameter that it does not know is refused with 501.
 *
 * @example
 * const double = await startGcsDouble()
 * double.fail(2, 503)
 * await double.stop()
 */
export async function startGcsDouble(options: GcsDoubleOptions = {}): Promise<GcsDouble> {
  const requests: LoggedRequest[] = []
  const faults: PlannedFault[] = []
  const store = new Store(options.now ?? Date.now)
  const server = createServer((message, response) => {
    answer(message, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(options.port ?? 0, "127.0.0.1", () => resolve())
  })
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  const gcs: Gcs = {
    endpoint: `http://127.0.0.1:${port}`,
    projectId: "test-project",
    projectNumber: "123456789012",
    token: options.token,
    signer: options.signer,
    store,
    sessions: new Map(),
    rewrites: new Map(),
    partedUploads: new Map(),
  }

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message)
    const next = faults.find(({ left, which }) => left > 0 && which(request))
    if (next !== undefined) next.left--
    const reply = replyTo(gcs, request, next?.fault)
    const { body, headers, method } = request
    requests.push({ method, url: message.url ?? "", headers, bodyBytes: body.length, status: reply?.status ?? 0 })
    if (reply === undefined) response.destroy()
    else send(response, reply)
  }

  return {
    endpoint: gcs.endpoint,
    port,
    projectId: gcs.projectId,
    projectNumber: gcs.projectNumber,
    requests,
    fail: (times, fault, which = () => true) => {
      faults.push({ left: times, fault, which })
    },
    takeName: (bucket) => {
      store.foreign.add(bucket)
    },
    spoil: (bucket, name) => store.spoil(bucket, name),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Nothing where the connection is cut. */
function replyTo(gcs: Gcs, request: GcsRequest, fault: Fault | undefined): Reply | undefined {
  try {
    // Of a request that was cut off, only a resumable upload keeps anything.
    if (fault === "cut" || !(request.complete || request.query.has("upload_id"))) return undefined
    if (typeof fault === "number") throw planned(fault)
    const reply = route(gcs, request)
    return fault === "lost answer" ? undefined : reply
  } catch (error) {
    if (error instanceof Refusal) return fault === "lost answer" ? undefined : refuse(request, error)
    throw error
  }
}

/** A service account for tests: the double takes its public key, and a client its private one. */
export function makeServiceAccount(): Signer & { readonly privateKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  })
  return { clientEmail: "tests@test-project.iam.gserviceaccount.com", privateKey, publicKey }
}

import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { onTestFinished } from "vitest"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { type OpenOptions, storageOf } from "./open-storage.fixture.ts"

/** A request that a double got. */
export interface DoubleRequest {
  readonly method: string
  /** Path and query, as they came. */
  readonly url: string
  readonly headers: IncomingMessage["headers"]
  readonly body: Buffer
  /** How many came before it. */
  readonly index: number
}

export type Answering = (request: DoubleRequest, response: ServerResponse) => void

export interface S3Double {
  readonly endpoint: string
  /** Method and path of each request. */
  readonly requests: DoubleRequest[]
  close(): Promise<void>
}

/** A server that answers what a test says: for answers that no real server gives when it is asked to. */
export async function startDouble(answer: Answering): Promise<S3Double> {
  const requests: DoubleRequest[] = []
  const server = createServer((message, response) => {
    const chunks: Buffer[] = []
    message.on("data", (chunk: Buffer) => chunks.push(chunk))
    message.on("error", () => {})
    message.on("end", () => {
      const { headers, method = "", url = "" } = message
      const request = { method, url, headers, body: Buffer.concat(chunks), index: requests.length }
      requests.push(request)
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Credentials that a double does not look at. */
export const ANY = { region: "us-east-1", accessKeyId: "any-access", secretAccessKey: "any-secret" }

/** A storage on a double, with what AWS keeps. */
export async function openDouble(
  answer: Answering,
  { context, singleBytes, ...options }: OpenOptions = {},
): Promise<{ storage: Storage; double: S3Double }> {
  const double = await startDouble(answer)
  onTestFinished(() => double.close())
  return { storage: openAt(double.endpoint, { context, singleBytes, ...options }), double }
}

/** A storage on whatever answers there, with what AWS keeps. */
export function openAt(endpoint: string, { context, singleBytes, ...options }: OpenOptions = {}): Storage {
  const storage = storageOf({ ...ANY, endpoint, preset: "aws", forcePathStyle: true, ...options }, context, singleBytes)
  onTestFinished(() => storage.close())
  return storage
}

/** An error as S3 tells it. */
export function refuse(response: ServerResponse, status: number, code: string, more = ""): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no</Message>${more}</Error>`
  response.writeHead(status, { "content-type": "application/xml" }).end(body)
}

/** An object without a body. */
export function tell(response: ServerResponse, headers: Record<string, string | number> = {}): void {
  response.writeHead(200, { etag: '"etag"', "last-modified": "Mon, 30 Nov 2026 08:00:00 GMT", ...headers }).end()
}

export function answerXml(response: ServerResponse, body: string): void {
  response.writeHead(200, { "content-type": "application/xml" }).end(`<?xml version="1.0" encoding="UTF-8"?>${body}`)
}

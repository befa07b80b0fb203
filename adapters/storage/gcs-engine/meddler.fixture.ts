import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from "node:http"
import { onTestFinished } from "vitest"

export interface MeddledRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface MeddledAnswer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
}

export interface Meddling {
  /** What the server gets instead, or an answer that it need not give. */
  request?(asked: MeddledRequest): MeddledRequest | MeddledAnswer | Promise<MeddledRequest | MeddledAnswer>
  /** What the client gets instead. */
  answer?(answer: MeddledAnswer, asked: MeddledRequest): MeddledAnswer | Promise<MeddledAnswer>
}

/** A server for one test that hands requests on to another one, and changes what it likes. @returns Its URL. */
export async function startMeddler(endpoint: string, meddling: Meddling): Promise<string> {
  const server = createServer(async (incoming, response) => {
    try {
      const asked = {
        method: incoming.method ?? "",
        url: incoming.url ?? "",
        headers: incoming.headers,
        body: await bodyOf(incoming),
      }
      const changed = (await meddling.request?.(asked)) ?? asked
      const given = "status" in changed ? changed : await forward(endpoint, changed)
      const { body, headers, status } = (await meddling.answer?.(given, asked)) ?? given
      const { "transfer-encoding": _, ...kept } = headers
      response.writeHead(status, { ...kept, "content-length": headers["content-length"] ?? body.length }).end(body)
    } catch {
      response.destroy()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of message) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

function forward(endpoint: string, { body, headers, method, url }: MeddledRequest): Promise<MeddledAnswer> {
  return new Promise((resolve, reject) => {
    const { "transfer-encoding": _, ...kept } = headers
    const outgoing = request(endpoint + url, { method, headers: { ...kept, "content-length": body.length } })
    outgoing.once("response", async (incoming) => {
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: await bodyOf(incoming) })
    })
    outgoing.once("error", reject)
    outgoing.end(body)
  })
}

/** The members of a JSON answer, changed. */
export function withJson(answer: MeddledAnswer, change: (json: Record<string, unknown>) => object): MeddledAnswer {
  const body = Buffer.from(JSON.stringify(change(JSON.parse(answer.body.toString()) as Record<string, unknown>)))
  return { ...answer, headers: { ...answer.headers, "content-length": body.length }, body }
}

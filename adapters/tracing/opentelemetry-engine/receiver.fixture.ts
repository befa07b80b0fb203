import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { buffer } from "node:stream/consumers"
import { onTestFinished } from "vitest"

interface TakenRequest {
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  readonly body: Buffer
}

/** What a receiver does with a request, which has come whole. */
export type Answer = (response: ServerResponse, request: TakenRequest) => void

export function answerOf(status: number, headers: Record<string, string> = {}, body = ""): Answer {
  return (response) => void response.writeHead(status, headers).end(body)
}

export const taken = answerOf(200, { "content-type": "application/x-protobuf" })

export const silence: Answer = () => {}

export function takenBut(rejectedSpans: unknown): Answer {
  const body = JSON.stringify({ partialSuccess: { rejectedSpans, errorMessage: "no" } })
  return answerOf(200, { "content-type": "application/json" }, body)
}

/** A receiver in this process. Requests without spans, which ask for its health, are not among its requests. */
export async function openReceiver(answer: Answer = taken) {
  const requests: TakenRequest[] = []
  const waiting: (() => void)[] = []
  let now = answer
  const server = createServer(async (incoming, response) => {
    const request = { path: incoming.url ?? "", headers: incoming.headers, body: await buffer(incoming) }
    if (request.body.length > 2) requests.push(request)
    for (const told of waiting.splice(0)) told()
    now(response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url,
    endpoint: `${url}/v1/traces`,
    requests,
    answerWith(next: Answer) {
      now = next
    },
    /** Resolves when the next request has come. */
    asked: () => new Promise<void>((resolve) => waiting.push(resolve)),
  }
}

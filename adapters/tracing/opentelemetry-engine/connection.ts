import * as http from "node:http"
import * as https from "node:https"

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Undefined where it is longer than any answer of a receiver. */
  readonly body: Uint8Array | undefined
}

/** Connections to a receiver. `fetch` would leave them open after the end. */
export interface Connection {
  /** Rejects where no answer comes, and when the signal aborts. Redirects are answers. */
  post(body: Uint8Array, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer>
  close(): void
}

const MAX_ANSWER_BYTES = 1_000_000

export function connectTo(url: string): Connection {
  const { Agent, request } = url.startsWith("https:") ? https : http
  const agent = new Agent({ keepAlive: true })
  return {
    async post(body, headers, signal) {
      const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
        const sent = request(url, { method: "POST", headers, agent, signal }, resolve)
        sent.on("error", reject)
        // Without an error where the receiver switches to another protocol.
        sent.on("close", () => reject(new Error("The connection was closed before an answer.")))
        sent.end(body)
      })
      return { status: response.statusCode ?? 0, headers: response.headers, body: await bytesOf(response) }
    },
    close: () => agent.destroy(),
  }
}

async function bytesOf(response: http.IncomingMessage): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response as AsyncIterable<Uint8Array>) {
    length += piece.length
    if (length > MAX_ANSWER_BYTES) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** What servers of our own share, which keep sizes and no bytes. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"

const CHUNK = Buffer.alloc(65_536, "bench")
/** Bodies up to so many bytes are kept, so that a read can be checked. */
const KEPT = 16 * 1024 * 1024

export interface Swallowed {
  readonly size: number
  readonly bytes?: Buffer
}

export type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<unknown>

/** Serves on the loopback interface. Like some proxies it never answers `Expect: 100-continue`. */
export async function serve(answer: Answer): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, new URL(request.url ?? "/", "http://double")).catch((error: unknown) => {
      response.destroy(error as Error)
    })
  }
  const server = createServer(listener)
  server.on("checkContinue", listener)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

export async function swallow(request: IncomingMessage): Promise<Swallowed> {
  const kept: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size <= KEPT) kept.push(chunk as Buffer)
  }
  return size <= KEPT ? { size, bytes: Buffer.concat(kept) } : { size }
}

/** Sends what was kept, or as many bytes of any kind. */
export async function giveBack({ bytes, size }: Swallowed, response: ServerResponse): Promise<void> {
  if (bytes !== undefined) {
    response.end(bytes)
    return
  }
  for (let sent = 0; sent < size; sent += CHUNK.length) {
    const more = response.write(CHUNK.subarray(0, Math.min(CHUNK.length, size - sent)))
    if (!more) await new Promise((resolve) => response.once("drain", resolve))
  }
  response.end()
}

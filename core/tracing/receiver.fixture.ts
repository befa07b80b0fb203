import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { onTestFinished } from "vitest"

/** The values of one header of a request, as they came. */
type Received = (name: string) => string[]

/** A server on a free port that keeps the headers of what it gets; the path is the status that it answers with. */
export async function receiver(): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = []
  const server = createServer(({ rawHeaders, url = "" }, response) => {
    received.push((name) => rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name))
    const [, status, location] = /^\/(\d+)(?:\?to=(.*))?/.exec(url) ?? []
    response.writeHead(Number(status ?? 200), location === undefined ? {} : { location }).end("a")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

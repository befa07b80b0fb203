import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { onTestFinished } from "vitest"
import type { Search } from "../../../contracts/search/search.ts"
import { createElasticsearchSearch } from "../elasticsearch.ts"
import type { OpenOptions } from "./open-search.fixture.ts"

/** A request that a double got. */
export interface DoubleRequest {
  readonly method: string
  /** Path and query, as they came. */
  readonly url: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
  /** How many of this method and path came before it. */
  readonly index: number
}

/** Undefined where the double answers by itself: as an empty cluster, with one index `docs`. */
export type Answering = (request: DoubleRequest, response: ServerResponse) => boolean | undefined

export interface Double {
  readonly endpoint: string
  readonly requests: DoubleRequest[]
  /** Requests that have no answer yet, and whose client still waits. */
  readonly open: number
}

const PREFIX = "test"

/** A server that answers what a test says: for answers that no real node gives when it is asked to. */
export async function startDouble(answer: Answering): Promise<Double> {
  const requests: DoubleRequest[] = []
  const open = new Set<ServerResponse>()
  const server = createServer((message, response) => {
    const chunks: Buffer[] = []
    message.on("data", (chunk: Buffer) => chunks.push(chunk))
    message.on("error", () => {})
    open.add(response)
    response.on("close", () => open.delete(response))
    message.on("end", () => {
      const { headers, method = "", url = "" } = message
      const [path] = url.split("?")
      const index = requests.filter((each) => each.method === method && each.url.split("?")[0] === path).length
      const request = { method, url, headers, body: Buffer.concat(chunks).toString(), index }
      requests.push(request)
      if (answer(request, response) !== true) answerAsCluster(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...{ endpoint, requests },
    get open() {
      return open.size
    },
  }
}

/** A search on a double, whose first requests are answered. */
export async function openDouble(
  answer: Answering,
  { context, ...options }: OpenOptions = {},
): Promise<{ readonly search: Search; readonly double: Double }> {
  const double = await startDouble(answer)
  const search = createElasticsearchSearch(
    { nodes: [double.endpoint], indexPrefix: PREFIX, timeoutMs: 2000, ...options },
    { random: () => 1, ...context },
  )
  onTestFinished(() => search.close())
  return { search, double }
}

export function tell(response: ServerResponse, body: unknown, status = 200, headers: object = PRODUCT): true {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  response.writeHead(status, { "content-type": "application/vnd.elasticsearch+json;compatible-with=8", ...headers })
  response.end(text)
  return true
}

const PRODUCT = { "x-elastic-product": "Elasticsearch" }

/** An error as Elasticsearch tells it. */
export function refuse(response: ServerResponse, status: number, type: string, reason = "of id secret-id"): true {
  const cause = { type, reason }
  return tell(response, { error: { root_cause: [cause], ...cause }, status }, status)
}

function answerAsCluster({ body, method, url }: DoubleRequest, response: ServerResponse): void {
  if (method === "GET" && url === "/") tell(response, { version: { number: "8.19.21" } })
  else if (method === "GET" && url.startsWith(`/${PREFIX}.`)) {
    const mappings = { properties: { t: { type: "text" } } }
    const aliases = { [`${PREFIX}.docs`]: { is_write_index: true } }
    tell(response, { [`${PREFIX}.docs.000001`]: { aliases, mappings } })
  } else if (url.startsWith("/_bulk"))
    tell(response, bulkAnswer(body.split("\n").filter((line) => line.includes('"_index"')).length))
  else if (url.includes("/_search")) tell(response, NO_HITS)
  else tell(response, { acknowledged: true, _shards: { failed: 0 } })
}

function bulkAnswer(count: number): object {
  return { items: Array.from({ length: count }, () => ({ index: { status: 201, result: "created", _seq_no: 1 } })) }
}

export const NO_HITS = {
  took: 1,
  timed_out: false,
  _shards: { failed: 0 },
  hits: { total: { value: 0, relation: "eq" }, hits: [] },
}

import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeEach, expect, it, onTestFinished } from "vitest"
import { ELASTICSEARCH_MISSING, findElasticsearch } from "../../../servers/elasticsearch.ts"
import { ask, elasticsearch, indexesOf, newPrefix, openSearch, stopElasticsearch } from "./open-search.fixture.ts"

afterAll(stopElasticsearch)

beforeEach((context) => {
  if (findElasticsearch() === undefined) context.skip(ELASTICSEARCH_MISSING)
})

interface Passed {
  readonly url: string
  readonly body: string
}

/** Leads to the node, and loses the answer of what a test says: it is done, and nobody is told. `refuses`: it is not done. */
async function startLine(
  loses: (request: Passed) => boolean | Promise<boolean>,
  refuses: (request: Passed) => boolean = () => false,
) {
  const { endpoint } = await elasticsearch()
  const server = createServer(async (message, response) => {
    const { headers, method = "", url = "" } = message
    const body = await bodyOf(message)
    if (refuses({ url, body })) return void message.socket.destroy()
    const { accept = "", "content-type": type = "" } = headers
    const sent = body === "" ? {} : { body, headers: { accept, "content-type": type } }
    const answer = await fetch(`${endpoint}${url}`, { method, headers: { accept }, ...sent })
    const text = await answer.text()
    if (await loses({ url, body })) return void message.socket.destroy()
    const content = answer.headers.get("content-type") ?? ""
    response.writeHead(answer.status, { "content-type": content, "x-elastic-product": "Elasticsearch" }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const isSwap = ({ body, url }: Passed) => url.startsWith("/_aliases") && body.match(/"remove"/g)?.length === 2
const isAbandon = ({ body, url }: Passed) => url.startsWith("/_aliases") && body.match(/"remove"/g)?.length === 1

/** As another process defines it. */
const DEFINED = {
  _meta: { objectos: { synonyms: [["word", "wort"]] } },
  properties: {
    _defined: {
      properties: {
        t: {
          type: "keyword",
          index: false,
          doc_values: false,
          meta: { type: "text", boost: "2", analyzer: "standard", not: "sortable" },
        },
      },
    },
  },
}

const BROKEN = function* () {
  yield { id: "a", doc: { t: "new" } }
  throw new Error("the source is broken")
}

it.each([1, 100])(
  "a swap whose answer is lost leaves the new index, whole, where it is lost %i times",
  async (times) => {
    const indexPrefix = newPrefix()
    let losses = times
    const search = await openSearch({
      indexPrefix,
      nodes: [await startLine((request) => isSwap(request) && losses-- > 0)],
    })
    await search.index("docs", "a", { t: "old" })
    const outcome = await search.reindex("docs", [{ id: "b", doc: { t: "new" } }]).catch((error: unknown) => error)
    expect(outcome).toMatchObject(times === 1 ? { documents: 1 } : { code: "TIMEOUT", details: { outcome: "unknown" } })
    losses = 0
    expect((await search.search({ object: "docs" })).hits.map(({ id }) => id)).toEqual(["b"])
    await search.index("docs", "c", { t: "after" })
    expect((await search.reindex("docs")).documents).toBe(2)
    expect(await indexesOf(indexPrefix)).toEqual([`${indexPrefix}.docs.000003`])
  },
)

it("a rebuild that could not put things back is no hindrance to the next one of the same instance", async () => {
  const indexPrefix = newPrefix()
  let isDown = true
  const line = await startLine(
    () => false,
    (request) => isDown && isAbandon(request),
  )
  const search = await openSearch({ indexPrefix, nodes: [line] })
  const other = await openSearch({ indexPrefix })
  await search.index("docs", "a", { t: "old" })
  await expect(search.reindex("docs", BROKEN())).rejects.toThrow()
  isDown = false
  await search.index("docs", "b", { t: "after" })
  await expect(other.reindex("docs")).rejects.toMatchObject({ code: "PRECONDITION_FAILED" })
  expect((await search.reindex("docs")).documents).toBe(2)
  expect(await indexesOf(indexPrefix)).toHaveLength(1)
})

it("an index that is not there is built of its source", async () => {
  const search = await openSearch()
  expect((await search.reindex("docs", [{ id: "a", doc: { t: "new" } }])).documents).toBe(1)
  expect((await search.search({ object: "docs" })).total).toBe(1)
})

it("an index that a rebuild left behind is no hindrance to the next one", async () => {
  const indexPrefix = newPrefix()
  const search = await openSearch({ indexPrefix })
  await search.index("docs", "a", { t: "old" })
  await ask("PUT", `/${indexPrefix}.docs.000002`)
  expect((await search.reindex("docs")).documents).toBe(1)
  expect(await indexesOf(indexPrefix)).toEqual([`${indexPrefix}.docs.000003`])
})

it("a definition that another process makes meanwhile is followed", async () => {
  const indexPrefix = newPrefix()
  const search = await openSearch({ indexPrefix })
  const other = await openSearch({ indexPrefix })
  await search.index("docs", "a", { t: "old" })
  async function* source() {
    yield { id: "a", doc: { t: "new" } }
    await other.defineIndex({ name: "docs", fields: { at: { type: "date" }, code: { type: "keyword" } } })
    yield { id: "b", doc: { at: "2024-01-01", code: "X 1" } }
  }
  expect((await search.reindex("docs", source())).documents).toBe(2)
  const [info] = await search.listIndexes()
  expect(info?.fields).toEqual({ t: "text", at: "date", code: "keyword" })
  async function* wrong() {
    await other.defineIndex({ name: "docs", fields: { n: { type: "number" } } })
    yield { id: "a", doc: { n: "text" } }
  }
  const refused = { code: "INVALID_ARGUMENT", details: { reason: "type" } }
  await expect(search.reindex("docs", wrong())).rejects.toMatchObject(refused)
})

it("what others define before they know of the rebuild is kept", async () => {
  const indexPrefix = newPrefix()
  const other = await openSearch({ indexPrefix })
  const isMade = ({ url }: Passed) => url === `/${indexPrefix}.docs.000002`
  const line = await startLine(async (request) => {
    if (isMade(request)) await ask("PUT", `/${indexPrefix}.docs.000001/_mapping`, DEFINED)
    return false
  })
  const search = await openSearch({ indexPrefix, nodes: [line] })
  await search.index("docs", "a", { t: "word" })
  await search.reindex("docs")
  expect((await other.search({ object: "docs", q: "wort" })).total).toBe(1)
  await expect(other.search({ object: "docs", sort: [{ field: "t" }] })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
  })
})

it("an index that is deleted meanwhile ends a rebuild that adds a field", async () => {
  const indexPrefix = newPrefix()
  const search = await openSearch({ indexPrefix })
  const other = await openSearch({ indexPrefix })
  await search.index("docs", "a", { t: "old" })
  async function* source() {
    await other.deleteIndex("docs")
    yield { id: "b", doc: { more: "new" } }
  }
  const ended = { code: "PRECONDITION_FAILED", details: { reason: "reindex" } }
  await expect(search.reindex("docs", source())).rejects.toMatchObject(ended)
  expect(await indexesOf(indexPrefix)).toEqual([])
})

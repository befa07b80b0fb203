import { describe, expect, it } from "vitest"
import type { SearchQuery } from "../../../contracts/search/search.ts"
import { createElasticsearchSearch } from "../elasticsearch.ts"
import { NO_HITS, openDouble, refuse, startDouble, tell } from "./double.fixture.ts"

const query = { object: "docs", q: "word" }

const STATE = {
  "test.docs.000001": { aliases: { "test.docs": {} }, mappings: { properties: { t: { type: "text" } } } },
}

describe("the server", () => {
  it("must say that it is Elasticsearch", async () => {
    const { search } = await openDouble((_, response) => tell(response, { version: { number: "8.1.0" } }, 200, {}))
    await expect(search.search(query)).rejects.toMatchObject({ code: "INVALID_CONFIG" })
    expect(await search.healthCheck()).toMatchObject({ status: "unhealthy" })
  })

  it.each(["7.17.0", "10.0.0", "1"])("must be of a version that is known; %s is not", async (number) => {
    const { search } = await openDouble(({ url }, response) =>
      url === "/" ? tell(response, { version: { number } }) : undefined,
    )
    await expect(search.index("docs", "1", {})).rejects.toMatchObject({ code: "INVALID_CONFIG" })
  })

  it.each(["8", "9"])("of version %s is spoken to in its own version, whatever the client's is", async (major) => {
    const { double, search } = await openDouble(({ url }, response) =>
      url === "/" ? tell(response, { version: { number: `${major}.3.0` } }) : undefined,
    )
    await search.index("docs", "1", { t: "x" })
    await search.search(query)
    const types = double.requests.slice(1).flatMap(({ headers }) => [headers.accept, headers["content-type"]])
    for (const type of types.filter((each) => each !== undefined)) expect(type).toContain(`compatible-with=${major}`)
    expect(double.requests.find(({ url }) => url.startsWith("/_bulk"))?.headers["content-type"]).toContain("+x-ndjson")
  })

  it("is asked with a body when its health is", async () => {
    const { double, search } = await openDouble(() => undefined)
    expect(await search.healthCheck()).toMatchObject({ status: "healthy" })
    const asked = double.requests.find(({ method }) => method === "POST")
    expect(asked?.body).toContain('"size":0')
  })

  it("that is something else answers UNAVAILABLE, reason protocol", async () => {
    const { search } = await openDouble(({ url }, response) =>
      url.includes("_search") ? tell(response, "<html>", 200, { "content-type": "text/html" }) : undefined,
    )
    await expect(search.search(query)).rejects.toMatchObject({ code: "UNAVAILABLE", details: { reason: "protocol" } })
  })
})

describe("an answer", () => {
  it.each<[what: string, status: number, text: string, headers: object]>([
    ["a redirect", 302, "", { location: "/login" }],
    ["nothing", 200, "", {}],
    ["no object", 200, "[]", {}],
    ["null", 200, "null", {}],
    ["a missing page", 404, "Not found", { "content-type": "text/plain" }],
  ])("of another server, %s, is UNAVAILABLE, reason protocol", async (_, status, text, headers) => {
    const { search } = await openDouble(({ url }, response) =>
      url === "/" ? undefined : tell(response, text, status, { "x-elastic-product": "Elasticsearch", ...headers }),
    )
    const foreign = { code: "UNAVAILABLE", details: { reason: "protocol" } }
    await expect(search.search(query)).rejects.toMatchObject(foreign)
    await expect(search.index("docs", "a", { t: "x" })).rejects.toMatchObject(foreign)
  })

  it("404 to the very first question is no Elasticsearch's", async () => {
    const { search } = await openDouble((_, response) =>
      tell(response, "Not found", 404, { "content-type": "text/plain" }),
    )
    await expect(search.search(query)).rejects.toMatchObject({ code: "INVALID_CONFIG" })
  })
})

describe("a request", () => {
  it("that nobody answers ends in time", async () => {
    const { search } = await openDouble(({ url }) => url.includes("_search"), { timeoutMs: 200 })
    const start = performance.now()
    await expect(search.search(query)).rejects.toMatchObject({ code: "TIMEOUT" })
    expect(performance.now() - start).toBeLessThan(1500)
  })

  it.each<[string, object]>([
    ["a page", query],
    ["a walk", { ...query, cursor: "*" }],
  ])("of several that make %s ends with them, each of which would be in time", async (_, each) => {
    const { search } = await openDouble(
      ({ url }, response) => {
        if (url === "/") return undefined
        const answer = url.includes("_pit") ? { id: "snapshot" } : url.includes("_search") ? NO_HITS : STATE
        setTimeout(() => tell(response, answer), 300)
        return true
      },
      { timeoutMs: 500, retries: 0 },
    )
    await expect(search.search(each as SearchQuery)).rejects.toMatchObject({ code: "TIMEOUT" })
  })

  it("that nobody takes is UNAVAILABLE in time", async () => {
    const search = createElasticsearchSearch({ nodes: ["http://127.0.0.1:1"], timeoutMs: 500 })
    const start = performance.now()
    await expect(search.search(query)).rejects.toMatchObject({ code: "UNAVAILABLE" })
    await expect(search.index("docs", "1", {})).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect(performance.now() - start).toBeLessThan(3000)
    await search.close()
  })

  it("ends with its signal", async () => {
    const controller = new AbortController()
    const { search } = await openDouble(({ url }) => {
      if (!url.includes("_search")) return undefined
      controller.abort()
      return true
    })
    await expect(search.search({ ...query, signal: controller.signal })).rejects.toMatchObject({ code: "ABORTED" })
  })

  it("ends with close", async () => {
    const closing: Promise<void>[] = []
    const { search } = await openDouble(({ url }) => {
      if (!url.includes("_search")) return undefined
      closing.push(search.close())
      return true
    })
    await expect(search.search(query)).rejects.toMatchObject({ code: "UNAVAILABLE" })
    await Promise.all(closing)
  })

  it.each([429, 503])("that is refused for now by %i is sent again", async (status) => {
    const { double, search } = await openDouble(({ index, url }, response) =>
      url.includes("_search") && index < 2 ? refuse(response, status, "es_rejected_execution_exception") : undefined,
    )
    expect((await search.search(query)).total).toBe(0)
    expect(double.requests.filter(({ url }) => url.includes("_search"))).toHaveLength(3)
  })

  it("is sent as often as retries say, and no more by the client", async () => {
    const { double, search } = await openDouble(
      ({ url }, response) => (url.includes("_search") ? refuse(response, 503, "unavailable") : undefined),
      { retries: 2 },
    )
    await expect(search.search(query)).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect(double.requests.filter(({ url }) => url.includes("_search"))).toHaveLength(3)
  })

  it.each([
    [400, "too_many_clauses", "LIMIT_EXCEEDED"],
    [500, "too_many_clauses", "LIMIT_EXCEEDED"],
    [400, "parsing_exception", "INVALID_ARGUMENT"],
    [401, "security_exception", "PERMISSION_DENIED"],
    [403, "security_exception", "PERMISSION_DENIED"],
    [429, "circuit_breaking_exception", "RATE_LIMITED"],
    [503, "cluster_block_exception", "UNAVAILABLE"],
    [503, "no_shard_available_action_exception", "UNAVAILABLE"],
    [504, "timeout_exception", "TIMEOUT"],
    [418, "teapot", "INTERNAL"],
  ])("that is answered by %i %s is %s, and shows nothing of the answer", async (status, type, code) => {
    const { search } = await openDouble(
      ({ url }, response) => (url.includes("_search") ? refuse(response, status, type) : undefined),
      { retries: 0 },
    )
    const error: unknown = await search.search(query).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code })
    expect(JSON.stringify(error)).not.toContain("secret-id")
  })

  it.each([
    { ...NO_HITS, _shards: { failed: 1, failures: [{ reason: { type: "class_cast_exception" } }] } },
    { ...NO_HITS, timed_out: true },
  ])("whose answer lacks a part is an error: %j", async (answer) => {
    const { search } = await openDouble(({ url }, response) =>
      url.includes("_search") ? tell(response, answer) : undefined,
    )
    await expect(search.search(query)).rejects.toMatchObject({ code: "UNAVAILABLE" })
  })
})

describe("a walk", () => {
  it.each([
    [404, "search_context_missing_exception"],
    [503, "no_shard_available_action_exception"],
    [400, "illegal_argument_exception"],
  ])("whose snapshot has ended (%i %s) says so in one request", async (status, type) => {
    let isEnded = false
    const hits = ["1", "2"].map((id) => ({
      _index: "test.docs.000001",
      _id: id,
      _score: 1,
      _source: {},
      sort: [1, id],
    }))
    const { double, search } = await openDouble(({ url }, response) => {
      if (url.includes("_pit") && !isEnded) return tell(response, { id: "snapshot" })
      if (!url.includes("_search")) return undefined
      const page = { ...NO_HITS, hits: { total: { value: 2, relation: "eq" }, hits }, pit_id: "snapshot" }
      return isEnded ? refuse(response, status, type) : tell(response, page)
    })
    const { cursor } = await search.search({ ...query, limit: 1, cursor: "*" })
    isEnded = true
    const before = double.requests.length
    const ended = { code: "PRECONDITION_FAILED", details: { reason: "cursor" } }
    await expect(search.search({ ...query, limit: 1, cursor })).rejects.toMatchObject(ended)
    expect(double.requests.slice(before).filter(({ url }) => url.includes("_search"))).toHaveLength(1)
  })

  it("in a snapshot of other indexes shows nothing of them", async () => {
    const hits = [{ _index: "other.docs.000001", _id: "1", _score: 1, _source: { secret: 1 }, sort: [1, "1"] }]
    const { search } = await openDouble(({ url }, response) => {
      if (url.includes("_pit")) return tell(response, { id: "snapshot" })
      return url.includes("_search") ? tell(response, { ...NO_HITS, hits: { hits } }) : undefined
    })
    await expect(search.search({ ...query, cursor: "*" })).rejects.toMatchObject({ code: "PRECONDITION_FAILED" })
  })
})

describe("a write", () => {
  it("whose answer was lost is sent again where that is harmless, else its outcome is unknown", async () => {
    const { double, search } = await openDouble(({ index, url }, response) => {
      if (!url.startsWith("/_bulk") || index % 2 === 1) return undefined
      response.destroy()
      return true
    })
    await search.index("docs", "1", { t: "x" })
    expect(double.requests.filter(({ url }) => url.startsWith("/_bulk"))).toHaveLength(2)
    await expect(search.remove("docs", "1")).rejects.toMatchObject({ code: "TIMEOUT", details: { outcome: "unknown" } })
    expect(double.requests.filter(({ url }) => url.startsWith("/_bulk"))).toHaveLength(3)
  })

  it("never makes an index: it goes through an alias", async () => {
    const { double, search } = await openDouble(() => undefined)
    await search.index("docs", "1", { t: "x" })
    const url = new URL(double.requests.at(-1)?.url ?? "", double.endpoint)
    expect(url.pathname).toBe("/_bulk")
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ require_alias: "true", refresh: "wait_for" })
  })

  it("that a part of a bulk is refused for is sent again alone, with what follows of its document", async () => {
    const rejected = { status: 429, error: { type: "es_rejected_execution_exception" } }
    const done = { status: 201, _seq_no: 1 }
    const { double, search } = await openDouble(({ index, url }, response) => {
      if (!url.startsWith("/_bulk") || index > 0) return undefined
      return tell(response, {
        errors: true,
        items: [{ index: done }, { index: rejected }, { index: done }, { index: done }],
      })
    })
    const ids = ["a", "b", "c", "b"]
    const operations = ids.map((id, n) => ({ op: "index" as const, object: "docs", id, doc: { n: "x".repeat(n) } }))
    expect(await search.bulk(operations)).toMatchObject({ failed: 0 })
    const [, again] = double.requests.filter(({ url }) => url.startsWith("/_bulk"))
    const lines = (again?.body ?? "").split("\n").filter((line) => line.includes('"_index"'))
    expect(lines.map((line) => JSON.parse(line).index._id)).toEqual(["b", "b"])
  })

  it("that stays refused is an error of its item, and no id is shown", async () => {
    const error = { type: "document_parsing_exception", reason: "of id secret-id" }
    const { search } = await openDouble(({ url }, response) =>
      url.startsWith("/_bulk")
        ? tell(response, { errors: true, items: [{ index: { status: 400, error } }] })
        : undefined,
    )
    const { items } = await search.bulk([{ op: "index", object: "docs", id: "1", doc: { t: "x" } }])
    expect(items).toMatchObject([{ id: "1", error: { code: "INVALID_ARGUMENT" } }])
    expect(JSON.stringify(items)).not.toContain("secret-id")
  })

  it("in one request that is too large goes in several", async () => {
    const { double, search } = await openDouble(({ body, url }, response) => {
      const isLarge = url.startsWith("/_bulk") && body.split('"_index"').length > 3
      return isLarge ? tell(response, "", 413) : undefined
    })
    const ids = ["a", "b", "c", "d"]
    const operations = ids.map((id) => ({ op: "index" as const, object: "docs", id, doc: { t: "x" } }))
    expect(await search.bulk(operations)).toMatchObject({ failed: 0 })
    expect(double.requests.filter(({ url }) => url.startsWith("/_bulk"))).toHaveLength(3)
  })
})

it("a swap that is acknowledged with errors is no swap", async () => {
  let isBuilding = false
  const { double, search } = await openDouble(({ body, method, url }, response) => {
    if (method === "PUT" && url === "/test.docs.000002") isBuilding = true
    if (method === "GET" && url.startsWith("/test.docs,") && isBuilding) {
      const mappings = { properties: { t: { type: "text" } } }
      const old = { aliases: { "test.docs": {} }, mappings }
      return tell(response, {
        "test.docs.000001": old,
        "test.docs.000002": { aliases: { "test.docs.next": {} }, mappings },
      })
    }
    const isSwap =
      url === "/_aliases" && body.includes('"must_exist":true') && body.includes('"alias":"test.docs","must_exist"')
    return isSwap ? tell(response, { acknowledged: true, errors: true }) : undefined
  })
  const refused = { code: "PRECONDITION_FAILED", details: { reason: "reindex" } }
  await expect(search.reindex("docs", [])).rejects.toMatchObject(refused)
  const deleted = double.requests.filter(({ method }) => method === "DELETE").map(({ url }) => url.split("?")[0])
  expect(deleted.filter((path) => path !== "/_pit")).toEqual(["/test.docs.000002"])
})

it("credentials are sent, and never shown", async () => {
  const double = await startDouble(({ url }, response) =>
    url !== "/" ? refuse(response, 401, "security_exception") : undefined,
  )
  const search = createElasticsearchSearch({ nodes: [double.endpoint], username: "user", password: "pass-word" })
  const error = await search.search(query).catch((caught: unknown) => caught)
  expect(double.requests[0]?.headers.authorization).toBe(`Basic ${btoa("user:pass-word")}`)
  expect(error).toMatchObject({ code: "PERMISSION_DENIED" })
  expect(JSON.stringify(error) + String(error)).not.toContain("pass-word")
  await search.close()
})

import { describe, expect, it } from "vitest"
import { parseConfig } from "../../index.ts"
import { createElasticsearchSearch, elasticsearchSearch } from "./elasticsearch.ts"

/** What the options would be of a URL in the environment. */
async function optionsOf(url: string): Promise<Record<string, unknown>> {
  const [planned] = await parseConfig({ services: ["search"], env: { SEARCH_URL: url } })
  return planned?.options as Record<string, unknown>
}

const client = { transport: { request: async () => ({}) }, close: async () => {} }

describe("options", () => {
  it.each([
    [{ unknown: 1 }, "unknown"],
    [{ nodes: [] }, "nodes"],
    [{ nodes: ["localhost:9200"] }, "nodes"],
    [{ nodes: ["http://user:pass@localhost"] }, "nodes"],
    [{ nodes: ["http://localhost?a=b"] }, "nodes"],
    [{ username: "a" }, "password"],
    [{ password: "a" }, "username"],
    [{ username: "a", password: "b", apiKey: "c" }, "apiKey"],
    [{ ca: "no certificate" }, "ca"],
    [{ caFingerprint: "12:34" }, "caFingerprint"],
    [{ indexPrefix: "" }, "indexPrefix"],
    [{ indexPrefix: "a.b" }, "indexPrefix"],
    [{ indexPrefix: "-a" }, "indexPrefix"],
    [{ indexPrefix: "A" }, "indexPrefix"],
    [{ indexPrefix: "a*" }, "indexPrefix"],
    [{ refreshIntervalMs: 0 }, "refreshIntervalMs"],
    [{ refreshIntervalMs: -1 }, "refreshIntervalMs"],
    [{ replicas: -1 }, "replicas"],
    [{ timeoutMs: 0 }, "timeoutMs"],
    [{ retries: -1 }, "retries"],
    [{ client: {} }, "client"],
    [{ client, nodes: ["http://localhost:9200"] }, "nodes"],
    [{ client, apiKey: "a" }, "apiKey"],
  ])("%j are refused by name", (options, name) => {
    expect(() => createElasticsearchSearch(options as never)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })

  it("show no secret where they are refused", () => {
    const make = () => createElasticsearchSearch({ username: "a", password: "secret", apiKey: "secret" })
    expect(make).toThrowError(expect.objectContaining({ message: expect.not.stringContaining("secret") }))
  })

  it("are those of the adapter of elasticsearch+http: and elasticsearch+https:", () => {
    const schemes = ["elasticsearch+http", "elasticsearch+https"]
    expect(elasticsearchSearch).toMatchObject({ service: "search", name: "elasticsearch", schemes })
  })

  it("are read from a URL", async () => {
    const query = "indexPrefix=shop&refreshIntervalMs=50&replicas=0&timeoutMs=500&retries=1"
    expect(await optionsOf(`elasticsearch+https://user:p%40ss@search.example:9243/es?${query}`)).toMatchObject({
      nodes: ["https://search.example:9243/es"],
      username: "user",
      password: "p@ss",
      indexPrefix: "shop",
      refreshIntervalMs: 50,
      replicas: 0,
      timeoutMs: 500,
      retries: 1,
    })
    expect(await optionsOf("elasticsearch+http://localhost")).toMatchObject({ nodes: ["http://localhost:9200"] })
  })
})

it("can do all that the contract has", () => {
  const { capabilities } = createElasticsearchSearch()
  expect(Object.entries(capabilities).filter(([, value]) => value === false)).toEqual([])
  expect(capabilities).toMatchObject({ ranking: "bm25", analyzers: expect.arrayContaining(["english", "cjk"]) })
})

it("leaves a client of the application open", async () => {
  let closed = 0
  const own = { ...client, close: async () => void closed++ }
  await createElasticsearchSearch({ client: own }).close()
  expect(closed).toBe(0)
})

import { Client, errors, type estypes } from "@elastic/elasticsearch"
import { afterAll, beforeEach, describe, expect, it, onTestFinished, type TestContext } from "vitest"
import {
  ELASTICSEARCH_MISSING,
  type ElasticsearchOptions,
  type ElasticsearchServer,
  type ElasticsearchVersion,
  findElasticsearch,
  startElasticsearch,
} from "./elasticsearch.ts"
import { canListen } from "./server-process.ts"

const index = "things"

/** Nodes for the tests that leave them as they are. */
const servers = new Map<ElasticsearchVersion, Promise<ElasticsearchServer>>()

afterAll(async () => {
  for (const server of servers.values()) await (await server).stop()
})

async function shared(version: ElasticsearchVersion, context: TestContext): Promise<Client> {
  if (findElasticsearch(version) === undefined) context.skip(ELASTICSEARCH_MISSING)
  const server = servers.get(version) ?? startElasticsearch({ version })
  servers.set(version, server)
  return connect(await server)
}

async function open(options?: ElasticsearchOptions): Promise<ElasticsearchServer> {
  const server = await startElasticsearch(options)
  onTestFinished(() => server.stop())
  return server
}

function connect({ endpoint }: ElasticsearchServer): Client {
  const client = new Client({ node: endpoint, maxRetries: 0 })
  onTestFinished(() => client.close())
  return client
}

type Filters = Record<string, estypes.AnalysisTokenFilter>
/** Names of filters by the name of the analyzer that they make, after the standard tokenizer. */
type Analyzers = Record<string, readonly string[]>

/** The index, which goes with the test. */
async function make(client: Client, filter: Filters = {}, analyzers: Analyzers = {}): Promise<void> {
  const analyzer: Record<string, estypes.AnalysisAnalyzer> = {}
  for (const [name, names] of Object.entries(analyzers)) {
    analyzer[name] = { type: "custom", tokenizer: "standard", filter: [...names] }
  }
  const settings = { number_of_shards: 1, number_of_replicas: 0, analysis: { filter, analyzer } }
  await client.indices.create({ index, settings })
  onTestFinished(async () => {
    await client.indices.delete({ index })
  })
}

/** As `position:token`, one after the other. */
async function tokens(client: Client, analyzer: string, text: string): Promise<string> {
  const analyzed = await client.indices.analyze({ index, analyzer, text })
  return (analyzed.tokens ?? []).map(({ position, token }) => `${position}:${token}`).join(" ")
}

describe.for(["8", "9"] as const)("elasticsearch %s for tests", (version) => {
  it("tells the client that it is Elasticsearch, and its version", async (context) => {
    const client = await shared(version, context)
    expect(await client.ping()).toBe(true)
    expect((await client.info()).version.number).toBe({ "8": "8.19.21", "9": "9.5.3" }[version])
  })

  it("finds what was indexed", async (context) => {
    const client = await shared(version, context)
    await make(client)
    const operations = ["a red apple", "a green apple"].flatMap((name) => [{ index: { _id: name } }, { name }])
    expect(await client.bulk({ index, operations, refresh: true })).toMatchObject({ errors: false })
    const { hits } = await client.search({ index, query: { match: { name: "green" } } })
    expect(hits.hits.map(({ _id }) => _id)).toEqual(["a green apple"])
  })

  it("has Lucene's analyzers for English and for Chinese, Japanese and Korean", async (context) => {
    const client = await shared(version, context)
    await make(client)
    expect(await tokens(client, "english", "The runner's organizations run")).toBe("1:runner 2:organ 3:run")
    expect(await tokens(client, "cjk", "東京都 ﾃｽﾄ the Ｆｕｌｌ")).toBe("0:東京 1:京都 2:テス 3:スト 5:full")
  })

  it("has the filters that make those analyzers", async (context) => {
    const client = await shared(version, context)
    const filter: Filters = { possessive: { type: "stemmer", language: "possessive_english" } }
    await make(client, filter, {
      folding: ["lowercase", "asciifolding"],
      english_filters: ["possessive", "lowercase", "stop", "porter_stem"],
      cjk_filters: ["cjk_width", "lowercase", "cjk_bigram"],
    })
    expect(await tokens(client, "folding", "Crème Brûlée ﬁne")).toBe("0:creme 1:brulee 2:fine")
    expect(await tokens(client, "english_filters", "The runner's organizations")).toBe("1:runner 2:organ")
    expect(await tokens(client, "cjk_filters", "東京都 ﾃｽﾄ")).toBe("0:東京 1:京都 2:テス 3:スト")
  })

  it("takes the options of filters", async (context) => {
    const client = await shared(version, context)
    const filter: Filters = {
      both: { type: "asciifolding", preserve_original: true },
      all_sizes: { type: "cjk_bigram", output_unigrams: true, ignored_scripts: ["hangul"] },
    }
    await make(client, filter, { both: ["both"], all_sizes: ["all_sizes"] })
    expect(await tokens(client, "both", "été")).toBe("0:ete 0:été")
    expect(await tokens(client, "all_sizes", "東京 한국어")).toBe("0:東 0:東京 1:京 2:한국어")
  })

  it("has synonyms, which the filters before them read too", async (context) => {
    const client = await shared(version, context)
    const filter: Filters = {
      graph: { type: "synonym_graph", synonyms: ["TV, television set", "gone => went"] },
      flat: { type: "synonym", synonyms: ["TV, telly"] },
      lenient: { type: "synonym_graph", synonyms: ["the, a", "TV, telly"], lenient: true },
    }
    const analyzers = { graph: ["lowercase", "graph"], flat: ["lowercase", "flat"], lenient: ["stop", "lenient"] }
    await make(client, filter, analyzers)
    expect(await tokens(client, "graph", "My TV gone")).toBe("0:my 1:television 1:tv 2:set 3:went")
    expect(await tokens(client, "flat", "my tv")).toBe("0:my 1:tv 1:telly")
    expect(await tokens(client, "lenient", "TV")).toBe("0:telly 0:TV")
  })

  it("refuses synonyms that the filters before them leave nothing of", async (context) => {
    const client = await shared(version, context)
    const made = make(client, { words: { type: "synonym", synonyms: ["the, a"] } }, { words: ["stop", "words"] })
    await expect(made).rejects.toThrow("failed to build synonyms")
  })
})

describe("a node of elasticsearch for tests", () => {
  beforeEach((context) => {
    if (findElasticsearch() === undefined) context.skip(ELASTICSEARCH_MISSING)
  })

  it("keeps what was acknowledged over kill and restart, with its shards ready", async () => {
    const server = await open()
    const client = connect(server)
    await client.index({ index, id: "one", document: { name: "kept" } })
    await server.kill()
    await expect(client.get({ index, id: "one" })).rejects.toThrow(errors.ConnectionError)
    await server.restart()
    expect(await client.get({ index, id: "one" })).toMatchObject({ found: true, _source: { name: "kept" } })
  })

  it("stands still while paused", async () => {
    const server = await open()
    const client = connect(server)
    server.pause()
    await expect(client.info(undefined, { requestTimeout: 200 })).rejects.toThrow(errors.TimeoutError)
    server.resume()
    expect(await client.ping()).toBe(true)
  })

  it("runs with settings of its own", async () => {
    const client = connect(await open({ settings: { "network.breaker.inflight_requests.limit": "1kb" } }))
    const indexed = client.index({ index, document: { text: "x".repeat(2000) } })
    await expect(indexed).rejects.toThrow(expect.objectContaining({ statusCode: 429 }))
  })

  it("says why it did not start", async () => {
    await expect(open({ settings: { "no.such.setting": 1 } })).rejects.toThrow("unknown setting [no.such.setting]")
  })

  it("leaves nothing that listens behind when it stops", async () => {
    const server = await open()
    await server.stop()
    expect(await canListen(server.port)).toBe(true)
  })
})

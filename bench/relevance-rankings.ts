/** The first hundred documents of each query, by ours and by Lucene. */
import { createMemorySearch } from "../adapters/search/memory.ts"
import type { AnalyzerName, BulkOperation } from "../contracts/search/indexing.ts"
import { type Line, openLucene } from "../scripts/lucene/lucene.ts"
import type { Ranking } from "./relevance-measures.ts"

export interface Collection {
  /** All of them are searched. */
  readonly fields: readonly string[]
  /** Of each its id and the texts of the fields, an empty one where it has not that field. Ids are in order. */
  readonly documents: readonly (readonly string[])[]
  readonly queries: readonly string[]
}

const OBJECT = "documents"
const DEPTH = 100

export async function ourRankings(collection: Collection, analyzer: AnalyzerName): Promise<Ranking[]> {
  const { fields, queries } = collection
  const search = createMemorySearch()
  const text = { type: "text", analyzer, filterable: false, facetable: false, sortable: false, stored: false } as const
  await search.defineIndex({ name: OBJECT, fields: Object.fromEntries(fields.map((field) => [field, text])) })
  const { failed } = await search.bulk(operationsOf(collection))
  if (failed > 0) throw new Error(`${failed} documents were refused`)
  const rankings: Ranking[] = []
  for (const q of queries) rankings.push((await search.search({ object: OBJECT, q, limit: DEPTH })).hits)
  await search.close()
  return rankings
}

/** @param program What runs a command of Lucene. */
export async function luceneRankings(program: string, collection: Collection, analyzer: AnalyzerName) {
  const lucene = openLucene(["rank"], program)
  await lucene.write(linesOf(collection, analyzer))
  lucene.end()
  const rankings: Ranking[] = []
  for (let line = await lucene.read(); line !== undefined; line = await lucene.read()) rankings.push(rankingOf(line))
  return rankings
}

function* operationsOf({ documents, fields }: Collection): Generator<BulkOperation, void, undefined> {
  for (const [id = "", ...texts] of documents) {
    const doc = Object.fromEntries(
      fields.map((field, index) => [field, texts[index]]).filter(([, text]) => text !== ""),
    )
    yield { op: "index", object: OBJECT, id, doc }
  }
}

function* linesOf({ documents, fields, queries }: Collection, analyzer: string): Generator<Line, void, undefined> {
  yield [analyzer, ...fields]
  for (const document of documents) yield ["doc", ...document]
  yield ["end"]
  for (const text of queries) yield [DEPTH, text, ...fields.map((field) => `${field}^1`)]
}

function rankingOf([, ...cells]: readonly string[]): Ranking {
  return Array.from({ length: cells.length / 2 }, (_, index) => {
    return { id: cells[2 * index] ?? "", score: Math.fround(Number(cells[2 * index + 1])) }
  })
}

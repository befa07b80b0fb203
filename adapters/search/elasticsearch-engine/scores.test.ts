import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeEach, expect, it } from "vitest"
import type { AnalyzerName, BulkOperation } from "../../../contracts/search/search.ts"
import { ELASTICSEARCH_MISSING, findElasticsearch } from "../../../servers/elasticsearch.ts"
import { openSearch, stopElasticsearch } from "./open-search.fixture.ts"
import { bm25Boost } from "./request/boosts.ts"

afterAll(stopElasticsearch)

beforeEach((context) => {
  if (findElasticsearch() === undefined) context.skip(ELASTICSEARCH_MISSING)
})

interface Ranking {
  readonly analyzer: AnalyzerName
  readonly fields: readonly [name: "title" | "body", boost: number][]
  readonly q: string
  readonly total: number
  readonly hits: readonly [document: number, score: number][]
}

function read<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, ...path), "utf8")) as T
}

const texts = read<string[]>("../../../core/search/analysis/golden/texts.json")
const golden = read<{ documents: [title: number | null, body: number | null][]; rankings: Ranking[] }>(
  "../memory-engine/golden/scores.json",
)

/** In the order of documents. */
function idOf(document: number): string {
  return `${document}`.padStart(5, "0")
}

interface Found {
  readonly total: number
  readonly hits: readonly (readonly [id: string, score: number])[]
}

/** Whether a float times what Elasticsearch multiplies scores by is this boost: of 3.3 none is. */
function isReached(boost: number): boolean {
  return Math.fround(bm25Boost(boost) * Math.fround(2.2)) === Math.fround(boost)
}

function areEqual(found: Found, wanted: Found): boolean {
  return JSON.stringify(found) === JSON.stringify(wanted)
}

/** The same documents; the last bit of a boost counts for more in a score, which is a difference. */
function areClose(found: Found, wanted: Found): boolean {
  const isNear = found.hits.every(([, score], at) => {
    const [, other] = wanted.hits[at] ?? ["", Number.NaN]
    return Math.abs(score - other) <= 2e-6 * other
  })
  const idsOf = ({ hits }: Found) => hits.map(([id]) => id).join()
  return found.total === wanted.total && isNear && idsOf(found) === idsOf(wanted)
}

it.each(["standard", "english"] as const)(
  "%s: Lucene's first ten of each golden query, with its scores",
  async (analyzer) => {
    const search = await openSearch()
    const text = { type: "text", analyzer } as const
    await search.defineIndex({ name: "golden", fields: { title: text, body: text } })
    const operations = golden.documents.map(([title, body], document): BulkOperation => {
      const doc = { ...(title !== null && { title: texts[title] }), ...(body !== null && { body: texts[body] }) }
      return { op: "index", object: "golden", id: idOf(document), doc }
    })
    expect(await search.bulk(operations)).toMatchObject({ failed: 0 })
    const different: unknown[] = []
    const asked = golden.rankings.filter((ranking) => ranking.analyzer === analyzer)
    for (const { fields, hits, q, total } of asked) {
      const given = fields.map(([field, boost]) => ({ field, boost }))
      const result = await search.search({ object: "golden", q, fields: given })
      const found: Found = { total: result.total, hits: result.hits.map(({ id, score }) => [id, Math.fround(score)]) }
      const wanted: Found = { total, hits: hits.map(([document, score]) => [idOf(document), Math.fround(score)]) }
      const isEqual = fields.every(([, boost]) => isReached(boost)) ? areEqual(found, wanted) : areClose(found, wanted)
      if (!isEqual) different.push({ q, fields, found, wanted })
    }
    expect(different).toEqual([])
    expect(asked.length).toBeGreaterThan(100)
  },
)

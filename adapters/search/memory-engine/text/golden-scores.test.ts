import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import type { AnalyzerName } from "../../../../contracts/search/search.ts"
import { type Field, type FieldTerm, fieldOf, type QueryPlan, tokensOf } from "../../../../core/search/for-adapters.ts"
import { searchText } from "./search-text.ts"
import type { TextAnalyzer, TokenSink } from "./text-segment.ts"
import { TextWriter } from "./text-writer.ts"
import { topHits } from "./top-hits.ts"

/** Which texts are the title and the body of each document. */
type GoldenDocument = [title: number | null, body: number | null]

interface Ranking {
  readonly analyzer: AnalyzerName
  /** Each with its boost. */
  readonly fields: readonly [name: "title" | "body", boost: number][]
  readonly q: string
  readonly total: number
  /** The first ten, each with its 32-bit score. */
  readonly hits: readonly [document: number, score: number][]
}

function read<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, ...path), "utf8")) as T
}

const analysis = "../../../../core/search/analysis/golden"
const texts = read<string[]>(analysis, "texts.json")
const { documents, rankings } = read<{ documents: GoldenDocument[]; rankings: Ranking[] }>("../golden/scores.json")

it.each(["standard", "english"] as const)(
  "%s: Lucene's first ten of each golden query, with its scores",
  (analyzer) => {
    const fields = { title: textField("title", analyzer), body: textField("body", analyzer) }
    const segment = writerOf(fields, goldenAnalyzer(analyzer)).freeze()
    const asked = rankings.filter((ranking) => ranking.analyzer === analyzer)
    const different = asked.flatMap((ranking) => {
      const plan = planOf(ranking, fields)
      const { hits, total } = topHits(searchText([segment], plan), [], 10, (_, docA, __, docB) => docA - docB)
      const found = { total, hits: hits.map(({ doc, score }) => [doc, score]) }
      const wanted = { total: ranking.total, hits: ranking.hits.map(([doc, score]) => [doc, Math.fround(score)]) }
      return JSON.stringify(found) === JSON.stringify(wanted) ? [] : [{ ranking, found, wanted }]
    })
    expect(different).toEqual([])
    expect(asked.length).toBeGreaterThan(100)
  },
)

function textField(path: string, analyzer: AnalyzerName): Field {
  return fieldOf(path, { type: "text", analyzer })
}

/** Gives Lucene's own tokens, which are others than ours for a text that ends with half a character. */
function goldenAnalyzer(name: AnalyzerName): TextAnalyzer {
  const tokens = read<Parameters<TokenSink>[][]>(analysis, `tokens.${name}.json`)
  const tokensOfText = new Map(texts.map((text, index) => [text, tokens[index]]))
  return {
    analyze(text, sink) {
      for (const token of tokensOfText.get(text) ?? []) sink(...token)
    },
  }
}

function writerOf({ body, title }: Record<"body" | "title", Field>, analyzer: TextAnalyzer): TextWriter {
  const writer = new TextWriter(() => analyzer)
  for (const [doc, [titleText, bodyText]] of documents.entries()) {
    if (titleText !== null) writer.add(doc, title, [texts[titleText] as string])
    if (bodyText !== null) writer.add(doc, body, [texts[bodyText] as string])
  }
  return writer
}

/** Any of the words in any of the fields. */
function planOf({ analyzer, fields, q }: Ranking, known: Record<"body" | "title", Field>): QueryPlan {
  const words = new Set(tokensOf(q, analyzer).map(({ term }) => term))
  const terms = Array.from(words, (term) => ({
    fields: fields.map(([name, boost]): FieldTerm => {
      return { field: known[name], boost, alternatives: [[{ term, position: 0 }]], expansion: undefined }
    }),
  }))
  return {
    match: "terms",
    operator: "or",
    terms,
    phrases: [],
    where: undefined,
    facets: [],
    sort: [],
    truncated: false,
  }
}

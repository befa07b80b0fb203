/** The Cranfield collection, as its files say: lines of cells with a tab between them. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Ranking } from "./relevance-measures.ts"

export interface CranfieldDocument {
  readonly id: string
  readonly title: string
  readonly text: string
}

export interface Cranfield {
  readonly documents: readonly CranfieldDocument[]
  readonly queries: ReadonlyMap<string, string>
  /** Of each query, how relevant documents are: 0 to 4. */
  readonly grades: ReadonlyMap<string, ReadonlyMap<string, number>>
}

const ID_DIGITS = 4
/** Lucene's own rankings, by analyzer. */
const RUNS = { standard: "cran.std.sum.run", english: "cran.en.sum.run" } as const

export function readCranfield(folder: string): Cranfield {
  const documents = cellsOf(folder, "cran.docs.tsv").map(([id = "", title = "", text = ""]) => {
    return { id: inOrder(id), title, text }
  })
  const queries = new Map(cellsOf(folder, "cran.queries.tsv").map(([id = "", text = ""]) => [id, text]))
  const grades = new Map(Array.from(queries.keys(), (id) => [id, new Map<string, number>()]))
  for (const [query = "", document = "", grade] of cellsOf(folder, "cran.qrels.tsv")) {
    grades.get(query)?.set(inOrder(document), Number(grade))
  }
  return { documents, queries, grades }
}

/** What Lucene found for each query, the best first. */
export function readLuceneRun(folder: string, analyzer: keyof typeof RUNS): Map<string, Ranking> {
  const rankings = new Map<string, Ranking[number][]>()
  for (const [query = "", id = "", , score] of cellsOf(folder, RUNS[analyzer])) {
    const ranking = rankings.get(query) ?? []
    ranking.push({ id: inOrder(id), score: Math.fround(Number(score)) })
    rankings.set(query, ranking)
  }
  return rankings
}

/** With zeros in front, so that ids are ordered as the documents are: equal scores are in that order. */
function inOrder(id: string): string {
  return id.padStart(ID_DIGITS, "0")
}

function cellsOf(folder: string, file: string): string[][] {
  return readFileSync(join(folder, file), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"))
}

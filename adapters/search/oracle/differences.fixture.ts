import { isDeepStrictEqual } from "node:util"
import type { SearchHit, SearchResult } from "../../../contracts/search/search.ts"
import type { NaiveResult } from "./naive-search.fixture.ts"
import { compareScalars } from "./naive-values.fixture.ts"
import type { OracleStep } from "./step.fixture.ts"

type Answer = SearchResult & Partial<NaiveResult> & { readonly totals?: readonly number[] }

/** Of 32-bit floats that were added in another order. */
const CLOSE = 2e-6

/**
 * In what two answers to a step differ, or undefined.
 *
 * @param areAlike - Whether scores are those of the documents there are, which both know.
 */
export function differenceOf(step: OracleStep, [a, b]: readonly unknown[], areAlike: boolean): string | undefined {
  if (step.do !== "search" && step.do !== "walk") return unlike("the answer", a, b)
  if (!isAnswer(a) || !isAnswer(b)) return unlike("the answer", a, b)
  if (a.isUndecided || b.isUndecided) return undefined
  const { query } = step
  const isOrdered = (query.q ?? "").trim() === "" || (query.sort ?? []).length > 0
  return (
    unlike("total", a.total, b.total) ??
    unlike("truncated", a.truncated, b.truncated) ??
    unlike("facets", a.facets, b.facets) ??
    wrongIn(a) ??
    wrongIn(b) ??
    unlike("hits", inOrder(a.hits, isOrdered), inOrder(b.hits, isOrdered)) ??
    (areAlike ? unlikeScores(a.hits, b.hits) : undefined) ??
    unlike("documents", byKey(a.hits, documentOf), byKey(b.hits, documentOf)) ??
    unlike("marks", byKey(a.hits, marksOf), byKey(b.hits, marksOf))
  )
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && "hits" in value
}

function unlike(what: string, a: unknown, b: unknown): string | undefined {
  return isDeepStrictEqual(a, b) ? undefined : `${what}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`
}

const keyOf = ({ id, object }: SearchHit) => `${object} ${id}`

/** Those by score are each in the order of their own scores: last bits of them may differ. */
function inOrder(hits: readonly SearchHit[], isOrdered: boolean): string[] {
  return isOrdered ? hits.map(keyOf) : hits.map(keyOf).sort(compareScalars)
}

/** What is wrong with an answer in itself. */
function wrongIn({ hits, total, totals = [] }: Answer): string | undefined {
  if (hits.length !== total) return `${hits.length} hits of ${total}`
  if (totals.some((each) => each !== total)) return `totals of one walk: ${totals.join(", ")}`
  if (new Set(hits.map(keyOf)).size !== hits.length) return "a document is there twice"
  for (const [at, { explanation, score }] of hits.entries()) {
    const next = hits[at + 1]
    if (next !== undefined && next.score > score) return `a score of ${next.score} is behind one of ${score}`
    if (explanation === undefined || score === 0) continue
    const sum = explanation.reduce((all, part) => all + part.score, 0)
    if (explanation.length > 0 && !isClose(sum, score)) return `parts of a score add up to ${sum}; it is ${score}`
  }
  return wrongTies(hits)
}

/** Equal scores, which are not 0 and those of a sort, are in the order of objects and ids. */
function wrongTies(hits: readonly SearchHit[]): string | undefined {
  for (const [at, hit] of hits.entries()) {
    const next = hits[at + 1]
    if (next === undefined || hit.score !== next.score || hit.score === 0) continue
    const order = compareScalars(hit.object, next.object) || compareScalars(hit.id, next.id)
    if (order >= 0) return `equal scores: ${keyOf(hit)} is before ${keyOf(next)}`
  }
  return undefined
}

function unlikeScores(a: readonly SearchHit[], b: readonly SearchHit[]): string | undefined {
  const scores = new Map(b.map((hit) => [keyOf(hit), hit.score]))
  const unlikely = a.find((hit) => !isClose(hit.score, scores.get(keyOf(hit)) as number))
  return unlikely && `the score of ${keyOf(unlikely)}: ${unlikely.score} and ${scores.get(keyOf(unlikely))}`
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= CLOSE * Math.max(Math.abs(a), Math.abs(b))
}

function byKey(hits: readonly SearchHit[], partOf: (hit: SearchHit) => unknown): unknown {
  return Object.fromEntries(hits.map((hit) => [keyOf(hit), partOf(hit)]))
}

function documentOf({ doc }: SearchHit): unknown {
  return doc
}

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&amp;": "&" } as const

/** By field, the letters and digits that are marked: what is between two marks may be in one of both, or not. */
function marksOf({ highlights = {} }: SearchHit): unknown {
  const marked = (snippet: string) =>
    Array.from(snippet.matchAll(/<mark>(.*?)<\/mark>/gs), ([, text = ""]) => text).join("")
  const plain = (text: string) =>
    text.replace(/&(?:lt|gt|quot|#x27|amp);/g, (entity) => ENTITIES[entity as keyof typeof ENTITIES])
  const texts = Object.entries(highlights).map(([path, snippets]) => {
    return [
      path,
      snippets.map((snippet) => plain(marked(snippet)).replace(/[^\p{L}\p{N}\p{M}]/gu, "")).join("|"),
    ] as const
  })
  return Object.fromEntries(texts)
}

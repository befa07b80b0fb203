import { createSeededRandom, type SeededRandom } from "../../testing/engine/random.ts"
import { lucene } from "../lucene/lucene.ts"
import { pick } from "./pick.ts"
import { type GoldenToken, goldenTokens } from "./tokens.ts"

/** Which texts are the title and the body of a document; none is a field that it has not. */
type GoldenDocument = [title: number | null, body: number | null]

interface Asked {
  readonly analyzer: string
  readonly fields: readonly (readonly [name: string, boost: number])[]
  readonly q: string
}

interface GoldenRanking extends Asked {
  readonly total: number
  /** Documents by their number; of those with one score the lower number is first. */
  readonly hits: readonly (readonly [document: number, score: number])[]
}

export interface GoldenScores {
  readonly documents: readonly GoldenDocument[]
  readonly rankings: readonly GoldenRanking[]
}

const QUERIES = 300
const LIMIT = 10
const SEED = 41
const FIELDS = ["title", "body"]
const BOOSTS = [1, 2, 0.5, 3.3]
const MAX_WORD = 40

/** The first ten of documents that are made of the texts, for words that are in them. */
export async function goldenScores(texts: readonly string[]): Promise<GoldenScores> {
  const random = createSeededRandom(SEED)
  const documents = texts.map((_, title): GoldenDocument => {
    const body = random.integer(texts.length)
    return pick(
      [
        [title, body],
        [title, body],
        [title, null],
        [null, body],
      ] satisfies GoldenDocument[],
      random,
    )
  })
  const words = wordsOf(texts, await goldenTokens("standard", texts))
  const asked = Array.from({ length: QUERIES }, (_, index) => askedFor(index, words, random))
  const rankings: GoldenRanking[] = []
  for (const analyzer of ["standard", "english"]) {
    rankings.push(...(await rankingsOf(analyzer, documents, texts, asked)))
  }
  return { documents, rankings }
}

async function rankingsOf(
  analyzer: string,
  documents: readonly GoldenDocument[],
  texts: readonly string[],
  all: readonly Asked[],
): Promise<GoldenRanking[]> {
  const asked = all.filter((query) => query.analyzer === analyzer)
  const textOf = (text: number | null) => (text === null ? "" : (texts[text] ?? ""))
  const answers = await lucene(
    ["rank"],
    [
      [analyzer, ...FIELDS],
      ...documents.map(([title, body], id) => ["doc", id, textOf(title), textOf(body)]),
      ["end"],
      ...asked.map(({ fields, q }) => [LIMIT, q, ...fields.map((field) => field.join("^"))]),
    ],
  )
  return asked.map((query, index) => ({ ...query, ...rankingOf(answers[index] ?? []) }))
}

function rankingOf([total, ...cells]: readonly string[]): Pick<GoldenRanking, "total" | "hits"> {
  const hits: [number, number][] = []
  for (let at = 0; at + 1 < cells.length; at += 2) hits.push([Number(cells[at]), Number(cells[at + 1])])
  return { total: Number(total), hits }
}

function askedFor(index: number, words: readonly string[], random: SeededRandom): Asked {
  const fields = pick([["title"], ["body"], FIELDS, FIELDS], random)
  return {
    analyzer: index % 2 === 0 ? "standard" : "english",
    fields: fields.map((name) => [name, pick(BOOSTS, random)]),
    q: distinct(Array.from({ length: 1 + random.integer(3) }, () => pick(words, random))).join(" "),
  }
}

function distinct(words: readonly string[]): string[] {
  return [...new Map(words.map((word) => [word.toLowerCase(), word])).values()]
}

/** As they stand in the texts, so common ones often. */
function wordsOf(texts: readonly string[], tokens: readonly (readonly GoldenToken[])[]): string[] {
  return texts
    .flatMap((text, index) => (tokens[index] ?? []).map(([, start, end]) => text.slice(start, end)))
    .filter((word) => word.length <= MAX_WORD && word.isWellFormed())
}

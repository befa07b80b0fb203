import type { FieldDefinition, IndexDefinition } from "../../../contracts/search/search.ts"
import type { Random } from "./random.fixture.ts"

type Document = Record<string, unknown>

/** Words near to each other, words of other scripts, and what is no word. */
export const WORDS = [
  ..."run runs running runner rune rang ring the of and a x".split(" "),
  ..."cache cached caches catch cash Cafe café CAFÉ naïve".split(" "),
  ..."red reed redo read fast faster portable computer laptop lru".split(" "),
  ..."日本語 東京都 カタカナ 한국어 don't foo_bar 3.14 key:value id-7 x1".split(" "),
  ...'<b> & " 👍 e\u0301te __proto__ constructor Straße ΟΔΟΣ'.split(" "),
] as const

const TAGS = ["red", "green", "Red", "blue", "__proto__", "", " ", "z\u{1F600}", "z\uffee"] as const
export const NUMBERS = [0, 1, 2, 3, 5, 8, -1, -0.5, 2.5, 1e9] as const
export const DATES = [
  "2024-01-31",
  "2024-01-31T00:00:00Z",
  "2024-01-31T02:00:00+02:00",
  "2024-01-31T00:00:00.001Z",
  "2023-06-01T12:30:00Z",
  "1969-12-31",
] as const
const ANALYZERS = ["standard", "english", "folding", "cjk", "keyword"] as const

export interface OracleField {
  readonly path: string
  readonly type: FieldDefinition["type"]
}

/** What stands in the text fields of a document: texts of one field follow each other. */
export function textsIn({ body, title }: Document): string[] {
  return [title, body].flatMap((value) => (value === undefined || value === null ? [] : [value].flat().join(" ")))
}

/** The fields that documents have. Some are defined, others found in documents. */
export const FIELDS: readonly OracleField[] = [
  { path: "title", type: "text" },
  { path: "body", type: "text" },
  { path: "tag", type: "keyword" },
  { path: "n", type: "number" },
  { path: "ok", type: "boolean" },
  { path: "at", type: "date" },
  { path: "author.name", type: "text" },
  { path: "author.age", type: "number" },
  { path: "parts.k", type: "text" },
]

export function makeText(random: Random, most = 10): string {
  const words = random.list(1, most, () => random.pick(WORDS))
  return words.map((word) => word + (random.oneIn(6) ? random.pick([",", ".", "!", "-"]) : "")).join(" ")
}

export function makeDefinition(random: Random, name: string): IndexDefinition {
  const boost = () => (random.oneIn(3) ? { boost: random.pick([0.5, 2, 3]) } : {})
  const analyzer = () => (random.oneIn(2) ? { analyzer: random.pick(ANALYZERS) } : {})
  const fields: Record<string, FieldDefinition> = {
    at: { type: "date" },
    tag: { type: "keyword", ...boost() },
    title: { type: "text", ...analyzer(), ...boost() },
    "author.name": { type: "text", ...analyzer() },
    ...(random.oneIn(2) && { body: { type: "text", ...analyzer(), ...boost() } }),
    ...(random.oneIn(4) && { hidden: { type: "text", searchable: false, stored: false, filterable: false } }),
  }
  const synonyms = [
    ["laptop", "portable computer"],
    ["red", "crimson", "reed"],
  ]
  return { name, fields, ...(random.oneIn(2) && { synonyms }) }
}

export function makeDocument(random: Random): Document {
  const doc: Document = {}
  const add = (name: string, make: () => unknown) => {
    if (!random.oneIn(4)) doc[name] = random.oneIn(30) ? null : make()
  }
  const oneOrMore = <T>(make: () => T) => (random.oneIn(3) ? random.list(0, 3, make) : make())
  add("title", () => makeText(random, 4))
  add("body", () => oneOrMore(() => (random.oneIn(60) ? "long ".repeat(1700) : makeText(random))))
  add("tag", () => oneOrMore(() => random.pick(TAGS)))
  add("n", () => oneOrMore(() => random.pick(NUMBERS)))
  add("ok", () => random.oneIn(2))
  add("at", () => oneOrMore(() => random.pick(DATES)))
  add("author", () => ({
    ...(!random.oneIn(3) && { name: makeText(random, 2) }),
    ...(!random.oneIn(3) && { age: random.pick(NUMBERS) }),
  }))
  add("parts", () => random.list(0, 3, () => ({ k: random.pick(WORDS) })))
  if (random.oneIn(6)) doc["hidden"] = makeText(random, 3)
  return doc
}

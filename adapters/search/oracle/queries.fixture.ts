import type { FacetSpec, FilterNode, Scalar, SearchQuery } from "../../../contracts/search/search.ts"
import { DATES, FIELDS, makeText, NUMBERS, type OracleField, WORDS } from "./documents.fixture.ts"
import type { Random } from "./random.fixture.ts"

const TEXTS = FIELDS.filter(({ type }) => type === "text" || type === "keyword")

type Query = Omit<SearchQuery, "object">

/** @param texts - Of documents: queries have parts of them. */
export function makeQuery(random: Random, texts: readonly string[]): Query {
  const phrase = random.oneIn(5)
  const q = random.oneIn(6) ? undefined : phrase && texts.length > 0 ? makePart(random, texts) : makeWords(random)
  return {
    ...(q !== undefined && { q }),
    ...(random.oneIn(3) && { operator: "and" as const }),
    ...(phrase && { phrase }),
    ...(!phrase && random.oneIn(3) && { prefix: random.pick([true, "last"] as const) }),
    ...(!phrase && random.oneIn(3) && { fuzzy: random.pick(["auto", 1, 2] as const) }),
    ...(random.oneIn(3) && { fields: makeFields(random) }),
    ...(random.oneIn(3) && { where: makeFilter(random, 3) }),
    ...(random.oneIn(3) && { facets: makeFacets(random) }),
    ...(random.oneIn(3) && { sort: makeSort(random) }),
    ...(random.oneIn(3) && { highlight: { fragments: 0 } }),
    ...(random.oneIn(6) && { select: random.sample(["title", "author", "author.age", "parts.k", "nothing"], 3) }),
    ...(random.oneIn(6) && { explain: true }),
  }
}

function makeWords(random: Random): string {
  if (random.oneIn(12)) return random.pick(["", " ", '"', "*", "(", "the", "__"])
  const text = makeText(random, 3)
  return random.oneIn(3) ? withTypo(random, text) : text
}

function makePart(random: Random, texts: readonly string[]): string {
  const words = random.pick(texts).split(" ")
  const from = random.below(words.length)
  return words.slice(from, from + 1 + random.below(3)).join(" ")
}

function withTypo(random: Random, text: string): string {
  const characters = [...text]
  const at = random.below(characters.length)
  const [removed = "", next = ""] = characters.slice(at, at + 2)
  const edits = [
    [next, removed],
    [removed, random.pick(["a", "s", "e"]), next],
    [random.pick(["a", "s", "e"]), next],
    [next],
  ]
  return [...characters.slice(0, at), ...random.pick(edits), ...characters.slice(at + 2)].join("")
}

function makeFields(random: Random): NonNullable<SearchQuery["fields"]> {
  const paths = random.sample(TEXTS, 3).map(({ path }) => path)
  return paths.map((field) => (random.oneIn(3) ? { field, boost: random.pick([0.5, 2, 10]) } : field))
}

export function makeSort(random: Random): NonNullable<SearchQuery["sort"]> {
  return random.sample(FIELDS, 2).map(({ path }) => {
    return { field: path, ...(random.oneIn(2) && { order: random.pick(["asc", "desc"] as const) }) }
  })
}

function makeFacets(random: Random): FacetSpec[] {
  return random.sample(FIELDS, 3).map(({ path, type }): FacetSpec => {
    const disjunctive = random.oneIn(2) && { disjunctive: true }
    if (type !== "number" || random.oneIn(2)) {
      return { field: path, ...(random.oneIn(2) && { limit: 1 + random.below(4) }), ...disjunctive }
    }
    const ranges = [{ from: 1, to: 3 }, { to: 2.5 }, { from: 2, key: "two and more" }, { from: -0.5, to: 5 }]
    return { field: path, ranges: random.sample(ranges, 4), ...disjunctive }
  })
}

function makeFilter(random: Random, depth: number): FilterNode {
  if (depth > 0 && random.oneIn(2)) {
    const below = () => makeFilter(random, depth - 1)
    const kind = random.below(5)
    if (kind === 0) return { not: below() }
    return kind < 3 ? { and: random.list(0, 3, below) } : { or: random.list(0, 3, below) }
  }
  return makeFieldFilter(random, random.pick(FIELDS))
}

function makeFieldFilter(random: Random, field: OracleField): FilterNode {
  const value = () => makeValue(random, field)
  const op = random.pick(["eq", "ne", "in", "nin", "exists", "gt", "gte", "lt", "lte", "between", "prefix"] as const)
  const isText = field.type === "text" || field.type === "keyword"
  switch (op) {
    case "exists":
      return { field: field.path, op, value: !random.oneIn(3) }
    case "in":
    case "nin":
      return { field: field.path, op, value: random.list(0, 4, value) }
    case "between":
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      // Nothing is between two booleans.
      if (field.type === "boolean") return { field: field.path, op: "eq", value: value() }
      return op === "between"
        ? { field: field.path, op, value: [value(), value()] }
        : { field: field.path, op, value: value() }
    case "prefix":
      return isText
        ? { field: field.path, op, value: (value() as string).slice(0, 1 + random.below(3)) }
        : { field: field.path, op: "eq", value: value() }
    default:
      return { field: field.path, op, value: value() }
  }
}

function makeValue(random: Random, { path, type }: OracleField): Scalar {
  switch (type) {
    case "number":
      return random.pick(NUMBERS)
    case "boolean":
      return random.oneIn(2)
    case "date":
      return random.pick(DATES)
    default:
      return path === "parts.k" || random.oneIn(2) ? random.pick(WORDS) : random.pick(["red", "Red", "z", "", "blue"])
  }
}

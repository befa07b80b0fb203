/**
 * Searches that answer the same. `oracleCases` makes documents and queries that look random, `compareSearches` tells where
 * two searches differ; `NaiveSearch` is one that looks at every document.
 */
import type { BulkOperation, SearchQuery } from "../../contracts/search/search.ts"
import { differenceOf } from "./oracle/differences.fixture.ts"
import { makeDefinition, makeDocument, textsIn } from "./oracle/documents.fixture.ts"
import { type OracleSearch, refusalOf } from "./oracle/naive-search.fixture.ts"
import { makeQuery, makeSort } from "./oracle/queries.fixture.ts"
import { Random } from "./oracle/random.fixture.ts"
import type { OracleStep } from "./oracle/step.fixture.ts"
import { Writes } from "./oracle/writes.fixture.ts"

export { NaiveSearch, type OracleSearch } from "./oracle/naive-search.fixture.ts"

export interface OracleCase {
  readonly seed: number
  readonly objects: readonly string[]
  readonly steps: readonly OracleStep[]
}

export interface OracleOptions {
  /** Cases of a seed. Default 8. */
  readonly cases?: number
  /** Queries of a case. Default 20. */
  readonly queries?: number
  /** Documents of an object at its beginning, at most; up to 450, so that a page has those of two. Default 25. */
  readonly documents?: number
}

/** Documents, writes and queries, the same for the same seed. */
export function oracleCases(
  seed: number,
  { cases = 8, documents = 25, queries = 20 }: OracleOptions = {},
): OracleCase[] {
  return Array.from({ length: cases }, (_, at) => makeCase(seed * 1000 + at, queries, documents))
}

function makeCase(seed: number, queries: number, most: number): OracleCase {
  const random = new Random(seed)
  const objects = random.oneIn(3) ? [`oracle-${seed}-a`, `oracle-${seed}-b`] : [`oracle-${seed}`]
  const [first = ""] = objects
  const definition = makeDefinition(random, first)
  const idOf = () => random.pick(["id-", "ID-", "z\u{1F600}", "z\uffee"]) + random.below(15)
  const operation = (): BulkOperation => {
    const [object, id] = [random.pick(objects), idOf()]
    return random.oneIn(5) ? { op: "remove", object, id } : { op: "index", object, id, doc: makeDocument(random) }
  }
  const fresh = (object: string): BulkOperation[] =>
    random.list(0, most, (at) => ({ op: "index", object, id: `${idOf()}-${at}`, doc: makeDocument(random) }))
  const documents = objects.flatMap(fresh)
  const texts = documents.flatMap((one) => (one.op === "index" ? textsIn(one.doc) : []))
  const steps: OracleStep[] = [
    ...objects.map((name): OracleStep => ({ do: "define", definition: { ...definition, name } })),
    { do: "bulk", operations: documents },
  ]
  const ask = (): OracleStep => {
    const object = objects.length > 1 && random.oneIn(2) ? objects : random.pick(objects)
    const query: SearchQuery = { object, ...makeQuery(random, texts), limit: 1000 }
    if (!random.oneIn(6)) return { do: "search", query }
    const sort = random.oneIn(2) ? { sort: makeSort(random) } : {}
    const { facets: _, ...walked } = { ...query, ...sort, limit: 1 + random.below(9) }
    return { do: "walk", query: walked, operations: random.list(0, 3, operation) }
  }
  // First a third without replaced or removed documents, then with.
  for (let asked = 0; asked < queries; asked++) {
    if (asked >= queries / 3 && random.oneIn(2)) steps.push(makeWrite(random, objects, operation))
    steps.push(ask())
  }
  return { seed, objects, steps }
}

function makeWrite(random: Random, objects: readonly string[], operation: () => BulkOperation): OracleStep {
  const one = operation()
  const object = random.pick(objects)
  switch (random.below(5)) {
    case 0:
      return { do: "bulk", operations: random.list(0, 12, operation) }
    case 1: {
      const isOf = (each: BulkOperation): each is BulkOperation & { op: "index" } => each.op === "index"
      const taken = random.list(0, 15, operation).filter(isOf)
      return { do: "reindex", object, source: random.oneIn(2) ? undefined : taken.map(({ doc, id }) => ({ id, doc })) }
    }
    default:
      return one.op === "remove"
        ? { do: "remove", object: one.object, id: one.id }
        : { do: "index", object: one.object, id: one.id, doc: one.doc }
  }
}

export interface CompareOptions {
  /** Smaller cases that are tried, to show as little as possible. Default 300. */
  readonly shrinks?: number
  /** Whether scores over several objects must be alike, which no contract says. Default false. */
  readonly scoresOfSeveral?: boolean
}

/** Where two searches differ, as little as still differs; undefined where they do not. */
export async function compareSearches(
  a: OracleSearch,
  b: OracleSearch,
  cases: readonly OracleCase[],
  { scoresOfSeveral = false, shrinks = 300 }: CompareOptions = {},
): Promise<string | undefined> {
  for (const one of cases) {
    const compare = (each: OracleCase) => differenceIn(a, b, each, scoresOfSeveral)
    const difference = await compare(one)
    if (difference === undefined) continue
    const small = await shrunk(compare, difference, shrinks)
    const steps = small.in.steps.map((step) => JSON.stringify(step)).join("\n")
    return `case ${one.seed}: ${small.what}\n${steps}`
  }
  return undefined
}

interface Difference {
  readonly what: string
  /** The case, with this as its last step. */
  readonly in: OracleCase
}

async function differenceIn(
  a: OracleSearch,
  b: OracleSearch,
  one: OracleCase,
  scoresOfSeveral: boolean,
): Promise<Difference | undefined> {
  const { objects, steps } = one
  for (const object of objects) await Promise.all([a.deleteIndex(object), b.deleteIndex(object)])
  const writes = new Writes()
  for (const [at, step] of steps.entries()) {
    const results = await Promise.all([outcomeOf(a, step), outcomeOf(b, step)])
    const searched = "query" in step ? [step.query.object].flat() : []
    const areAlike = writes.areWhole(searched) && (scoresOfSeveral || searched.length === 1)
    const what = differenceOf(step, results, areAlike)
    if (what !== undefined) return { what, in: { ...one, steps: steps.slice(0, at + 1) } }
    writes.note(step)
  }
  return undefined
}

/** What a search answers to a step, or why it refuses. */
async function outcomeOf(search: OracleSearch, step: OracleStep): Promise<unknown> {
  try {
    return await run(search, step)
  } catch (error) {
    return refusalOf(error)
  }
}

async function run(search: OracleSearch, step: OracleStep): Promise<unknown> {
  switch (step.do) {
    case "define":
      return search.defineIndex(step.definition)
    case "index":
      await search.index(step.object, step.id, step.doc)
      return search.get(step.object, step.id)
    case "remove":
      return search.remove(step.object, step.id)
    case "bulk":
      return search.bulk(step.operations)
    case "reindex":
      return (await search.reindex(step.object, step.source)).documents
    case "search":
      return search.search(step.query)
    case "walk":
      return walk(search, step)
  }
}

async function walk(search: OracleSearch, { operations, query }: OracleStep & { do: "walk" }): Promise<unknown> {
  const pages: Awaited<ReturnType<OracleSearch["search"]>>[] = []
  for (let cursor: string | undefined = "*"; cursor !== undefined; ) {
    const page = await search.search({ ...query, cursor })
    pages.push(page)
    cursor = page.cursor
    if (pages.length === 1) await search.bulk(operations)
  }
  return { ...pages[0], hits: pages.flatMap(({ hits }) => hits), totals: pages.map(({ total }) => total) }
}

/** The same without steps and documents that it does not take. */
async function shrunk(
  compare: (smaller: OracleCase) => Promise<Difference | undefined>,
  from: Difference,
  tries: number,
): Promise<Difference> {
  let best = from
  let left = tries
  for (let isSmaller = true; isSmaller && left > 0; ) {
    isSmaller = false
    for (const smaller of smallerThan(best.in)) {
      if (left-- <= 0) break
      const difference = await compare(smaller)
      if (difference === undefined) continue
      best = difference
      isSmaller = true
      break
    }
  }
  return best
}

function* smallerThan({ steps, ...rest }: OracleCase): Generator<OracleCase> {
  for (const fewer of shorter(steps)) yield { ...rest, steps: fewer }
  for (const [at, step] of steps.entries()) {
    for (const smaller of smallerStep(step)) yield { ...rest, steps: steps.with(at, smaller) }
  }
}

function* smallerStep(step: OracleStep): Generator<OracleStep> {
  if (step.do === "bulk" || step.do === "walk") {
    for (const operations of shorter(step.operations)) yield { ...step, operations }
  } else if (step.do === "reindex" && step.source !== undefined) {
    for (const source of shorter(step.source)) yield { ...step, source }
  }
}

/** Without the first half, the second, each quarter, and at last each one. */
function* shorter<T>(items: readonly T[]): Generator<T[]> {
  for (let size = Math.ceil(items.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < items.length; at += size) yield items.toSpliced(at, size)
  }
}

import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { SearchCapabilities } from "../../contracts/search/search.ts"
import type { Variant } from "../engine/mutant.ts"
import { changed, subclass, withMethods } from "../engine/seams.ts"
import { seam } from "./mutant.ts"
import { ReferenceSearch } from "./reference/reference-search.ts"
import { referenceThatDeclares, referenceWithout } from "./reference/without.ts"

class SearchRefusal extends ServiceError {}

/** What a query may ask for. */
const OF_QUERIES = [
  "phrase",
  "fuzzy",
  "prefix",
  "facets",
  "disjunctiveFacets",
  "sort",
  "cursor",
  "highlight",
  "explain",
] as const satisfies readonly (keyof SearchCapabilities)[]

/** Unusual and right. */
export const searchOddities: Readonly<Record<string, Variant<typeof ReferenceSearch>>> = {
  "late-replies": seam.deliver(
    "A promise may settle in a later turn of the event loop, as it does over a network.",
    async (_, answer) => {
      await nextTurn()
      return answer
    },
  ),
  "replies-out-of-order": subclass(
    "Simultaneous calls need not settle in the order in which they were made.",
    class extends ReferenceSearch {
      #calls = 0
      override async deliver<T>(answer: T): Promise<T> {
        if (++this.#calls % 2 === 0) await nextTurn()
        return answer
      }
    },
  ),
  "scores-of-another-scale": subclass(
    "An engine that declares no BM25 may have scores of any size.",
    withMethods(referenceThatDeclares({ ranking: "engine" }), {
      scoreOf: ({ next }, ...args) => (next(...args) as number) * 2.2 + 100,
    }),
  ),
  "ranking-by-chance": subclass(
    "An engine that declares no BM25 may weigh words and lengths as it likes.",
    withMethods(referenceThatDeclares({ ranking: "engine" }), { idfOf: () => 3, storedLength: () => 1 }),
  ),
  "hits-with-more-to-them": seam.hitOf(
    "A hit may have members of the engine's own.",
    ({ next }, scored, query, words, indexes) => Object.assign(next(scored, query, words, indexes), { shard: 0 }),
  ),
  "results-with-more-to-them": seam.result("A result may have members of the engine's own.", ({ next }, ...args) =>
    Object.assign(next(...args), { shards: { total: 1 }, tookMs: 0.25 }),
  ),
  "no-highlights-are-left-out": seam.hitOf(
    "Highlights may be absent where none of a hit's words is marked.",
    ({ next }, ...args) => {
      const { highlights, ...hit } = next(...args)
      return Object.keys(highlights ?? {}).length === 0 ? hit : { ...hit, ...(highlights && { highlights }) }
    },
  ),
  "snippets-of-another-size": seam.snippetsOf(
    "A snippet has about as many characters as were asked for.",
    ({ next }, text, marks, spec) => next(text, marks, { ...spec, fragmentLength: (spec.fragmentLength ?? 160) * 1.5 }),
  ),
  "one-mark-for-a-phrase": seam.phraseMarks(
    "Words of a phrase may be marked together.",
    ({ next }, tokens, first, words) => {
      const marks = next(tokens, first, words)
      return [{ start: marks[0]?.start ?? 0, end: marks.at(-1)?.end ?? 0 }]
    },
  ),
  "parts-in-another-order": seam.partsOf("The parts of an explanation have no order.", ({ next }, ...args) =>
    next(...args).reverse(),
  ),
  "suggestions-in-another-order": seam.suggestions("Suggestions have no order.", ({ next }, query, index) =>
    next({ ...query, limit: 100 }, index)
      .reverse()
      .slice(0, query.limit ?? 5),
  ),
  "more-fuzzy-words": seam.similarWords(
    "More than 50 words may match a fuzzy one, where an engine can afford it.",
    ({ next }, wanted, plain, known) => next({ ...wanted, expansions: 1000 }, plain, known),
  ),
  "cursors-of-another-form": changed(ReferenceSearch, "A cursor is for its search alone.", {
    writeCursor: ({ next }, place) => `${[...next(place)].reverse().join("")}.page`,
    readCursor: ({ next, self }, cursor) => {
      if (!cursor.endsWith(".page")) return undefined
      const { writeCursor } = ReferenceSearch.prototype
      self.writeCursor = (place) => writeCursor.call(self, place)
      try {
        return next([...cursor.slice(0, -".page".length)].reverse().join(""))
      } finally {
        Reflect.deleteProperty(self, "writeCursor")
      }
    },
  }),
  "second-reindex-refused-at-once": seam.rebuild(
    "Of two reindexes at once the first to begin may win.",
    ({ next, self }, name, source) => {
      const index = self.findIndex(name)
      if (index !== undefined && index.rebuilds.size > 0) {
        self.refuseFor("PRECONDITION_FAILED", "reindex", "Another reindex is under way.")
      }
      return next(name, source)
    },
  ),
  "sources-fail-with-another-code": seam.brokenSource(
    "A source that fails is told of by whatever code fits.",
    (_, cause) => new ServiceError("INTERNAL", "The source failed.", { cause }),
  ),
  "frozen-documents": seam.copyOut("Documents may be given frozen.", ({ next }, doc) => frozen(next(doc))),
  "error-of-a-subclass": seam.refuse(
    "A subclass of ServiceError is one, with details of its own.",
    (_, code, message) => {
      throw new SearchRefusal(code, message, { operation: "any", details: { reason: "refused" } })
    },
  ),
  "errors-of-another-copy": seam.refuseFor(
    "A ServiceError may come from another copy of the package: it has the mark, and is of another class.",
    (_, code, reason, message) => {
      const { retryable } = new ServiceError(code, message)
      const fields = { code, retryable, details: { reason } }
      throw Object.assign(new Error(message), fields, { [Symbol.for("@objectos/sdk/ServiceError")]: true })
    },
  ),
  "details-of-its-own": seam.refuseFor("Details may have more than a reason.", (_, code, reason, message) => {
    throw new ServiceError(code, message, { details: { reason, status: 400, type: "illegal_argument" } })
  }),
  "killed-calls-never-settle": subclass(
    "What becomes of the calls of a process that was killed is left open.",
    class extends ReferenceSearch {
      #killed = false
      override kill(): void {
        super.kill()
        this.#killed = true
      }
      override async deliver<T>(answer: T): Promise<T> {
        await Promise.resolve()
        return this.#killed ? new Promise<never>(() => {}) : answer
      }
    },
  ),
  "talkative-health": seam.healthCheck(
    "Health may have a message, details and a latency in fractions.",
    async ({ next }) => {
      await nextTurn()
      const { status } = await next()
      return { status, latency: 0.25, message: `The store is ${status}.`, details: { nodes: 2, region: null } }
    },
  ),
  "many-metrics": seam.getMetrics(
    "Metrics are free to choose, also negative and fractional ones.",
    async ({ next }) => ({ ...(await next()), "load.average": 0.5, drift: -3 }),
  ),
  "not-shared": subclass("A search of one process need not be shared.", referenceThatDeclares({ shared: false })),
  "not-durable": subclass(
    "A search may lose all with its process, where it says so.",
    referenceThatDeclares({ durable: false }),
  ),
  "one-analyzer": subclass(
    "A search need not have every analyzer.",
    referenceThatDeclares({ analyzers: ["standard"] }),
  ),
  "suggest-left-out": subclass("A search need not suggest.", referenceWithout("suggest")),
  "reindex-left-out": subclass("A search need not build indexes anew.", referenceWithout("reindex")),
  "indexing-left-out": subclass(
    "A search need not tell of its indexes, nor have bulks.",
    referenceWithout("indexing", "synonyms"),
  ),
  "synonyms-left-out": subclass("A search need not have synonyms.", referenceWithout("synonyms")),
  "disjunctive-left-out": subclass("Facets need not be disjunctive.", referenceWithout("disjunctiveFacets")),
  "queries-left-out": subclass("A search need only find words.", referenceWithout(...OF_QUERIES)),
  "three-methods-alone": subclass(
    "All that is optional may be left out together.",
    referenceWithout(...OF_QUERIES, "indexing", "suggest", "reindex", "synonyms", "analyzers"),
  ),
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function frozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) for (const member of Object.values(value)) frozen(member)
  return Object.freeze(value)
}

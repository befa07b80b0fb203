/** MiniSearch with our tokens and Lucene's BM25, and by hand what it has not: phrases and facets. */
import { type BenchDocument, tokensOf } from "./search-corpus.ts"
import type { SearchPeer } from "./search-engine.ts"
import { type Answer, countsOf, hasPhrase } from "./search-oracle.ts"
import { type Facet, HITS, isFaceted, type Kind, type Question } from "./search-questions.ts"

/** With the stored fields as further members. */
interface Result extends BenchDocument {
  readonly score: number
}

interface OpenMiniSearch {
  add(document: BenchDocument): void
  replace(document: BenchDocument): void
  search(query: unknown, options?: object): Result[]
}

const LUCENE_BM25 = { k: 1.2, b: 0.75, d: 0 }

export const miniSearch = peerOf("MiniSearch", ["terms", "prefix", "fuzzy"], [], (search, { kind, words }) => {
  return search.search(words.join(" "), { prefix: kind === "prefix", fuzzy: kind === "fuzzy" ? 1 : false })
})

export const miniSearchWithPhrases = peerOf(
  "MiniSearch, phrases looked for in the stored text",
  ["phrase"],
  ["text"],
  (search, { words }) => {
    const filter = ({ text }: Result) => hasPhrase(tokensOf(text), words)
    return search.search(words.join(" "), { combineWith: "AND", filter })
  },
)

export const miniSearchWithFacets = peerOf(
  "MiniSearch, facets counted over its results",
  ["filter", "all"],
  ["pos", "file", "words"],
  (search, { kind, pos, words }, everything) => {
    if (kind === "all") return search.search(everything)
    return search.search(words.join(" "), { filter: (result: Result) => result.pos === pos })
  },
)

type Find = (search: OpenMiniSearch, question: Question, everything: unknown) => Result[]

function peerOf(note: string, kinds: readonly Kind[], storeFields: readonly string[], find: Find): SearchPeer {
  return {
    package: "minisearch",
    name: "MiniSearch",
    note,
    kinds,
    async open(documents) {
      const { default: MiniSearch } = await import("minisearch")
      const search: OpenMiniSearch = new MiniSearch({
        fields: ["text"],
        storeFields: [...storeFields],
        tokenize: tokensOf,
        processTerm: (term: string) => term,
        searchOptions: { bm25: LUCENE_BM25 },
      })
      for (const document of documents) search.add(document)
      return {
        ask: (question) => answerOf(find(search, question, MiniSearch.wildcard), question),
        replace: (document) => search.replace(document),
      }
    },
  }
}

function answerOf(results: readonly Result[], { kind }: Question): Answer {
  const found = { ids: results.slice(0, HITS).map(({ id }) => id), total: results.length }
  if (!isFaceted(kind)) return found
  const counts = (facet: Facet) => countsOf(results, facet)
  return { ...found, facets: { pos: counts("pos"), file: counts("file"), words: counts("words") } }
}

import { type Corpus, glosses, synthetic } from "./search-corpus.ts"
import { elasticsearchRows } from "./search-elasticsearch.ts"
import type { SearchPeer } from "./search-engine.ts"
import { answering, heapPerDocument, indexing, peakOfIndexing, replacing } from "./search-loops.ts"
import { luceneEngine } from "./search-lucene.ts"
import { miniSearch, miniSearchWithFacets, miniSearchWithPhrases } from "./search-minisearch.ts"
import { ourEngine, ourTextEngine } from "./search-ours.ts"
import { otherPeers } from "./search-peers.ts"
import { type Work, works } from "./search-questions.ts"
import type { Part, Row, Servers, Suite } from "./suite.ts"

/** At most what times the time of the baseline. */
interface Goals {
  readonly p50?: number
  readonly p99?: number
}

const terms = [works.oneTerm, works.twoTerms, works.threeTerms]
/** Up to here Lucene finds out how many match, unless it is told otherwise. */
const LUCENE_COUNTED = 1000
const BESIDE_LUCENE: Goals = { p50: 1.5 }

export const searchSuite: Suite = {
  name: "search",
  rows: [...rowsOf(glosses(10_000)), ...rowsOf(glosses(100_000)), ...rowsOfAMillion(), ...elasticsearchRows()],
}

function rowsOf(corpus: Corpus): Row[] {
  const others = otherPeers.filter(({ most = corpus.size }) => corpus.size <= most)
  return [
    besidePeer(corpus, "terms", miniSearch, terms, { p50: 0.05, p99: 0.1 }),
    besideLucene(corpus, "terms", {}),
    besideLucene(corpus, "terms, its totals to 1,000", { counted: LUCENE_COUNTED }),
    besidePeer(corpus, "prefix and fuzzy", miniSearch, [works.prefix, works.fuzzy], { p50: 0.1 }),
    besidePeer(corpus, "phrase", miniSearchWithPhrases, [works.phrase], { p50: 0.1 }),
    besidePeer(corpus, "facets", miniSearchWithFacets, [works.filter, works.all], { p50: 0.05 }),
    ...others.map((peer) => besidePeer(corpus, "all it can", peer, worksOf(peer), {})),
    ...buildRows(corpus),
  ]
}

function besidePeer(corpus: Corpus, part: string, peer: SearchPeer, asked: readonly Work[], goals: Goals): Row {
  return {
    ...rowOf(corpus, `${part}, ${peer.name}`, asked, goals),
    peer: peer.package,
    baselineName: peer.note ?? peer.name,
    baseline: () => answering(corpus, asked, peer.open, peer.loose),
  }
}

function besideLucene(corpus: Corpus, part: string, { counted }: { counted?: number }): Row {
  return {
    ...rowOf(corpus, `${part}, Lucene`, terms, BESIDE_LUCENE),
    needs: ["lucene"],
    baselineName: counted === undefined ? "Lucene, totals exact as ours" : "Lucene as it comes",
    baseline: ({ lucene = "" }: Servers) =>
      answering(corpus, terms, (documents) => luceneEngine(lucene, documents, counted)),
  }
}

function rowOf(corpus: Corpus, name: string, asked: readonly Work[], { p50, p99 }: Goals) {
  const parts: Record<string, Part> = {}
  for (const work of asked) {
    parts[`${work.name} p50`] = p50 === undefined ? {} : { goal: p50 }
    parts[`${work.name} p99`] = p99 === undefined ? {} : { goal: p99 }
  }
  return {
    name: `${corpus.name}, ${name}`,
    parts,
    better: "lower" as const,
    ours: () => answering(corpus, asked, ourEngine),
  }
}

function worksOf({ kinds }: SearchPeer): Work[] {
  return Object.values(works).filter(({ kind }) => kinds.includes(kind))
}

function buildRows(corpus: Corpus): Row[] {
  const beside = { peer: miniSearch.package, baselineName: miniSearch.name, better: "lower" } as const
  return [
    {
      ...beside,
      name: `${corpus.name}, index all, MiniSearch`,
      ours: () => indexing(corpus, ourTextEngine),
      baseline: () => indexing(corpus, miniSearch.open),
      goal: 0.5,
    },
    {
      name: `${corpus.name}, index all, Lucene`,
      needs: ["lucene"],
      baselineName: "Lucene, one thread, one segment",
      better: "lower",
      ours: () => indexing(corpus, ourTextEngine),
      baseline: ({ lucene = "" }) => indexing(corpus, (documents) => luceneEngine(lucene, documents)),
    },
    {
      ...beside,
      name: `${corpus.name}, heap of a document, MiniSearch`,
      ours: () => heapPerDocument(corpus, ourTextEngine),
      baseline: () => heapPerDocument(corpus, miniSearch.open),
      unit: "bytes",
      exact: true,
      goal: 0.35,
    },
    {
      ...beside,
      name: `${corpus.name}, replace one document, MiniSearch`,
      ours: () => replacing(corpus, ourTextEngine),
      baseline: () => replacing(corpus, miniSearch.open),
      goal: 2,
    },
  ]
}

function rowsOfAMillion(): Row[] {
  const million = synthetic(1_000_000)
  const part = synthetic(100_000)
  const asked = [works.twoTerms]
  return [
    {
      name: `${million.name}, index all, peak of the process`,
      ours: () => peakOfIndexing(million, ourEngine),
      better: "lower",
      unit: "MiB",
      exact: true,
      goal: 2048,
    },
    {
      name: million.name,
      ours: () => answering(million, asked, ourEngine),
      baseline: () => answering(part, asked, ourEngine),
      baselineName: `ours on ${part.name}`,
      better: "lower",
      parts: { "2 terms p50": {}, "2 terms p99": { goal: 20 } },
    },
  ]
}

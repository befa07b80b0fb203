/** Lucene in a process of its own, which tells how long it took: neither the way there nor back is counted. */
import { type Line, type OpenLucene, openLucene } from "../scripts/lucene/lucene.ts"
import type { BenchDocument } from "./search-corpus.ts"
import type { Engine } from "./search-engine.ts"

export interface LuceneEngine extends Engine {
  readonly indexMs: number
}

const NANOS_PER_MS = 1_000_000
const ALL = 2_147_483_647

/** @param counted Totals above it are not found out. */
export async function luceneEngine(program: string, documents: Iterable<BenchDocument>, counted = ALL) {
  const lucene = openLucene(["time"], program)
  await lucene.write(linesOf(documents))
  const [indexNanos] = await answer(lucene)
  const engine: LuceneEngine = {
    indexMs: Number(indexNanos) / NANOS_PER_MS,
    async ask({ kind, words }) {
      await lucene.write([[kind, counted, words.join(" "), "text^1"]])
      const [nanos, total, ...ids] = await answer(lucene)
      return { ids, tookMs: Number(nanos) / NANOS_PER_MS, ...(counted === ALL && { total: Number(total) }) }
    },
    async close() {
      lucene.end()
      await lucene.read()
    },
  }
  return engine
}

function* linesOf(documents: Iterable<BenchDocument>): Generator<Line, void, undefined> {
  yield ["standard", "text"]
  for (const { id, text } of documents) yield ["doc", id, text]
  yield ["end"]
}

async function answer(lucene: OpenLucene): Promise<string[]> {
  const line = await lucene.read()
  if (line === undefined) throw new Error("Lucene ended before its answer")
  return line
}

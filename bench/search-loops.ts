/** The loops that are timed, over any engine of search. Each checks what it is answered. */
import { bytesInUse } from "./heap.ts"
import type { BenchDocument, Corpus } from "./search-corpus.ts"
import type { Engine } from "./search-engine.ts"
import { createOracle } from "./search-oracle.ts"
import { type Question, questions, type Work } from "./search-questions.ts"
import type { Target } from "./suite.ts"

export type OpenEngine = (documents: readonly BenchDocument[]) => Promise<Engine>

/** Questions of each kind in a round: the 99th of a hundred is the p99. */
const QUESTIONS = 100
const ROUNDS = 12
const REPLACED = 200
const KIB_PER_MIB = 1024

/** Milliseconds that a question takes: median and 99th percentile of each work. Every round has questions of its own. */
export async function answering(
  corpus: Corpus,
  asked: readonly Work[],
  open: OpenEngine,
  loose = false,
): Promise<Target> {
  const documents = [...(await corpus.documents())]
  const oracle = createOracle(documents)
  const drawn = asked.map((work) => ({ ...work, all: questions(work, documents, QUESTIONS * ROUNDS) }))
  const engine = await open(documents)

  async function timesOf(asked: readonly Question[]): Promise<number[]> {
    const times: number[] = []
    for (const question of asked) {
      const start = performance.now()
      const answer = await engine.ask(question)
      times.push(answer.tookMs ?? performance.now() - start)
      oracle.check(question, answer, loose)
    }
    return times.sort((left, right) => left - right)
  }

  let round = 0
  const nextRound = async () => {
    const first = (round++ % ROUNDS) * QUESTIONS
    const measured: Record<string, number> = {}
    for (const { all, name } of drawn) {
      const times = await timesOf(all.slice(first, first + QUESTIONS))
      measured[`${name} p50`] = times[QUESTIONS / 2 - 1] ?? Number.NaN
      measured[`${name} p99`] = times[QUESTIONS - 2] ?? Number.NaN
    }
    return measured
  }
  // The first one warms up.
  await nextRound()
  return { measure: nextRound, close: async () => void (await engine.close?.()) }
}

/** Milliseconds that it takes to index all of the documents. */
export async function indexing(corpus: Corpus, open: OpenEngine): Promise<Target> {
  const documents = [...(await corpus.documents())]
  return {
    async measure() {
      const start = performance.now()
      const engine = await open(documents)
      const took = performance.now() - start
      await engine.close?.()
      return took
    },
  }
}

/** Bytes that an index takes for each document, beside the documents themselves. */
export async function heapPerDocument(corpus: Corpus, build: (documents: readonly BenchDocument[]) => unknown) {
  const documents = [...(await corpus.documents())]
  // What only a first build needs is not counted.
  await build(documents.slice(0, 1000))
  return {
    async measure() {
      const before = await bytesInUse()
      const built = await build(documents)
      const after = await bytesInUse()
      if (built === undefined) throw new Error("nothing was built")
      return (after - before) / documents.length
    },
  } satisfies Target
}

/** Megabytes that the process held at most, by the time that all documents were indexed as they were made. */
export async function peakOfIndexing(corpus: Corpus, index: (documents: Iterable<BenchDocument>) => Promise<unknown>) {
  return {
    async measure() {
      await index(await corpus.documents())
      return process.resourceUsage().maxRSS / KIB_PER_MIB
    },
  } satisfies Target
}

/** Milliseconds that it takes to replace one document, each of which is then found by its new word. */
export async function replacing(corpus: Corpus, open: OpenEngine): Promise<Target> {
  const documents = [...(await corpus.documents())]
  const engine = await open(documents)
  let round = 0
  const nextRound = async () => {
    let took = 0
    for (let index = 0; index < REPLACED; index++) {
      const step = round * REPLACED + index
      const before = documents[(step * 7919) % documents.length] as BenchDocument
      const word = `new${step}word`
      const replacement = { ...before, text: `${before.text} ${word}` }
      const start = performance.now()
      await engine.replace?.(replacement)
      took += performance.now() - start
      const { ids, total } = await engine.ask({ kind: "terms", words: [word] })
      if (total !== 1 || ids[0] !== before.id) throw new Error("what was replaced is not found")
    }
    round++
    return took / REPLACED
  }
  await nextRound()
  return { measure: nextRound, close: async () => void (await engine.close?.()) }
}

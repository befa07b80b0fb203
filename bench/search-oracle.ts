/** What a question's answer is, by a naive index, to check each answer by. */
import type { BenchDocument } from "./search-corpus.ts"
import { tokensOf } from "./search-corpus.ts"
import { FACET_LIMIT, FACETS, type Facet, HITS, isFaceted, type Question } from "./search-questions.ts"

export interface Answer {
  readonly ids: readonly string[]
  /** Undefined where the engine does not tell. */
  readonly total?: number | undefined
  /** Counts of the most frequent values. */
  readonly facets?: Readonly<Record<string, readonly number[]>>
  /** Where the engine's own clock was nearer to it. */
  readonly tookMs?: number
}

export interface Oracle {
  /** @throws Error that says what is wrong with an answer. */
  check(question: Question, answer: Answer, loose: boolean): void
}

export function createOracle(documents: readonly BenchDocument[]): Oracle {
  const tokens = documents.map(({ text }) => tokensOf(text))
  const postings = postingsOf(tokens)
  const places = new Map(documents.map(({ id }, place) => [id, place]))

  /** By the number of the last call that found the document. */
  const foundBy = new Uint32Array(documents.length)
  let calls = 0

  function found(words: readonly string[]): number[] {
    calls++
    const all: number[] = []
    for (const word of words) {
      for (const place of postings.get(word) ?? []) {
        if (foundBy[place] !== calls) all.push(place)
        foundBy[place] = calls
      }
    }
    return all
  }

  function matches({ kind, pos, words }: Question): number[] {
    if (kind === "all") return [...documents.keys()]
    if (kind === "filter") return found(words).filter((place) => documents[place]?.pos === pos)
    if (kind === "prefix") return found([...postings.keys()].filter((term) => term.startsWith(words[0] ?? "")))
    if (kind === "phrase") return found(words.slice(0, 1)).filter((place) => hasPhrase(tokens[place] ?? [], words))
    return found(words)
  }

  function expectedOf(question: Question): Expected {
    const places = matches(question)
    return { total: places.length, ...(isFaceted(question.kind) && { facets: facetsOf(places, documents) }) }
  }

  function checkHit({ kind, words }: Question, id: string, loose: boolean): void {
    const place = places.get(id)
    const own = place === undefined ? [] : (tokens[place] ?? [])
    const isRight = (token: string, word: string) => {
      if (kind === "fuzzy") return isWithinOneEdit(token, word)
      return loose || kind === "prefix" ? token.startsWith(word) : token === word
    }
    if (kind !== "all" && !words.some((word) => own.some((token) => isRight(token, word)))) {
      throw new Error(`a hit has none of the words ${words.join(" ")}`)
    }
  }

  return {
    check(question, { facets, ids, total }, loose) {
      for (const id of ids) checkHit(question, id, loose)
      // How far apart two words are is not the same in all engines, and some look at the nearest fifty words alone.
      const expected = question.kind === "fuzzy" ? undefined : memoized(question, expectedOf)
      const least = expected === undefined ? 1 : Math.min(HITS, expected.total)
      if (ids.length < least) throw new Error(`${ids.length} hits for ${question.words.join(" ")}, not ${least}`)
      if (expected === undefined || total === undefined) return
      if (loose ? total < expected.total : total !== expected.total) {
        throw new Error(`a total of ${total} for ${question.words.join(" ")}, not ${expected.total}`)
      }
      if (facets === undefined) return
      for (const facet of FACETS) {
        const counts = expected.facets?.[facet]
        if (String(facets[facet]) !== String(counts)) throw new Error(`counts of ${facet} that are not ${counts}`)
      }
    },
  }
}

interface Expected {
  readonly total: number
  readonly facets?: Record<Facet, number[]>
}

const known = new WeakMap<Question, Expected>()

/** Some questions are asked again. */
function memoized(question: Question, expectedOf: (question: Question) => Expected): Expected {
  const expected = known.get(question) ?? expectedOf(question)
  known.set(question, expected)
  return expected
}

function facetsOf(places: readonly number[], documents: readonly BenchDocument[]): Record<Facet, number[]> {
  const found = places.map((place) => documents[place] as BenchDocument)
  return { pos: countsOf(found, "pos"), file: countsOf(found, "file"), words: countsOf(found, "words") }
}

/** The counts of the most frequent values of a facet, counted one document at a time. */
export function countsOf(documents: readonly Pick<BenchDocument, Facet>[], facet: Facet): number[] {
  const counts = new Map<string | number, number>()
  for (const document of documents) counts.set(document[facet], (counts.get(document[facet]) ?? 0) + 1)
  return [...counts.values()].sort((left, right) => right - left).slice(0, FACET_LIMIT)
}

function postingsOf(tokens: readonly (readonly string[])[]): Map<string, number[]> {
  const postings = new Map<string, number[]>()
  for (const [place, own] of tokens.entries()) {
    for (const term of new Set(own)) {
      const places = postings.get(term)
      if (places === undefined) postings.set(term, [place])
      else places.push(place)
    }
  }
  return postings
}

/** Whether the words stand side by side. */
export function hasPhrase(tokens: readonly string[], words: readonly string[]): boolean {
  return tokens.some((_, first) => words.every((word, index) => tokens[first + index] === word))
}

/** An edit is a letter more, less or other, or two that changed places. */
function isWithinOneEdit(left: string, right: string): boolean {
  let start = 0
  while (start < left.length && left[start] === right[start]) start++
  let [leftEnd, rightEnd] = [left.length, right.length]
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd--
    rightEnd--
  }
  const [less, more] = [leftEnd - start, rightEnd - start]
  if (less <= 1 && more <= 1) return true
  return less === 2 && more === 2 && left[start] === right[start + 1] && left[start + 1] === right[start]
}

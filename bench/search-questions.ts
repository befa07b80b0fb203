/** What is asked of a corpus, in seeded order, and what every right answer has. */
import { createSeededRandom, type SeededRandom } from "../testing/engine/random.ts"
import { type BenchDocument, tokensOf } from "./search-corpus.ts"

export type Kind = "terms" | "phrase" | "prefix" | "fuzzy" | "filter" | "all"

/** Facets of a question of the kinds `filter` and `all`. */
export const FACETS = ["pos", "file", "words"] as const
export type Facet = (typeof FACETS)[number]
/** Values of each. */
export const FACET_LIMIT = 10
export const HITS = 10

export function isFaceted(kind: Kind): boolean {
  return kind === "filter" || kind === "all"
}

export interface Question {
  readonly kind: Kind
  /** A document with any of them is found; with `phrase`, one with all of them side by side. */
  readonly words: readonly string[]
  /** Of the kind `filter`: the part of speech that documents must have. */
  readonly pos?: string
}

/** One kind of work, as the table names it. */
export interface Work {
  readonly name: string
  readonly kind: Kind
  readonly draw: (corpus: Drawn) => Omit<Question, "kind">
}

export const works = {
  oneTerm: { name: "1 term", kind: "terms", draw: ({ word }) => ({ words: [word()] }) },
  twoTerms: { name: "2 terms", kind: "terms", draw: ({ word }) => ({ words: distinct(2, word) }) },
  threeTerms: { name: "3 terms", kind: "terms", draw: ({ word }) => ({ words: distinct(3, word) }) },
  phrase: { name: "phrase", kind: "phrase", draw: ({ sideBySide }) => ({ words: sideBySide() }) },
  prefix: { name: "prefix", kind: "prefix", draw: ({ random, word }) => ({ words: [beginning(word, random)] }) },
  fuzzy: { name: "fuzzy", kind: "fuzzy", draw: ({ random, word }) => ({ words: [misspelt(word, random)] }) },
  filter: {
    name: "filter, 3 facets",
    kind: "filter",
    draw: ({ document, word }) => ({ words: distinct(2, word), pos: document().pos }),
  },
  all: { name: "all, 3 facets", kind: "all", draw: () => ({ words: [] }) },
} as const satisfies Record<string, Work>

/** Draws from the documents of a corpus: what is frequent there is asked for often. */
export interface Drawn {
  readonly random: SeededRandom
  document(): BenchDocument
  word(): string
  sideBySide(): string[]
}

const SEED = 7

export function questions(work: Work, documents: readonly BenchDocument[], count: number): Question[] {
  const random = createSeededRandom(SEED)
  const document = () => documents[random.integer(documents.length)] as BenchDocument
  const drawn: Drawn = {
    random,
    document,
    word: () => until(() => some(tokensOf(document().text), random)),
    sideBySide: () =>
      until(() => {
        const tokens = tokensOf(document().text)
        const first = random.integer(tokens.length)
        const words = tokens.slice(first, first + 2 + random.integer(2))
        return words.length < 2 ? undefined : words
      }),
  }
  return Array.from({ length: count }, () => ({ ...work.draw(drawn), kind: work.kind }))
}

function distinct(count: number, word: () => string): string[] {
  const words = new Set<string>()
  while (words.size < count) words.add(word())
  return [...words]
}

/** Three to five letters of a longer word. */
function beginning(word: () => string, random: SeededRandom): string {
  const length = 3 + random.integer(3)
  return until(() => ofLetters(word(), length + 1)).slice(0, length)
}

/** With one letter that is another. */
function misspelt(word: () => string, random: SeededRandom): string {
  const right = until(() => ofLetters(word(), 5))
  const at = random.integer(right.length)
  const other = String.fromCharCode(97 + ((right.charCodeAt(at) - 97 + 1 + random.integer(25)) % 26))
  return right.slice(0, at) + other + right.slice(at + 1)
}

function ofLetters(word: string, least: number): string | undefined {
  return word.length >= least && /^[a-z]+$/.test(word) ? word : undefined
}

function some<Item>(items: readonly Item[], random: SeededRandom): Item | undefined {
  return items[random.integer(items.length)]
}

function until<Drawn>(draw: () => Drawn | undefined): Drawn {
  for (;;) {
    const drawn = draw()
    if (drawn !== undefined) return drawn
  }
}

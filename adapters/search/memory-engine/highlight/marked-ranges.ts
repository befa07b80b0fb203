import type { PhraseWord } from "../../../../core/search/for-adapters.ts"
import { markPhrase, TokenList } from "./phrase-marks.ts"
import { RangeList, type Ranges, splitsCharacter, unionOfRanges } from "./ranges.ts"

/** Cuts text into terms, in the order of where they stand. */
export interface Tokenizer {
  analyze(text: string, sink: (term: string, start: number, end: number, position: number) => void): void
}

/** What is behind it has no marks. */
const MAX_ANALYZED_LENGTH = 999_999

/** The parts of a text to mark: terms that a predicate picks, and phrases where all of their words stand in their places. */
export function markedRanges(
  text: string,
  tokenizer: Tokenizer,
  isMarked: (term: string) => boolean,
  phrases: readonly (readonly PhraseWord[])[] = [],
): Ranges {
  const terms = new RangeList()
  const tokens = new TokenList(phrases)
  tokenizer.analyze(text.slice(0, MAX_ANALYZED_LENGTH), (term, start, end, position) => {
    if (isMarked(term)) addWhole(terms, text, start, end)
    tokens.add(term, start, end, position)
  })
  return unionOfRanges(terms.ranges, phraseRanges(text, tokens, phrases))
}

function phraseRanges(text: string, tokens: TokenList, phrases: readonly (readonly PhraseWord[])[]): Ranges {
  const marks = new Uint8Array(tokens.terms.length)
  for (const words of phrases) markPhrase(words, tokens, marks)
  const ranges = new RangeList()
  for (let token = 0; token < marks.length; token++) {
    if (marks[token] === 1) addWhole(ranges, text, tokens.starts[token] as number, tokens.ends[token] as number)
  }
  return ranges.ranges
}

/** A token that was cut for its length may begin or end within a character: that one is marked whole. */
function addWhole(ranges: RangeList, text: string, start: number, end: number): void {
  if (start === end) return
  ranges.add(splitsCharacter(text, start) ? start - 1 : start, splitsCharacter(text, end) ? end + 1 : end)
}

import { ASCII, asciiWordEnd, DIGIT, LETTER } from "./ascii-words.ts"
import type { Characters } from "./characters.ts"
import { CJK, NOTHING } from "./word-break.ts"
import { LONGEST_TOKEN, WordMatcher } from "./word-matcher.ts"

/** Told of each token: its part of the text, its position, and whether it is Han, Hiragana, Katakana or Hangul alone. */
type RangeSink = (start: number, end: number, position: number, isCjk: boolean) => void

/**
 * Cuts text into words by Unicode's report 29, as Lucene's StandardTokenizer does.
 *
 * The time is linear in the length of the text, whatever is in it.
 */
export function tokenizeWords(text: Characters, sink: RangeSink): void {
  const { length } = text
  let matcher: WordMatcher | undefined
  let position = 0
  let at = 0
  while (at < length) {
    const code = text.charCodeAt(at)
    const ascii = code < 128 ? ASCII[code] : undefined
    if (ascii === 0) {
      at++
      continue
    }
    if (ascii === LETTER || ascii === DIGIT) {
      const end = asciiWordEnd(text, at, Math.min(length, at + LONGEST_TOKEN))
      if (end > 0) {
        sink(at, end, position++, false)
        at = end
        continue
      }
    }
    matcher ??= new WordMatcher(text)
    const end = matcher.match(at)
    if (matcher.kind !== NOTHING) sink(at, end, position++, matcher.kind === CJK)
    at = end
  }
}

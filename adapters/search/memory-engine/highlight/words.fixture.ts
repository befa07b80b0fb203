import type { Tokenizer } from "./marked-ranges.ts"

/** Words in lower case, as they stand between blanks; "the" is dropped, and leaves a gap. */
export const words: Tokenizer = {
  analyze(text, sink) {
    let position = 0
    for (const { 0: word, index } of text.matchAll(/\S+/g)) {
      if (word !== "the") sink(word.toLowerCase(), index, index + word.length, position)
      position++
    }
  },
}

/** Pairs of characters, as `cjk` makes them: tokens that overlap. */
export const pairs: Tokenizer = {
  analyze(text, sink) {
    for (let at = 0; at + 2 <= text.length; at++) sink(text.slice(at, at + 2), at, at + 2, at)
  },
}

/** Pieces of three units, that may cut a character. */
export const pieces: Tokenizer = {
  analyze(text, sink) {
    for (let at = 0; at < text.length; at += 3) sink(text.slice(at, at + 3), at, Math.min(text.length, at + 3), at / 3)
  },
}

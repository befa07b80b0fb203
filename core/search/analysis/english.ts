import { stem } from "./porter.ts"

/** Lucene's stop words for English. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a an and are as at be but by for if in into is it no not of on or such " +
    "that the their then there these they this to was will with"
  ).split(" "),
)

const APOSTROPHES = "'’＇"

/** The stem of a lower-case word without 's, or nothing for a stop word. */
export function englishTerm(word: string): string | undefined {
  const owner = word.endsWith("s") && APOSTROPHES.includes(word.at(-2) ?? "-") ? word.slice(0, -2) : word
  return STOP_WORDS.has(owner) ? undefined : stem(owner)
}

import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { SeededRandom } from "../../testing/engine/random.ts"
import { pick } from "./pick.ts"

const LICENSE = join(import.meta.dirname, "..", "..", "LICENSE")

const STARTS = "b c d f g h k l m n p r s t v w y bl cr fl gr pl pr qu sc sh st str th tr wh".split(" ")
const MIDDLES = "a e i o u y ai ea ee ie oo ou".split(" ")
const ENDS = "b d f g l m n p r s t x z ck ft ll mb nd ng rm rt sk ss st tt zz".split(" ")
/** What the steps of Porter's stemmer look for, and some of it twice. */
const SUFFIXES = (
  "s es ies sses ss ed eed ied ing ings y ational tional enci anci izer izing bli alli entli eli ousli ization ation " +
  "ator alism iveness fulness ousness aliti iviti biliti logi icate ative alize iciti ical ful ness al ance ence er " +
  "ers ic able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e le ly 's ’s S'"
).split(" ")
const STOPPED =
  "a an and are as at be but by for if in into is it no not of on or such that the their then there".split(" ")

/** A third from sentences of the licence, two thirds made of words that look like English ones. */
export function englishTexts(count: number, random: SeededRandom): string[] {
  const sentences = sentencesOf(readFileSync(LICENSE, "utf8"))
  return Array.from({ length: count }, (_, index) => {
    if (index % 3 === 0) return sentences[(index / 3) % sentences.length] ?? ""
    return Array.from({ length: 3 + random.integer(8) }, () => word(random)).join(" ")
  }).filter((text) => text !== "")
}

function sentencesOf(text: string): string[] {
  return text
    .split(/[.;:]\s|\n\n/)
    .map((sentence) => sentence.replaceAll(/\s+/g, " ").trim().slice(0, 160))
    .filter((sentence) => sentence.length > 20)
}

function word(random: SeededRandom): string {
  const kind = random.integer(6)
  if (kind === 0) return pick(STOPPED, random)
  const stem = pick(STARTS, random) + pick(MIDDLES, random) + pick(ENDS, random)
  const longer = kind < 4 ? stem : stem + pick(MIDDLES, random) + pick(ENDS, random)
  const suffix = pick(SUFFIXES, random)
  return kind === 1 ? longer : longer + suffix + (kind === 5 ? pick(SUFFIXES, random) : "")
}

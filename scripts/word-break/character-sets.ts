import emoji from "@unicode/unicode-12.1.0/Binary_Property/Emoji/ranges.mjs"
import emojiModifier from "@unicode/unicode-12.1.0/Binary_Property/Emoji_Modifier/ranges.mjs"
import emojiModifierBase from "@unicode/unicode-12.1.0/Binary_Property/Emoji_Modifier_Base/ranges.mjs"
import extendedPictographic from "@unicode/unicode-12.1.0/Binary_Property/Extended_Pictographic/ranges.mjs"
import complexContext from "@unicode/unicode-12.1.0/Line_Break/Complex_Context/ranges.mjs"
import han from "@unicode/unicode-12.1.0/Script/Han/ranges.mjs"
import hangul from "@unicode/unicode-12.1.0/Script/Hangul/ranges.mjs"
import hiragana from "@unicode/unicode-12.1.0/Script/Hiragana/ranges.mjs"
import aLetter from "@unicode/unicode-12.1.0/Word_Break/ALetter/ranges.mjs"
import doubleQuote from "@unicode/unicode-12.1.0/Word_Break/Double_Quote/ranges.mjs"
import extend from "@unicode/unicode-12.1.0/Word_Break/Extend/ranges.mjs"
import extendNumLet from "@unicode/unicode-12.1.0/Word_Break/ExtendNumLet/ranges.mjs"
import format from "@unicode/unicode-12.1.0/Word_Break/Format/ranges.mjs"
import hebrewLetter from "@unicode/unicode-12.1.0/Word_Break/Hebrew_Letter/ranges.mjs"
import katakana from "@unicode/unicode-12.1.0/Word_Break/Katakana/ranges.mjs"
import midLetter from "@unicode/unicode-12.1.0/Word_Break/MidLetter/ranges.mjs"
import midNum from "@unicode/unicode-12.1.0/Word_Break/MidNum/ranges.mjs"
import midNumLet from "@unicode/unicode-12.1.0/Word_Break/MidNumLet/ranges.mjs"
import numeric from "@unicode/unicode-12.1.0/Word_Break/Numeric/ranges.mjs"
import regionalIndicator from "@unicode/unicode-12.1.0/Word_Break/Regional_Indicator/ranges.mjs"
import singleQuote from "@unicode/unicode-12.1.0/Word_Break/Single_Quote/ranges.mjs"
import zwj from "@unicode/unicode-12.1.0/Word_Break/ZWJ/ranges.mjs"

/** The version of Unicode whose properties Lucene 9.12 uses. */
export const UNICODE = "12.1"

type Ranges = readonly { begin: number; end: number }[]

/** For each code point 1 if it is in the set. */
export type CharacterSet = Uint8Array

const POINTS = 0x110000

/** The code points that are in any of the ranges. */
function setOf(...properties: Ranges[]): CharacterSet {
  const set = new Uint8Array(POINTS)
  for (const { begin, end } of properties.flat()) set.fill(1, begin, end)
  return set
}

const charactersOf = (text: string): Ranges =>
  Array.from(text, (character) => between(character.codePointAt(0) ?? 0, character.codePointAt(0) ?? 0))

/** The code points from one to another, both included. */
const between = (first: number, last: number) => ({ begin: first, end: last + 1 })

const both = (a: CharacterSet, b: CharacterSet): CharacterSet => a.map((has, point) => has & (b[point] ?? 0))
const either = (a: CharacterSet, b: CharacterSet): CharacterSet => a.map((has, point) => has | (b[point] ?? 0))
const without = (a: CharacterSet, b: CharacterSet): CharacterSet => a.map((has, point) => has & ~(b[point] ?? 0))

const keycapBases = charactersOf("0123456789#*")
/** These have the property Emoji, and are none where they stand alone. */
const notAlone = setOf(regionalIndicator, keycapBases, emojiModifier, charactersOf("©®™\u3030\u303D"))

const letters = setOf(aLetter, hebrewLetter)
const attached = setOf(extend, format, zwj)

/** The sets that the grammar names. A character may be in several. */
export const characterSets: Readonly<Record<string, CharacterSet>> = {
  Letter: letters,
  Hangul: both(letters, setOf(hangul)),
  Hebrew: setOf(hebrewLetter),
  Numeric: setOf(numeric),
  Katakana: setOf(katakana),
  MidLetter: setOf(midLetter, midNumLet, singleQuote),
  MidNum: setOf(midNum, midNumLet, singleQuote),
  ExtendNumLet: setOf(extendNumLet),
  SingleQuote: setOf(singleQuote),
  DoubleQuote: setOf(doubleQuote),
  Han: setOf(han),
  Hiragana: setOf(hiragana),
  SouthEastAsian: setOf(complexContext),
  Attached: attached,
  AttachedNoSelector: without(attached, setOf(charactersOf("\uFE0E\uFE0F"))),
  Zwj: setOf(zwj),
  RegionalIndicator: setOf(regionalIndicator),
  EmojiCharacter: either(setOf(extendedPictographic), without(setOf(emoji), notAlone)),
  ModifierBase: setOf(emojiModifierBase),
  Modifier: setOf(emojiModifier),
  EmojiSelector: setOf(charactersOf("\uFE0F")),
  KeycapBase: setOf(keycapBases),
  Keycap: setOf(charactersOf("\u20E3")),
  Tag: setOf([between(0xe0020, 0xe007e)]),
  TagEnd: setOf([between(0xe007f, 0xe007f)]),
}

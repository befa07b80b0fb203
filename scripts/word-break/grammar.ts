import { choice, one, optional, type Pattern, repeat, separated, sequence, some } from "./pattern.ts"

/** What a token is made of. `cjk` is what the analyzer of that name makes bigrams of. */
type TokenKind = "word" | "cjk"

/** WB4: what is attached to a character does not break. */
const attached = repeat(one("Attached"))
const withAttached = (set: string): Pattern => sequence(one(set), attached)

const letter = withAttached("Letter")
const hebrew = withAttached("Hebrew")
const digit = withAttached("Numeric")
const katakana = withAttached("Katakana")
const joiner = withAttached("ExtendNumLet")
const joiners = repeat(joiner)

// WB8, WB11, WB12, and joiners in between by WB13
const number = separated(digit, choice(joiners, withAttached("MidNum")))
// WB5 to WB7 in the same way
const letters = separated(letter, choice(joiners, withAttached("MidLetter")))
// WB7a to WB7c
const hebrewQuoted = sequence(
  hebrew,
  choice(withAttached("SingleQuote"), sequence(withAttached("DoubleQuote"), hebrew)),
)
// WB9, WB10, WB13
const run = choice(separated(katakana, joiners), some(choice(hebrewQuoted, number, letters)))

/** As Unicode's report 51 has emoji sequences. The two selectors of presentation are not among what is attached. */
const bare = repeat(one("AttachedNoSelector"))
const emojiWith = (set: string): Pattern => sequence(one(set), bare)
const zwj = one("Zwj")
const emojiElement = choice(
  sequence(repeat(zwj), emojiWith("EmojiCharacter"), optional(one("EmojiSelector"))),
  sequence(optional(sequence(repeat(zwj), emojiWith("ModifierBase"))), emojiWith("Modifier")),
)
const emoji = choice(
  sequence(emojiElement, choice(repeat(sequence(zwj, emojiElement)), sequence(some(one("Tag")), one("TagEnd")))),
  sequence(emojiWith("KeycapBase"), optional(one("EmojiSelector")), emojiWith("Keycap")),
  sequence(withAttached("RegionalIndicator"), withAttached("RegionalIndicator")),
)

/**
 * The tokens, as Lucene's StandardTokenizer has them.
 * The longest match is taken, and of equally long ones the first.
 */
export const grammar: readonly (readonly [TokenKind, Pattern])[] = [
  ["word", emoji],
  ["word", sequence(joiners, number, joiners)],
  ["cjk", some(withAttached("Hangul"))],
  ["cjk", some(katakana)],
  ["word", sequence(joiners, separated(run, some(joiner)), joiners)],
  ["word", some(withAttached("SouthEastAsian"))],
  ["cjk", withAttached("Han")],
  ["cjk", withAttached("Hiragana")],
]

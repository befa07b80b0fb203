import { mutants, seam } from "../mutant.ts"
import type { Token } from "../reference/analysis.ts"

type Piece = Omit<Token, "position">

function numbered(pieces: readonly Piece[]): Token[] {
  return pieces.map((piece, position) => ({ ...piece, position }))
}

/** What is found of a text, where a change of its characters keeps its length. */
function readAs(why: string, change: (text: string) => string, source?: string) {
  return seam.standardTokens(why, ({ next }, text) => next(change(text)), source)
}

/** Words at which something stands are cut there. */
function cutAt(why: string, pattern: RegExp, source?: string) {
  return readAs(why, (text) => text.replaceAll(pattern, (found) => " ".repeat(found.length)), source)
}

/** Words that match are several, or one, or none. */
function wordsBecome(why: string, change: (word: Token) => readonly Piece[], source?: string) {
  return seam.standardTokens(why, ({ next }, text) => numbered(next(text).flatMap(change)), source)
}

/** Each part of a word. */
function parts({ start, term }: Token, pattern: RegExp): Piece[] {
  return [...term.matchAll(pattern)].map(({ 0: part, index }) => {
    return { term: part, start: start + index, end: start + index + part.length }
  })
}

/** Words that stand side by side become one. */
function joined(words: readonly Token[], isPart: (term: string) => boolean): Token[] {
  const pieces: Piece[] = []
  for (const { end, start, term } of words) {
    const last = pieces.at(-1)
    const goesOn = last !== undefined && last.end === start && isPart(last.term) && isPart(term)
    if (goesOn) pieces[pieces.length - 1] = { term: last.term + term, start: last.start, end }
    else pieces.push({ term, start, end })
  }
  return numbered(pieces)
}

function joins(why: string, pattern: RegExp, source?: string) {
  return seam.standardTokens(why, ({ next }, text) => joined(next(text), (term) => pattern.test(term)), source)
}

/** Words by the dictionaries of ICU, where a script needs one. */
function byDictionary(script: RegExp) {
  const segmenter = new Intl.Segmenter("en", { granularity: "word" })
  return (words: readonly Token[]): Token[] => {
    const pieces = joined(words, (term) => script.test(term)).flatMap((word): Piece[] => {
      if (!script.test(word.term)) return [word]
      return [...segmenter.segment(word.term)].map(({ index, segment }) => {
        return { term: segment, start: word.start + index, end: word.start + index + segment.length }
      })
    })
    return numbered(pieces)
  }
}

const EMOJI = /\p{Extended_Pictographic}|\p{RI}|\u20e3/u
const HAN_OR_HIRAGANA = /^[\p{sc=Han}\p{sc=Hiragana}\u30fc]+$/u
const RUNS = /^[\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{M}]+$/u

export const tokensMutants = mutants({
  "SEARCH-TOKEN-01": {
    "words-cut-at-apostrophes": cutAt(
      "A search for don't finds every text that has don or t.",
      /(?<=\p{L})['’](?=\p{L})/gu,
      "MiniSearch, tokenize: words end at all punctuation",
    ),
    "apostrophes-left-out": wordsBecome("A search for its finds it’s.", (word) => [
      { ...word, term: word.term.replaceAll(/['’]/g, "") },
    ]),
    "numbers-cut-at-dots": cutAt("A search for a version finds all that share a digit with it.", /(?<=\d)[.](?=\d)/g),
    "numbers-cut-at-commas": cutAt("1,000 is found by 1.", /(?<=\d),(?=\d)/g),
    "words-cut-at-dots": cutAt(
      "A search for node.js finds every js.",
      /(?<=\p{L})\.(?=\p{L})/gu,
      "MiniSearch, tokenize: words end at all punctuation",
    ),
    "words-cut-at-colons": cutAt("key:value is found by its value here, and not there.", /(?<=\p{L}):(?=\p{L})/gu),
    "hyphens-join": readAs(
      "well-known is not found by well.",
      (text) => text.replaceAll(/(?<=\p{L})-(?=\p{L})/gu, "_"),
      "Orama, its English splitter: a hyphen is a part of a word",
    ),
    "blanks-alone-cut": seam.standardTokens(
      "A word before a comma is not found.",
      ({ self }, text) =>
        numbered(
          [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => {
            return { term: self.lowerCase(word), start: index, end: index + word.length }
          }),
        ),
      "lunr, tokenizer: text is cut at blanks and hyphens alone",
    ),
    "words-of-ascii-alone": readAs(
      "Texts in other alphabets are not found at all.",
      (text) => text.replaceAll(/[^\0-\x7f]/g, " "),
      "lunr, trimmer: \\W takes away letters outside of ASCII",
    ),
    "words-of-latin-and-cyrillic-alone": readAs("Hebrew texts are not found at all.", (text) =>
      text.replaceAll(/\p{sc=Hebrew}/gu, " "),
    ),
    "words-end-at-marks": cutAt(
      "A word with a composed accent is two.",
      /\p{M}/gu,
      "regular expressions of \\p{L} alone",
    ),
    "one-letter-is-no-word": wordsBecome("C is not found.", (word) => (word.term.length > 1 ? [word] : [])),
    "letters-and-digits-part": wordsBecome(
      "3rd is found by 3.",
      (word) => (/\p{Sc}|[.,]/u.test(word.term) ? [word] : parts(word, /\p{L}+|\p{N}+|[^\p{L}\p{N}]+/gu)),
      "Lucene, word_delimiter: words are cut between letters and digits",
    ),
    "standard-has-stop-words": seam.standardTokens(
      "A search for the group The The finds nothing.",
      ({ next, self }, text) => numbered(next(text).filter(({ term }) => !self.isStopWord(term))),
      "Elasticsearch before 1.0, standard: English stop words were left out",
    ),
    "numbers-are-no-words": wordsBecome("A year is not found.", (word) => (/^[\d.,]+$/.test(word.term) ? [] : [word])),
  },
  "SEARCH-TOKEN-02": {
    "runs-of-han-are-words": joins(
      "A Chinese text is found by whole sentences alone.",
      HAN_OR_HIRAGANA,
      "MiniSearch, Orama, FlexSearch: what stands between blanks is a word",
    ),
    "han-by-a-dictionary": seam.standardTokens(
      "A Japanese word is found in one version of Node and not in another.",
      ({ next }, text) => byDictionary(HAN_OR_HIRAGANA)(next(text)),
      "Intl.Segmenter: Chinese and Japanese are cut by a dictionary of ICU",
    ),
    "katakana-letter-by-letter": wordsBecome("A loan word finds every text that shares a letter with it.", (word) =>
      /^[\p{sc=Katakana}ー]+$/u.test(word.term) ? parts(word, /./gu) : [word],
    ),
    "katakana-ends-at-its-long-mark": cutAt(
      "A loan word with a long vowel is two.",
      /(?<=\p{sc=Katakana})ー/gu,
      "\\p{sc=Katakana}: the long mark belongs to several scripts",
    ),
    "hangul-and-digits-part": wordsBecome("A Korean word with a number is found by its number.", (word) =>
      /\p{sc=Hangul}/u.test(word.term) ? parts(word, /\p{sc=Hangul}+|\P{sc=Hangul}+/gu) : [word],
    ),
    "hangul-syllable-by-syllable": wordsBecome("A Korean word finds every text that shares a syllable.", (word) =>
      /^\p{sc=Hangul}+$/u.test(word.term) ? parts(word, /./gu) : [word],
    ),
    "han-and-latin-join": joins("A product name within a Chinese text is not found.", /^[\p{sc=Han}a-z]+$/u),
    "hiragana-joins": joins("A Japanese text is found by whole runs alone.", /^\p{sc=Hiragana}+$/u),
  },
  "SEARCH-TOKEN-03": {
    "thai-by-a-dictionary": seam.standardTokens(
      "A Thai word is found in one version of Node and not in another.",
      ({ next }, text) => byDictionary(RUNS)(next(text)),
      "Intl.Segmenter, and Lucene's ICU tokenizer: Thai is cut by a dictionary",
    ),
    "thai-ends-at-vowels": cutAt(
      "A Thai word is two where a vowel stands above its letter.",
      /(?<=\p{sc=Thai})\p{M}/gu,
      "regular expressions of \\p{L} alone: vowels of Thai are marks",
    ),
    "lao-letter-by-letter": wordsBecome("A Lao word finds every text that shares a letter.", (word) =>
      /\p{sc=Lao}/u.test(word.term) ? parts(word, /./gu) : [word],
    ),
    "khmer-letter-by-letter": wordsBecome("A Khmer word finds every text that shares a letter.", (word) =>
      /\p{sc=Khmer}/u.test(word.term) ? parts(word, /\P{M}\p{M}*/gu) : [word],
    ),
    "myanmar-is-left-out": readAs("Texts in Burmese are not found at all.", (text) =>
      text.replaceAll(/\p{sc=Myanmar}/gu, " "),
    ),
  },
  "SEARCH-TOKEN-04": {
    "emoji-are-no-words": wordsBecome(
      "A message of one emoji is not found.",
      (word) => (EMOJI.test(word.term) ? [] : [word]),
      "Intl.Segmenter, isWordLike: an emoji is none",
    ),
    "tones-of-emoji-left-out": wordsBecome("A thumb is found by another one.", (word) => [
      { ...word, term: word.term.replaceAll(/\p{Emoji_Modifier}/gu, "") },
    ]),
    "joined-emoji-are-several": wordsBecome("A family is found by a woman.", (word) =>
      word.term.includes("\u200d") ? parts(word, /[^\u200d]+/gu) : [word],
    ),
    "flags-run-together": joins("A flag beside another one is not found.", /^\p{RI}+$/u),
    "flags-are-letters": wordsBecome("A flag is found by every flag that shares a letter.", (word) =>
      /^\p{RI}{2}$/u.test(word.term) ? parts(word, /\p{RI}/gu) : [word],
    ),
    "keycaps-are-digits": wordsBecome("A keycap is found by every number.", (word) =>
      word.term.endsWith("\u20e3") ? parts(word, /^\d/g) : [word],
    ),
    "emoji-run-together": joins("Two emoji in a row are found by both alone.", /^\p{Emoji_Presentation}+$/u),
  },
  "SEARCH-TOKEN-05": {
    "words-cut-at-underscores": readAs(
      "foo_bar is found by bar here, and not there.",
      (text) => text.replaceAll(/(?<=\w)_+(?=\w)/g, (found) => " ".repeat(found.length)),
      "MiniSearch, tokenize: an underscore is punctuation, \\p{Pc}",
    ),
    "underscores-are-a-word": seam.standardTokens(
      "A line of underscores is found by another one.",
      ({ next }, text) => {
        const lines = [...text.matchAll(/(?<!\w)_+(?!\w)/g)].map(({ 0: term, index }) => {
          return { term, start: index, end: index + term.length }
        })
        return numbered([...next(text), ...lines].toSorted((one, other) => one.start - other.start))
      },
      "regular expressions of \\w: an underscore is a letter",
    ),
    "underscores-left-out": wordsBecome("foobar finds foo_bar.", (word) => [
      { ...word, term: word.term.replaceAll("_", "") || "_" },
    ]),
    "snake-case-has-its-parts-too": seam.standardTokens(
      "A part of a name is found here, and not there.",
      ({ next }, text) =>
        next(text).flatMap((word) =>
          [word, ...parts(word, /[a-z]+(?=_)/g)].map((piece) => ({ ...piece, position: word.position })),
        ),
      "Lucene, word_delimiter_graph with preserve_original",
    ),
  },
  "SEARCH-TOKEN-06": {
    "case-by-the-whole-word": seam.lowerCase(
      "A Greek word in capitals is not the same in small letters.",
      (_, text) => text.toLowerCase(),
      "String.prototype.toLowerCase: a sigma at the end of a word is ς, and İ is two code points",
    ),
    "dotted-i-keeps-its-dot": seam.lowerCase(
      "A city of Turkey is not found.",
      (_, text) => Array.from(text, (letter) => letter.toLowerCase()).join(""),
      "String.prototype.toLowerCase: İ is i with a dot above",
    ),
    "case-of-turkey": seam.lowerCase(
      "On a machine in Turkey TITLE is not found by title.",
      (_, text) => text.toLocaleLowerCase("tr"),
      "Java, toLowerCase() without a locale: it goes by that of the machine",
    ),
    "case-folded": seam.lowerCase("Straße is found by strasse here, and not there.", ({ next }, text) =>
      next(text).replaceAll("ß", "ss"),
    ),
    "case-of-ascii-alone": seam.lowerCase(
      "École is not found by école.",
      (_, text) => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
      "SQLite, lower(): letters of ASCII alone",
    ),
    "accents-left-out-by-standard": seam.lowerCase("A search for résumé finds what is resumed.", ({ next }, text) =>
      next(text).normalize("NFD").replaceAll(/\p{M}/gu, ""),
    ),
    "case-kept": seam.lowerCase("A word at the beginning of a sentence is not found.", (_, text) => text),
  },
  "SEARCH-TOKEN-07": {
    "long-words-whole": seam.cut("A long word is found here, and not there.", (_, term, start) => [
      { term, start, end: start + term.length },
    ]),
    "long-words-left-out": seam.cut(
      "A text with one long word is not found by it.",
      ({ next }, word, start) => (word.length > 255 ? [] : next(word, start)),
      "Lucene, ClassicTokenizer: a word that is too long is left out",
    ),
    "ends-of-long-words-left-out": seam.cut(
      "What stands behind 255 characters is not found.",
      ({ next }, word, start) => next(word, start).slice(0, 1),
    ),
    "words-cut-at-bytes": seam.cut("A long word of an alphabet with accents is cut elsewhere.", (_, word, start) => {
      const wide = /[^\0-\x7f]/.test(word) ? 127 : 255
      return Array.from({ length: Math.ceil(word.length / wide) }, (_each, at) => {
        const term = word.slice(at * wide, (at + 1) * wide)
        return { term, start: start + at * wide, end: start + at * wide + term.length }
      })
    }),
    "words-cut-at-100": seam.cut("A long word is found by its first 100 characters.", ({ next }, word, start) =>
      word.length > 100
        ? [...next(word.slice(0, 100), start), ...next(word.slice(100), start + 100)]
        : next(word, start),
    ),
  },
  "SEARCH-TOKEN-08": {
    "folding-does-nothing": seam.fold("A user who leaves accents out finds nothing.", (_, term) => term),
    "letters-without-a-mark-kept": seam.fold(
      "Łódź is not found by lodz, nor straße by strasse.",
      (_, term) => term.replaceAll(/\p{sc=Latin}/gu, (letter) => letter.normalize("NFKD").replaceAll(/\p{M}/gu, "")),
      "normalize('NFD') and \\p{M}: ł, ø, æ and ß are letters of their own",
    ),
    "every-script-folded": seam.fold(
      "A Russian word is found by another one.",
      ({ next }, term) => next(term).normalize("NFD").replaceAll(/\p{M}/gu, "").normalize("NFC"),
      "Lucene, ICUFoldingFilter: й is и",
    ),
    "accented-letters-left-out": seam.fold("résumé is found by rsum alone.", (_, term) =>
      term.replaceAll(/[^\0-\x7f](?<=\p{sc=Latin})/gu, ""),
    ),
    "ligatures-cut": seam.fold("aero does not find ærø.", ({ next }, term) => next(term.replaceAll("æ", "a"))),
    "umlauts-spelt-out": seam.fold(
      "A Swedish name is found by the spelling of Germans alone.",
      ({ next }, term) => next(term.replaceAll("å", "ae")),
      "Lucene, GermanNormalizationFilter: ae is ä",
    ),
  },
  "SEARCH-TOKEN-09": {
    "english-without-stems": seam.stem("run does not find running.", (_, word) => word.replace(/['’]s$/u, "")),
    "english-with-stop-words": seam.isStopWord("A question of the finds every text.", () => false),
    "possessives-kept": seam.stem("dog does not find the dog's.", ({ next }, word) =>
      /['’]s$/u.test(word) ? word : next(word),
    ),
    "plurals-alone": seam.stem(
      "cache does not find caching.",
      (_, word) =>
        word
          .replace(/['’]s$/u, "")
          .replace(/ies$/, "y")
          .replace(/(?<!s)s$/, ""),
      "Elasticsearch, stemmer minimal_english: plurals alone",
    ),
    "stems-of-four-letters": seam.stem("cat finds category, and run finds runnel.", ({ next }, word) =>
      next(word).slice(0, 3),
    ),
    "doubled-letters-stay": seam.stem("run does not find running.", ({ next }, word) =>
      word.endsWith("nning") ? word.slice(0, -3) : next(word),
    ),
    "endings-of-nouns-stay": seam.stem("organize does not find organization.", ({ next }, word) =>
      /ization(?:s|)$/.test(word) ? word.replace(/s$/, "") : next(word),
    ),
    "y-stays-y": seam.stem("city does not find cities.", ({ next }, word) => (word.endsWith("y") ? word : next(word))),
  },
  "SEARCH-TOKEN-10": {
    "cjk-in-single-characters": seam.pairsOf(
      "A Japanese word finds every text that shares a character.",
      ({ self }, tokens) =>
        numbered(
          tokens.flatMap((token) => {
            const term = self.narrow(token.term)
            const isPlain = /^[\0-\x7f]+$/.test(term) || term.length !== token.term.length
            return isPlain ? [{ ...token, term }] : parts({ ...token, term }, /./gu)
          }),
        ),
    ),
    "cjk-does-not-pair-hangul": seam.pairsOf("A part of a Korean word is not found.", ({ next }, tokens) =>
      tokens.some(({ term }) => /\p{sc=Hangul}/u.test(term)) ? [...tokens] : next(tokens),
    ),
    "cjk-pairs-over-blanks": seam.pairsOf("Two words make a third one.", ({ next }, tokens) =>
      next(
        tokens.map((token, at) => {
          const isLone = [...token.term].length === 1 && tokens.every(({ term }) => [...term].length === 1)
          return isLone ? { ...token, start: at, end: at + 1 } : token
        }),
      ),
    ),
    "cjk-does-not-widen-kana": seam.narrow("A word in half width is not found.", ({ next }, term) =>
      /[\uff61-\uff9f]/.test(term) ? term : next(term),
    ),
    "cjk-does-not-narrow-latin": seam.narrow("A word in full width is not found.", ({ next }, term) =>
      /[\uff21-\uff5a]/.test(term) ? term : next(term),
    ),
    "cjk-leaves-single-characters-out": seam.pairsOf("A text of one character is not found.", ({ next }, tokens) =>
      next(tokens).filter(({ term }) => term.length > 1),
    ),
    "cjk-leaves-latin-out": seam.pairsOf("A product name in a Japanese text is not found.", ({ next }, tokens) =>
      next(tokens).filter(({ term }) => !/^[a-z]+$/.test(term)),
    ),
  },
  "SEARCH-TOKEN-11": {
    "keywords-without-case": seam.tokensOf("A code is found by another one.", ({ next }, analyzer, text) =>
      next(analyzer, analyzer === "keyword" ? text.toLowerCase() : text),
    ),
    "keywords-trimmed": seam.tokensOf("A label with a blank is found by the one without.", ({ next }, analyzer, text) =>
      next(analyzer, analyzer === "keyword" ? text.trim() : text),
    ),
    "keywords-cut-into-words": seam.tokensOf("A label is found by a part of it.", ({ next, self }, analyzer, text) =>
      analyzer === "keyword"
        ? self.standardTokens(text).map((token) => ({ ...token, term: text.slice(token.start, token.end) }))
        : next(analyzer, text),
    ),
    "keywords-not-found-by-the-whole-query": seam.ownWords(
      "A label of two words is never found.",
      ({ next }, q, token, analyzer) =>
        analyzer === "keyword" ? [q.slice(token.start, token.end)] : next(q, token, analyzer),
      "Elasticsearch, query_string: a text is cut at its blanks before a field is asked",
    ),
    "keywords-found-by-the-whole-query-alone": seam.ownWords(
      "A label among other words of a question is not found.",
      ({ next }, q, token, analyzer) => (analyzer === "keyword" ? [q.trim()] : next(q, token, analyzer)),
      "Elasticsearch, multi_match: a keyword field is compared with the whole text",
    ),
  },
})

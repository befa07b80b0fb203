import type { Checks } from "../../engine/checks.ts"
import { clause, define, fill, finds, hasAnalyzer, type SearchClient, type SearchWorld, texts } from "../clause.ts"

/** A text, words that it has, and words that it does not have. */
type Tokens = readonly [text: string, words: readonly string[], others: readonly string[]]

/** Each text is found by its words, alone and all together, and not by others. */
async function areWords(t: Checks, search: SearchClient, world: SearchWorld, table: readonly Tokens[]): Promise<void> {
  const objects = table.map(([text], at) => [`text${at}`, text] as const)
  await fill(search, world, texts(Object.fromEntries(objects)))
  for (const [at, [text, words, others]] of table.entries()) {
    const where = { field: "t", op: "eq", value: text } as const
    for (const q of words) await finds(t, search, { q, where }, [`text${at}`], `${show(q)} in ${show(text)}`)
    await finds(t, search, { q: text, where, operator: "and" }, [`text${at}`], `all of ${show(text)}`)
    for (const q of others) await finds(t, search, { q, where }, [], `${show(q)}, no word of ${show(text)}`)
  }
}

function show(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}

/** The texts are found by these words, in a field of the analyzer, and not by others. */
async function areWordsOf(
  t: Checks,
  search: SearchClient,
  world: SearchWorld,
  analyzer: "folding" | "english" | "cjk" | "keyword",
  table: readonly Tokens[],
): Promise<void> {
  if (await hasAnalyzer(t, search, world, analyzer)) await areWords(t, search, world, table)
}

/** SEARCH-TOKEN: how text becomes words. The words are those of Lucene 9.12. */
export const tokensClauses = [
  clause("SEARCH-TOKEN-01", {
    why: "A version, a contraction or an address is found in one engine and not in the other.",
    fix: "Cut text by the rules of Unicode for words, UAX 29, as Lucene's standard tokenizer does.",
    needs: ["analyzers"],
    check: (t, search, world) =>
      areWords(t, search, world, [
        [
          "Don't stop, it’s O'Neil's",
          ["don't", "DON'T", "it’s", "o'neil's", "stop"],
          ["don", "dont", "t", "it", "neil", "s"],
        ],
        ["pi is 3.14, or 1,000.5", ["3.14", "1,000.5", "pi"], ["3", "14", "1", "000", "000.5"]],
        ["v1.2.3 of key:value", ["v1.2.3", "key:value", "of"], ["key", "value", "v1", "2.3"]],
        ["e.g. U.S.A. (example.com)", ["e.g", "u.s.a", "example.com"], ["e", "example", "com"]],
        ["well-known C++ and C#, user@host", ["well", "known", "c", "user", "host"], ["well_known", "user.host"]],
        ["node.js 3rd 2x", ["node.js", "3rd", "2x"], ["node", "js", "3", "x"]],
        ["“quoted” 'single' a.. .b", ["quoted", "single", "a", "b"], ["'single'x", "a.b"]],
        ["Прівет мир, ключ-значение", ["прівет", "мир", "ключ", "значение"], ["при"]],
        ["שלום עולם", ["שלום", "עולם"], ["שלו"]],
        ["café cafe\u0301s", ["café", "cafe\u0301s"], ["cafe", "cafes"]],
      ]),
  }),
  clause("SEARCH-TOKEN-02", {
    why: "Chinese and Japanese have no blanks: a dictionary finds other words in each engine.",
    fix: "Make a word of each Han and Hiragana character, and leave Katakana and Hangul whole.",
    needs: ["analyzers"],
    check: (t, search, world) =>
      areWords(t, search, world, [
        ["東京都に住む", ["東", "京", "都", "に", "住", "む"], ["大"]],
        ["カタカナとひらがな", ["カタカナ", "と", "ひ", "な"], ["カタ", "カ"]],
        ["データベース", ["データベース"], ["データ"]],
        ["한국어 버전2 테스트abc", ["한국어", "버전2", "테스트abc"], ["한국", "버전", "2", "abc"]],
        ["搜索engine引擎", ["搜", "索", "engine", "引", "擎"], ["gine"]],
      ]),
  }),
  clause("SEARCH-TOKEN-03", {
    why: "A dictionary of Thai words is another one in each engine, and in each version.",
    fix: "Leave a run of such a script whole.",
    needs: ["analyzers"],
    check: (t, search, world) =>
      areWords(t, search, world, [
        ["ภาษาไทย สวัสดี", ["ภาษาไทย", "สวัสดี"], ["ภาษา", "ไทย", "สว"]],
        ["ພາສາລາວ", ["ພາສາລາວ"], ["ພາສາ"]],
        ["ភាសាខ្មែរ", ["ភាសាខ្មែរ"], ["ភាសា"]],
        ["မြန်မာဘာသာ", ["မြန်မာဘာသာ"], ["မြန်မာ"]],
      ]),
  }),
  clause("SEARCH-TOKEN-04", {
    why: "Messages that are one emoji are found by none, or by a part of it.",
    fix: "Take an emoji with its modifiers, joiners and variation selectors for one word.",
    needs: ["analyzers"],
    check: (t, search, world) =>
      areWords(t, search, world, [
        ["great 👍 job", ["👍", "great", "job"], ["👎"]],
        ["👩‍👩‍👧 family", ["👩‍👩‍👧", "family"], ["👩", "👧", "👩‍👩"]],
        ["👍🏽 tone", ["👍🏽", "tone"], ["👍", "👍🏿"]],
        ["🇩🇪🇫🇷 flags", ["🇩🇪", "🇫🇷"], ["🇪🇫", "🇩🇫"]],
        ["press 1️⃣ or #️⃣", ["1️⃣", "#️⃣", "press"], ["2️⃣", "1"]],
        ["❤️ and 😀😀", ["❤️", "😀"], ["💔"]],
      ]),
  }),
  clause("SEARCH-TOKEN-05", {
    why: "A name such as foo_bar is found by its parts in one engine, and __ is a word in another.",
    fix: "Let an underscore join what stands beside it, and drop words of underscores alone.",
    needs: ["analyzers"],
    check: (t, search, world) =>
      areWords(t, search, world, [
        ["foo_bar and a_1", ["foo_bar", "a_1", "and"], ["foo", "bar", "a", "1", "foobar"]],
        ["x __ y _ z ___", ["x", "y", "z"], ["_", "__", "___"]],
        ["snake_case_name", ["snake_case_name"], ["snake", "case", "snake_case"]],
      ]),
  }),
  clause("SEARCH-TOKEN-06", {
    why: "A lower case that looks at neighbours, or at the language, makes another word of the same letters.",
    fix: "Lower each code point by itself; only İ is not what toLowerCase makes of it: it is i.",
    needs: ["analyzers"],
    check: (t, search, world) =>
      areWords(t, search, world, [
        ["İstanbul ISPARTA", ["istanbul", "isparta", "İSTANBUL", "Isparta"], ["i\u0307stanbul", "ısparta"]],
        ["ΟΔΟΣ", ["οδοσ", "ΟΔΟΣ", "Οδοσ"], ["οδος"]],
        ["Straße GROSS", ["straße", "gross"], ["strasse", "groß"]],
        ["ÉCOLE ŒUVRE Ǆ", ["école", "œuvre", "ǆ"], ["ecole"]],
      ]),
  }),
  clause("SEARCH-TOKEN-07", {
    why: "A long word is found in one engine, and refused or cut in another.",
    fix: "Cut a word behind each 255 UTF-16 units, and take the rest for further words.",
    needs: ["analyzers"],
    check: (t, search, world) =>
      areWords(t, search, world, [
        [`${"a".repeat(255)}bcd end`, ["a".repeat(255), "bcd", "end"], [`${"a".repeat(254)}`, "abcd"]],
        ["é".repeat(600), ["é".repeat(255), "é".repeat(90)], ["é".repeat(89), "é".repeat(254)]],
        [`${"x".repeat(250)} y`, ["x".repeat(250), "y"], ["x".repeat(249)]],
      ]),
  }),
  clause("SEARCH-TOKEN-08", {
    why: "Users leave accents out; but other alphabets have letters that only look accented.",
    fix: "Fold what ASCIIFoldingFilter of Lucene folds, in documents and queries.",
    needs: ["indexing", "analyzers"],
    check: (t, search, world) =>
      areWordsOf(t, search, world, "folding", [
        ["Résumé naïve Ångström", ["resume", "résumé", "naive", "angstrom", "RESUMÉ"], ["rsum", "angstroem"]],
        ["Straße Ærø Łódź", ["strasse", "straße", "aero", "lodz", "łódź"], ["strase", "ødz"]],
        ["йод ёлка", ["йод", "ёлка"], ["иод", "елка"]],
        ["don't 3.14 foo_bar", ["don't", "3.14", "foo_bar"], ["foo"]],
      ]),
  }),
  clause("SEARCH-TOKEN-09", {
    why: "Users type run and mean running, and the shows nothing that they want.",
    fix: "Drop possessives, Lucene's 33 stop words, and endings by Porter's rules, in documents and queries.",
    needs: ["indexing", "analyzers"],
    check: (t, search, world) =>
      areWordsOf(t, search, world, "english", [
        ["The runner is running", ["run", "runs", "running", "runner"], ["runn", "the is", "a"]],
        ["Organizations of cities", ["organization", "organize", "organ", "city", "cities"], ["of"]],
        ["Caching the dog's caches", ["cache", "caches", "cached", "dog", "dogs", "dog's"], ["the", "cat"]],
      ]),
  }),
  clause("SEARCH-TOKEN-10", {
    why: "A word of two characters finds every text that has both of them anywhere.",
    fix: "Make a word of each two neighbours, and of one that has no neighbour; narrow what is wide, and widen half Katakana.",
    needs: ["indexing", "analyzers"],
    check: (t, search, world) =>
      areWordsOf(t, search, world, "cjk", [
        ["東京都", ["東京", "京都"], ["東都", "大京"]],
        ["한국어 검색", ["한국", "국어", "검색"], ["한어", "어검"]],
        ["日 本", ["日", "本"], ["日本"]],
        ["ｶﾀｶﾅ Ｗｉｄｅ", ["カタ", "ﾀｶ", "タカナ", "wide", "ｗｉｄｅ"], ["タタ"]],
        ["search 検索 engine", ["search", "engine", "検索"], ["索検"]],
      ]),
  }),
  clause("SEARCH-TOKEN-11", {
    why: "Codes and labels are compared as a whole, with every character.",
    fix: "Take the whole text for one word, and the whole q for one as well as each of its words.",
    needs: ["indexing", "analyzers"],
    async check(t, search, world) {
      if (!(await hasAnalyzer(t, search, world, "keyword"))) return
      await define(search, { k: { type: "keyword" } })
      await fill(search, world, {
        a: { t: "New York", k: "x" },
        b: { t: "York", k: "New York" },
        c: { t: "new york", k: "York-1" },
        d: { t: "", k: " York" },
      })
      await finds(t, search, { q: "New York", fields: ["t"] }, ["a", "b"], "a text of analyzer keyword")
      await finds(t, search, { q: "New York", fields: ["k"] }, ["b"], "a keyword")
      await finds(t, search, { q: "york", fields: ["t", "k"] }, [], "another case")
      await finds(t, search, { q: "York-1", fields: ["k"] }, ["c"], "a keyword with a mark")
    },
  }),
]

import { describe, expect, it } from "vitest"
import type { FieldDefinition, SearchQuery } from "../../contracts/search/search.ts"
import { fieldOf } from "./fields.ts"
import type { FieldTerm } from "./plan.ts"
import { planWords } from "./plan-words.ts"

const TEXT: FieldDefinition = { type: "text" }
const ENGLISH: FieldDefinition = { type: "text", analyzer: "english" }

function planOf(
  query: Omit<SearchQuery, "object">,
  fields: Record<string, FieldDefinition>,
  synonyms: string[][] = [],
) {
  const searched = Object.entries(fields).map(([path, definition]) => {
    const field = fieldOf(path, definition)
    return { field, boost: field.boost }
  })
  return planWords({ object: "a", ...query }, searched, synonyms)
}

/** `field:word word` for each alternative. */
function shown(fields: readonly FieldTerm[]): string[] {
  return fields.flatMap(({ alternatives, field }) =>
    alternatives.map((words) => `${field.path}:${words.map(({ term }) => term).join(" ")}`),
  )
}

const termsOf = (...args: Parameters<typeof planOf>) => planOf(...args).terms.map(({ fields }) => shown(fields))

describe("planWords", () => {
  it("matches all where q is blank, and none where it has no word", () => {
    expect(planOf({}, { t: TEXT }).match).toBe("all")
    expect(planOf({ q: " \n" }, { t: TEXT }).match).toBe("all")
    expect(planOf({ q: "!!! --" }, { t: TEXT }).match).toBe("none")
    expect(planOf({ q: "the" }, { t: ENGLISH }).match).toBe("none")
  })

  it("takes each word once, as each field's analyzer makes it", () => {
    expect(termsOf({ q: "The Running dogs, running" }, { t: TEXT, e: ENGLISH })).toEqual([
      ["t:the"],
      ["t:running", "e:run"],
      ["t:dogs", "e:dog"],
    ])
  })

  it("counts a word as often as the query says it", () => {
    const { terms } = planOf({ q: "cat dog Cat" }, { t: { ...TEXT, boost: 3 } })
    expect(terms.map(({ fields: [field] }) => field?.boost)).toEqual([6, 3])
  })

  it("takes a word of a field without words as it is written, and the whole text", () => {
    expect(termsOf({ q: "New York" }, { t: TEXT, k: { type: "keyword" } })).toEqual([
      ["t:new", "k:New", "k:New York"],
      ["t:york", "k:York", "k:New York"],
    ])
  })

  it("takes pairs of characters that begin with a character, else those that end with it", () => {
    expect(termsOf({ q: "日本語" }, { c: { type: "text", analyzer: "cjk" } })).toEqual([
      ["c:日本"],
      ["c:本語"],
      ["c:本語"],
    ])
  })

  it("keeps two words that are one to some analyzers apart where they differ to another", () => {
    const fields: Record<string, FieldDefinition> = { c: { type: "text", analyzer: "cjk" } }
    expect(termsOf({ q: "日本 日曜" }, fields)).toEqual([["c:日本"], ["c:日本"], ["c:日曜"], ["c:日曜"]])
  })

  it("expands by prefix and by edits over the plain form, stop words too", () => {
    const { terms } = planOf({ q: "The running", prefix: "last", fuzzy: "auto" }, { e: ENGLISH })
    expect(terms.map(({ fields: [field] }) => [field?.alternatives.length, field?.expansion])).toEqual([
      [0, { word: "the", prefix: false, edits: 1, limit: 50 }],
      [1, { word: "running", prefix: true, edits: 2, limit: 50 }],
    ])
  })

  it.each([
    ["ab", "auto", undefined],
    ["𝒜𝒷", "auto", undefined],
    ["abc", "auto", 1],
    ["abcdef", "auto", 2],
    ["a", 2, 2],
  ] as const)("allows %s, fuzzy %s, %s edits", (q, fuzzy, edits) => {
    expect(planOf({ q, fuzzy }, { t: TEXT }).terms[0]?.fields[0]?.expansion?.edits).toBe(edits)
  })

  it("plans a phrase of each field, with the gaps that stop words leave", () => {
    const { match, phrases } = planOf({ q: "Lord of the Rings", phrase: true }, { t: TEXT, e: ENGLISH })
    expect(match).toBe("phrase")
    expect(phrases.map(({ words }) => words.map(({ position, term }) => `${term}@${position}`).join(" "))).toEqual([
      "lord@0 of@1 the@2 rings@3",
      "lord@0 ring@3",
    ])
  })

  it("puts synonyms beside a word, and phrases that have synonyms as one", () => {
    const synonyms = [["laptop", "notebook", "portable computer"]]
    expect(termsOf({ q: "Laptop bag" }, { t: TEXT }, synonyms)).toEqual([
      ["t:laptop", "t:notebook", "t:portable computer"],
      ["t:bag"],
    ])
    expect(termsOf({ q: "portable computer bag" }, { t: TEXT }, synonyms)).toEqual([
      ["t:laptop", "t:notebook", "t:portable computer"],
      ["t:bag"],
    ])
  })

  it("takes the longest phrase that has synonyms, and looks at no word twice for the others", () => {
    const synonyms = [
      ["a", "one"],
      ["a b c", "three"],
    ]
    expect(termsOf({ q: "a b d" }, { t: TEXT }, synonyms)).toEqual([["t:a", "t:one"], ["t:b"], ["t:d"]])
    expect(termsOf({ q: "a b c" }, { t: TEXT }, synonyms)).toEqual([["t:a b c", "t:three"]])
    const words = Array.from({ length: 25_000 }, (_, index) => `w${index}`).join(" ")
    const long = [[Array.from({ length: 127 }, () => "a").join(" "), "b"]]
    expect(planOf({ q: words }, { t: TEXT }, long).truncated).toBe(true)
  })

  describe("over the budget", () => {
    const fieldsOf = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, TEXT]))
    const wordsOf = (count: number) => Array.from({ length: count }, (_, index) => `word${index}`).join(" ")
    const sizeOf = (query: Omit<SearchQuery, "object">, fields: number) => {
      const { terms, truncated } = planOf(query, fieldsOf(fields))
      const expansion = terms[0]?.fields[0]?.expansion
      return [terms.length, terms[0]?.fields.length, expansion?.limit, expansion?.prefix, truncated]
    }

    it.each([
      ["fits", { q: wordsOf(10), fuzzy: "auto" }, 1, [10, 1, 50, false, false]],
      ["has fewer expansions", { q: wordsOf(11), fuzzy: "auto" }, 1, [11, 1, 10, false, true]],
      ["has no expansions, and prefix", { q: wordsOf(100), fuzzy: "auto", prefix: true }, 1, [100, 1, 0, true, true]],
      ["has no prefix", { q: wordsOf(600), prefix: true }, 1, [600, 1, undefined, undefined, true]],
      ["has 256 words", { q: wordsOf(1025) }, 1, [256, 1, undefined, undefined, true]],
      ["has the first words", { q: wordsOf(256) }, 8, [128, 8, undefined, undefined, true]],
      ["fits without expansions", { q: wordsOf(1024) }, 1, [1024, 1, undefined, undefined, false]],
    ] as const)("%s", (_, query, fields, size) => {
      expect(sizeOf(query, fields)).toEqual(size)
    })

    it("has the first synonyms of a word in many groups", () => {
      const groups = Array.from({ length: 1000 }, (_, index) => ["x", `word${index}`, `other${index}`])
      const { terms, truncated } = planOf({ q: "x" }, { t: TEXT }, groups)
      expect([terms[0]?.fields[0]?.alternatives.length, truncated]).toEqual([683, true])
    })

    it("takes 50,000 words of 100 kB", () => {
      expect(planOf({ q: wordsOf(50_000), fuzzy: 2, prefix: true }, fieldsOf(8)).truncated).toBe(true)
      expect(planOf({ q: "w ".repeat(50_000), fuzzy: 2 }, fieldsOf(8)).terms).toHaveLength(1)
    })
  })
})

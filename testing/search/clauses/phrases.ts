import { clause, fill, finds, hasAnalyzer, texts } from "../clause.ts"

/** SEARCH-PHRASE: words side by side. */
export const phrasesClauses = [
  clause("SEARCH-PHRASE-01", {
    why: "A quoted title finds every text that has its words somewhere.",
    fix: "Keep the positions of words, and match those that follow each other.",
    needs: ["phrase"],
    async check(t, search, world) {
      await fill(search, world, {
        a: { t: "the quick brown fox" },
        b: { t: "brown quick fox" },
        c: { t: "quick and brown" },
        d: { t: "a Quick, brown... fox!" },
        e: { t: "quick brown", u: "quick quick brown" },
      })
      const phrase = true
      await finds(t, search, { q: "quick brown", phrase }, ["a", "d", "e"], "two words")
      await finds(t, search, { q: "QUICK-brown (fox)", phrase }, ["a", "d"], "three words, with marks")
      await finds(t, search, { q: "brown quick", phrase }, ["b"], "the other order")
      await finds(t, search, { q: "quick", phrase }, ["a", "b", "c", "d", "e"], "one word")
      await finds(t, search, { q: "quick quick brown", phrase }, ["e"], "a word twice")
      await finds(t, search, { q: "quick brown quick", phrase }, [], "a word once more")
      await finds(t, search, { q: "quick brow", phrase }, [], "half a word")
      await finds(t, search, { q: "quick absent", phrase }, [], "a word that is nowhere")
      await finds(t, search, { q: " ", phrase }, ["a", "b", "c", "d", "e"], "a blank phrase")
      await finds(t, search, { q: "--", phrase }, [], "a phrase without a word")
    },
  }),
  clause("SEARCH-PHRASE-02", {
    why: "The last word of one tag and the first of the next are no phrase.",
    fix: "Leave a gap of positions between the elements of an array, and look at each field by itself.",
    needs: ["phrase"],
    async check(t, search, world) {
      await fill(search, world, {
        a: { t: ["red apple", "green pear"] },
        b: { t: "red", u: "apple green" },
        c: { list: [{ x: "apple" }, { x: "green" }] },
        d: { t: "apple green" },
      })
      await finds(t, search, { q: "apple green", phrase: true }, ["b", "d"], "words of two elements")
      await finds(t, search, { q: "green pear", phrase: true }, ["a"], "words of the second element")
      await finds(t, search, { q: "red apple", phrase: true }, ["a"], "words of two fields")
      await finds(t, search, { q: "apple green", phrase: true, fields: ["t"] }, ["d"], "in one field")
    },
  }),
  clause("SEARCH-PHRASE-03", {
    why: "A phrase with a stop word would match words that stand elsewhere.",
    fix: "Let the position of a stop word stay empty, in documents and in queries.",
    needs: ["indexing", "phrase", "analyzers"],
    async check(t, search, world) {
      if (!(await hasAnalyzer(t, search, world, "english"))) return
      await fill(
        search,
        world,
        texts({ a: "state of art", b: "states art", c: "state big art", d: "art of the state" }),
      )
      await finds(t, search, { q: "state of art", phrase: true }, ["a", "c"], "a stop word within")
      await finds(t, search, { q: "state art", phrase: true }, ["b"], "side by side")
      await finds(t, search, { q: "the art of a state", phrase: true }, ["d"], "three stop words")
      await finds(t, search, { q: "the", phrase: true }, [], "a stop word alone")
    },
  }),
  clause("SEARCH-PHRASE-04", {
    why: "Engines differ in what they make of half a phrase.",
    fix: "Refuse the query first, as searchQueryIssue from @objectos/sdk/contracts does.",
    needs: ["phrase", "prefix", "fuzzy"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "quick brown" }))
      for (const more of [{ prefix: true }, { prefix: "last" }, { fuzzy: 1 }, { fuzzy: "auto" }] as const) {
        const call = () => search.search({ object: "docs", q: "quick brown", phrase: true, ...more })
        await t.rejects(call, "INVALID_ARGUMENT", `a phrase with ${JSON.stringify(more)}`)
      }
      const plain = { prefix: false, fuzzy: 0 } as const
      await finds(t, search, { q: "quick brown", phrase: true, ...plain }, ["a"], "a phrase with neither")
    },
  }),
]

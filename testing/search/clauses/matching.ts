import {
  allRefuse,
  analyzed,
  ask,
  clause,
  DOCS,
  type Doc,
  define,
  fill,
  finds,
  hasAnalyzer,
  setOf,
  texts,
  wrong,
} from "../clause.ts"

const FIELD = ["INVALID_ARGUMENT", "field"] as const

/** Characters that some language of queries takes for its own. */
const OPERATORS = [
  ...["*", "?", '"', "'", "(", ")", "[", "]", "{", "}", "\\", "/", "~", "^", ":", "!", "+", "-", "&&", "||", "<", ">"],
  ...["=", "\0", "\ud800", "%", "_", ";", "--", "/*", "$", "{{", "}}", "</"],
]

/** Words that are not alike: w0, w1, … */
export function numbered(count: number, from = 0): string {
  return Array.from({ length: count }, (_, at) => `w${from + at}`).join(" ")
}

/** SEARCH-MATCH: which documents a query finds by its words. */
export const matchingClauses = [
  clause("SEARCH-MATCH-01", {
    why: "A search box that finds too little is given up.",
    fix: "Match any word of q, in lower case, in any searchable field.",
    async check(t, search, world) {
      await fill(search, world, {
        a: { title: "Redis cache", tags: ["Fast", "small"] },
        b: { title: "Queue", tags: ["fast"], nested: { text: "redis" } },
        c: { title: "Storage", list: [{ text: "a CACHE" }], n: 7, ok: true },
      })
      await finds(t, search, { q: "redis" }, ["a", "b"], "a word in any field")
      await finds(t, search, { q: "CACHE queue" }, ["a", "b", "c"], "one of two words")
      await finds(t, search, { q: "cache cache, Cache!" }, ["a", "c"], "a word three times")
      await finds(t, search, { q: "small" }, ["a"], "a word in the second element of an array")
      await finds(t, search, { q: "absent storage" }, ["c"], "a word that is nowhere, and one that is")
      await finds(t, search, { q: "red" }, [], "the beginning of a word")
      await finds(t, search, { q: "edis" }, [], "the end of a word")
      await finds(t, search, { q: "7 true" }, [], "a number and a boolean, which have no words")
    },
  }),
  clause("SEARCH-MATCH-02", {
    why: "A user who adds a word wants fewer results, wherever the word stands.",
    fix: "Make one clause for each word over all fields, and not one for each field over all words.",
    async check(t, search, world) {
      await fill(search, world, {
        a: { title: "fast", text: "cache" },
        b: { title: "fast cache" },
        c: { title: "fast", text: "queue" },
        d: { title: "queue", tags: ["cache", "fast"] },
      })
      await finds(t, search, { q: "fast cache", operator: "and" }, ["a", "b", "d"], "two words")
      await finds(t, search, { q: "cache fast queue", operator: "and" }, ["d"], "three words")
      await finds(t, search, { q: "fast absent", operator: "and" }, [], "a word that is nowhere")
      await finds(t, search, { q: "fast FAST", operator: "and" }, ["a", "b", "c", "d"], "one word twice")
      await finds(t, search, { q: "fast cache", operator: "or" }, ["a", "b", "c", "d"], "operator or")
      await finds(t, search, { q: "fast cache" }, ["a", "b", "c", "d"], "no operator")
      await finds(t, search, { q: "fast cache", operator: "and", fields: ["title"] }, ["b"], "in one field")
    },
  }),
  clause("SEARCH-MATCH-03", {
    why: "With operator and a stop word would match nothing, since no document has it.",
    fix: "Leave out a word where the analyzers of all searched fields drop it, and else match it where it is kept.",
    needs: ["indexing", "analyzers"],
    async check(t, search, world) {
      if (!(await hasAnalyzer(t, search, world, "english"))) return
      await define(search, { ...analyzed("english"), s: { type: "text" } })
      await fill(search, world, {
        a: { t: "the cache of a queue", s: "plain" },
        b: { t: "cache", s: "the plain text" },
        c: { t: "queues", s: "other" },
      })
      await finds(t, search, { q: "the cache", operator: "and", fields: ["t"] }, ["a", "b"], "a stop word and another")
      await finds(t, search, { q: "the cache", operator: "and" }, ["b"], "a word that one of two fields keeps")
      await finds(t, search, { q: "the plain", operator: "and", fields: ["s"] }, ["b"], "in the field that keeps it")
      await finds(t, search, { q: "the of a", fields: ["t"] }, [], "stop words alone")
      await finds(t, search, { q: "the of a", operator: "and", fields: ["t"] }, [], "stop words alone, with and")
    },
  }),
  clause("SEARCH-MATCH-04", {
    why: "A search of titles that finds texts is no search of titles.",
    fix: "Look into the named fields and no others.",
    async check(t, search, world) {
      await fill(search, world, {
        a: { title: "redis", text: "other", o: { p: "deep" } },
        b: { title: "other", text: "redis", op: "deep" },
      })
      await finds(t, search, { q: "redis", fields: ["title"] }, ["a"], "one field")
      await finds(t, search, { q: "redis", fields: ["title", { field: "text", boost: 2 }] }, ["a", "b"], "two fields")
      await finds(t, search, { q: "redis", fields: [{ field: "text", boost: 0.5 }] }, ["b"], "a field with a boost")
      await finds(t, search, { q: "deep", fields: ["o.p"] }, ["a"], "a nested field")
      await finds(t, search, { q: "redis" }, ["a", "b"], "no fields")
    },
  }),
  clause("SEARCH-MATCH-05", {
    why: "What users type would fail, or reach more than they may see.",
    fix: "Send words, as terms, and never a text that is parsed as a query.",
    async check(t, search, world) {
      await fill(search, world, { a: { t: "redis cache" }, b: { t: "queue", o: "and" }, c: { t: "not or" } })
      for (const mark of OPERATORS) {
        for (const q of [`${mark} redis ${mark}`, `${mark}redis${mark}`, `redis${mark}${mark}`, `redis ${mark}`]) {
          const isJoined = mark === "_" && !q.includes(" ")
          await finds(t, search, { q }, isJoined ? [] : ["a"], JSON.stringify(q))
        }
      }
      await finds(t, search, { q: "red*" }, [], "a star")
      await finds(t, search, { q: "*" }, [], "a star alone")
      await finds(t, search, { q: "redi? redsi~ t:redis" }, [], "patterns")
      await finds(t, search, { q: "redis NOT cache" }, ["a", "c"], "NOT, which is a word")
      await finds(t, search, { q: "redis AND queue" }, ["a", "b"], "AND, which is a word")
      await finds(t, search, { q: "-redis +queue" }, ["a", "b"], "signs")
    },
  }),
  clause("SEARCH-MATCH-06", {
    why: "A page shows everything before a word is typed.",
    fix: "Match all where q is missing, or has nothing but blanks.",
    async check(t, search, world) {
      await fill(search, world, { ...texts({ a: "word", b: "" }), c: { n: 1 }, d: {} })
      for (const q of [undefined, "", " ", "\n\t  ", "\u00a0\u2003"]) {
        await finds(t, search, { q }, ["a", "b", "c", "d"], `q ${JSON.stringify(q)}`)
        await finds(t, search, { q, operator: "and" }, ["a", "b", "c", "d"], `q ${JSON.stringify(q)} with and`)
      }
    },
  }),
  clause("SEARCH-MATCH-07", {
    why: "A text of marks alone is no question for everything.",
    fix: "Match nothing where q is not blank and has no word.",
    async check(t, search, world) {
      await fill(search, world, texts({ a: "word", b: "* ... --" }))
      for (const q of ["*", "...", "--", "()", '""', "!?", "\0"]) {
        await finds(t, search, { q }, [], `q ${JSON.stringify(q)}`)
        await finds(t, search, { q, operator: "and" }, [], `q ${JSON.stringify(q)} with and`)
      }
    },
  }),
  clause("SEARCH-MATCH-08", {
    why: "Words that are looked up in a plain object are found on its prototype.",
    fix: "Keep words in a Map.",
    async check(t, search, world) {
      const names = ["__proto__", "constructor", "prototype", "tostring", "hasownproperty", "valueof", "length"]
      await fill(search, world, texts({ other: "a text" }))
      for (const q of names) await finds(t, search, { q }, [], `${q} before a document has it`)
      await fill(search, world, texts(Object.fromEntries(names.map((name, at) => [`id${at}`, `word ${name}`]))))
      for (const [at, q] of names.entries()) await finds(t, search, { q }, [`id${at}`], q)
      await finds(
        t,
        search,
        { q: names.join(" ") },
        names.map((_, at) => `id${at}`),
        "all of them",
      )
    },
  }),
  clause("SEARCH-MATCH-09", {
    why: "A text that is pasted into a search box takes the search down for all.",
    fix: "Take each word once, and no more words than a query may have.",
    async check(t, search, world) {
      await fill(search, world, texts({ a: "redis x", b: "queue" }))
      const long: Record<string, string> = {
        "one word 50,000 times": "redis ".repeat(16_700),
        "20,000 words": `redis ${numbered(16_000)}`,
        "one long word": `redis ${"x".repeat(100_000)}`,
        "marks alone": `redis ${"-(".repeat(50_000)}`,
        "no blank": `redis ${"a-".repeat(50_000)}`,
      }
      for (const [what, q] of Object.entries(long)) {
        t.equal(await setOf(search, { q }), ["a"], what)
        if (world.capabilities.phrase) await t.settles(ask(search, { q, phrase: true }), `${what}, as a phrase`)
      }
    },
  }),
  clause("SEARCH-MATCH-10", {
    why: "A server refuses a query of too many clauses, and each server another one.",
    fix: "Count distinct words times fields: above 1,024 take the first 256 words, then fewer, and say truncated.",
    async check(t, search, world) {
      const fields = ["f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7"]
      const doc: Doc = Object.fromEntries(fields.map((name) => [name, "none"]))
      await fill(search, world, {
        w0: { ...doc, f0: "w0" },
        w127: { ...doc, f0: "w127" },
        w128: { ...doc, f0: "w128" },
        w255: { ...doc, f0: "w255" },
        w256: { ...doc, f0: "w256" },
        w1023: { ...doc, f0: "w1023" },
      })
      const all = ["w0", "w1023", "w127", "w128", "w255", "w256"]
      const found = async (words: number, names: readonly string[]) => {
        const { hits, truncated } = await ask(search, { q: numbered(words), fields: names })
        return [hits.map(({ id }) => id).sort(), truncated ?? false]
      }
      t.equal(await found(1024, ["f0"]), [all, false], "1,024 words over a field")
      t.equal(await found(1025, ["f0"]), [["w0", "w127", "w128", "w255"], true], "1,025 words over a field")
      t.equal(await found(128, fields), [["w0", "w127"], false], "128 words over 8 fields")
      t.equal(await found(200, fields), [["w0", "w127"], true], "200 words over 8 fields")
      t.equal((await ask(search, { q: `${numbered(3)} `.repeat(2000) })).truncated, undefined, "3 words, 2,000 times")
    },
  }),
  clause("SEARCH-MATCH-11", {
    why: "A field that is written wrong finds nothing, and nobody is told.",
    fix: "Look each field up, and refuse one that is not there, or is no text.",
    async check(t, search) {
      await search.index(DOCS, "a", { title: "word", n: 7, ok: true, o: { p: "x" } })
      await allRefuse(t, search, FIELD, {
        "an absent field": { q: "word", fields: ["absent"] },
        "an absent one of two": { q: "word", fields: ["title", { field: "titles", boost: 2 }] },
        "a number": { q: "7", fields: ["n"] },
        "a boolean": { q: "true", fields: ["title", "ok"] },
        "an object": { q: "x", fields: ["o"] },
        "a star": { q: "word", fields: ["*"] },
        "a prototype": { q: "word", fields: ["__proto__"] },
      })
      await finds(t, search, { q: "word", fields: ["title"] }, ["a"], "a field that is there")
    },
  }),
  clause("SEARCH-MATCH-12", {
    why: "A member that is written wrong is taken for none, and the page shows too much.",
    fix: "Check the query first, as searchQueryIssue from @objectos/sdk/contracts does.",
    async check(t, search) {
      await search.index(DOCS, "a", { t: "word" })
      const queries: unknown[] = [
        ...[undefined, null, "word", [], { q: "word" }, { object: 7 }, { object: DOCS, query: "word" }],
        ...[{ q: 7 }, { q: null }, { q: ["word"] }, { operator: "xor" }, { operator: "AND" }, { fields: [] }],
        ...[{ fields: "t" }, { fields: [7] }, { fields: [{ field: "t" }] }, { fields: [{ field: "t", boost: 0 }] }],
        ...[{ fields: [{ field: "t", boost: Number.NaN }] }, { fields: [{ field: "t", boost: -1 }] }],
        ...[{ prefix: "first" }, { prefix: 1 }, { fuzzy: 3 }, { fuzzy: true }, { fuzzy: "AUTO" }, { phrase: 1 }],
        ...[{ select: "t" }, { select: [7] }, { explain: 1 }, { highlight: "yes" }, { signal: {} }],
        ...[{ highlight: { tags: "b" } }, { sort: "t" }, { sort: [{ field: "t", order: "up" }] }, { sort: [{}] }],
        ...[{ facets: "t" }, { facets: [{}] }, { facets: [{ field: "t", order: "count" }] }, { cursor: 7 }],
      ].map((query, at) => (at < 7 ? query : { object: DOCS, ...(query as object) }))
      for (const query of queries) {
        const what = `a search of ${JSON.stringify(query)}`
        await t.rejects(() => search.search(wrong(query)), "INVALID_ARGUMENT", what)
      }
      await finds(t, search, { q: "word" }, ["a"], "a search")
    },
  }),
]

import { analyzed, ask, clause, type Docs, define, fill, idsOf, type SearchWorld, texts } from "../clause.ts"

/** Scores by a formula of its own are compared with nothing. */
const isBm25 = ({ capabilities }: SearchWorld) => capabilities.ranking === "bm25"

/** Ids in code point order, which is not that of UTF-16. */
const IDS = ["A", "a", "b", "b1", "é", "鍵", "\uffee", "\u{1f600}"]

/** 125 words, which are 120 to Lucene: a length is kept in one byte. */
const LONG = Array.from({ length: 125 }, (_, at) => (at % 9 === 0 ? "cache" : `w${at}`)).join(" ")

const DOCS_OF_LUCENE = texts({
  a: "redis cache",
  b: "a fast cache for fast answers",
  c: "queue on redis with a cache of answers and more words than others",
  d: "storage",
  e: "cache cache cache queue",
  f: LONG,
})

/** Scores that Lucene 9.12 gives: one field of one segment, 32 bits. */
const SCORES_OF_LUCENE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  cache: { e: 0.21012966, f: 0.18160388, a: 0.1758352, b: 0.15922812, c: 0.13664341 },
  redis: { a: 0.7507124, c: 0.58338666 },
  "fast answers": { b: 1.9050256, c: 0.58338666 },
  storage: { d: 1.1532335 },
  "queue redis cache": { c: 1.3034167, a: 0.9265476, e: 0.92363375, f: 0.18160388, b: 0.15922812 },
  "words w7": { c: 0.8728225, f: 0.27550304 },
}

/** Of some documents one field or the other is missing, and the title counts twice. */
const FIELDS_OF_LUCENE: Docs = {
  a: { title: "redis cache", text: "a fast cache for answers" },
  b: { title: "fast queue", text: "queue on redis" },
  c: { text: "cache of caches" },
  d: { title: "cache" },
}

const SCORES_OF_FIELDS: typeof SCORES_OF_LUCENE = {
  cache: { a: 0.58093363, d: 0.51087344, c: 0.23080534 },
  "redis cache": { a: 1.40516, d: 0.51087344, b: 0.48165718, c: 0.23080534 },
  "fast queue answers": { b: 2.1301098, a: 0.77619576 },
}

/** SEARCH-RANK: the order of hits, and their scores. */
export const rankingClauses = [
  clause("SEARCH-RANK-01", {
    why: "The first page must be the best one.",
    fix: "Give each match a score above 0, and put the highest first.",
    async check(t, search, world) {
      await fill(search, world, { ...DOCS_OF_LUCENE, without: { n: 1 } })
      for (const q of ["cache", "redis cache", "fast answers queue storage", "words"]) {
        const { hits } = await ask(search, { q })
        const scores = hits.map(({ score }) => score)
        t.ok(
          scores.every((score) => Number.isFinite(score) && score > 0),
          `scores of ${q}: ${scores.join()}`,
        )
        t.equal(
          scores,
          scores.toSorted((one, other) => other - one),
          `scores of ${q} in their order`,
        )
        const pages = await Promise.all(hits.map((_, offset) => ask(search, { q, offset, limit: 1 })))
        t.equal(
          pages.map((page) => page.hits[0]?.id),
          hits.map(({ id }) => id),
          `pages of one hit of ${q}`,
        )
      }
    },
  }),
  clause("SEARCH-RANK-02", {
    why: "A word that is everywhere says little of what is wanted.",
    fix: "Weigh words by how few documents of a field have them, and by how often one has them.",
    async check(t, search, world) {
      await fill(
        search,
        world,
        texts({ a: "common rare", b: "common other", c: "common third", d: "common common x", e: "lone other" }),
      )
      const [first] = await idsOf(search, { q: "common rare" })
      if (!isBm25(world)) return t.ok(first !== undefined, "no hits")
      t.equal(first, "a", "the first hit of a common and a rare word")
      const [rarest] = await idsOf(search, { q: "common lone" })
      t.equal(rarest, "e", "the first hit of two words that no document has both")
      const often = await ask(search, { q: "common" })
      t.equal(often.hits[0]?.id, "d", "the first hit of a word that one document has twice")
    },
  }),
  clause("SEARCH-RANK-03", {
    why: "A word in a title of three says more than one in a book.",
    fix: "Weigh by the number of words of the field.",
    async check(t, search, world) {
      await fill(
        search,
        world,
        texts({ long: "cache one two three four five", short: "cache one", mid: "cache one two three" }),
      )
      const ids = await idsOf(search, { q: "cache" })
      if (!isBm25(world)) return t.equal(ids.length, 3, "hits")
      t.equal(ids, ["short", "mid", "long"], "hits of a word in texts of 2, 4 and 6 words")
    },
  }),
  clause("SEARCH-RANK-04", {
    why: "A match in the title must come before one in the text.",
    fix: "Multiply the score of a field by its boost and by that of the query.",
    async check(t, search, world) {
      await fill(search, world, {
        a: { title: "redis", text: "other words" },
        b: { title: "other words", text: "redis" },
      })
      const title = (boost: number) => ({ field: "title", boost })
      t.equal(await idsOf(search, { q: "redis", fields: [title(9), "text"] }), ["a", "b"], "a boost of the title")
      t.equal(await idsOf(search, { q: "redis", fields: [title(0.1), "text"] }), ["b", "a"], "a small boost")
      const twice = await ask(search, { q: "redis", fields: [title(2)] })
      const once = await ask(search, { q: "redis", fields: ["title"] })
      const [double, single] = [twice.hits[0]?.score ?? 0, once.hits[0]?.score ?? 0]
      if (isBm25(world)) t.equal(Math.fround(double), Math.fround(Math.fround(single) * 2), "a score with a boost of 2")
      if (!world.capabilities.indexing) return
      const text = (boost: number) => ({ type: "text", boost }) as const
      await define(search, { title: text(0.1), text: text(5) })
      t.equal(await idsOf(search, { q: "redis" }), ["b", "a"], "boosts of a definition")
      await define(search, { title: text(5), text: text(0.1) })
      t.equal(await idsOf(search, { q: "redis" }), ["a", "b"], "other boosts of a definition")
      const both = { q: "redis", fields: [title(0.001), "text"] }
      t.equal(await idsOf(search, both), ["b", "a"], "boosts of a definition and of a query")
      const product = { q: "redis", fields: [title(0.05), "text"] }
      t.equal(await idsOf(search, product), ["a", "b"], "0.05 times 5 against 0.1")
    },
  }),
  clause("SEARCH-RANK-05", {
    why: "Pages would overlap where equal hits change places.",
    fix: "Compare ids by code point where scores are equal.",
    async check(t, search, world) {
      const docs = Object.fromEntries(IDS.toReversed().map((id) => [id, { t: "same" }]))
      await fill(search, world, docs)
      t.equal(await idsOf(search, { q: "same" }), IDS, "hits of equal scores")
      t.equal(await idsOf(search, {}), IDS, "all documents")
      const where = { field: "t", op: "eq", value: "same" } as const
      t.equal(await idsOf(search, { where }), IDS, "all that a filter lets through")
      const pages = await Promise.all(IDS.map((_, offset) => ask(search, { q: "same", offset, limit: 1 })))
      t.equal(
        pages.map(({ hits }) => hits[0]?.id),
        IDS,
        "pages of one hit",
      )
    },
  }),
  clause("SEARCH-RANK-06", {
    why: "Code that was tested with one engine shows another order with the next.",
    fix: "Compute BM25 with k1 1.2 and b 0.75 in 32 bits at each step, over the documents that have the field.",
    async check(t, search, world) {
      await fill(search, world, { ...DOCS_OF_LUCENE, without: { n: 1 } })
      await fill(search, world, FIELDS_OF_LUCENE, "fields")
      const twice = { object: "fields", fields: [{ field: "title", boost: 2 }, "text"] }
      for (const [query, table] of [
        [{}, SCORES_OF_LUCENE],
        [twice, SCORES_OF_FIELDS],
      ] as const) {
        for (const [q, wanted] of Object.entries(table)) {
          const { hits } = await ask(search, { ...query, q })
          t.equal(hits.length, Object.keys(wanted).length, `hits of ${q}`)
          if (!isBm25(world)) continue
          const scores = Object.entries(wanted).map(([id, score]) => [id, Math.fround(score)])
          // In JSON 32 bits have fewer digits than in a number of 64.
          t.equal(
            hits.map(({ id, score }) => [id, Math.fround(score)]),
            scores,
            `scores of ${q}`,
          )
        }
      }
    },
  }),
  clause("SEARCH-RANK-07", {
    why: "A score of nothing would be compared with others.",
    fix: "Give 1 where nothing was looked for, and 0 where another order was asked for.",
    async check(t, search, world) {
      await fill(search, world, { a: { t: "cache", n: 1 }, b: { t: "cache", n: 2 } })
      const scores = async (query: Parameters<typeof ask>[1]) =>
        (await ask(search, query)).hits.map(({ score }) => score)
      const where = { field: "n", op: "gt", value: 0 } as const
      t.equal(await scores({}), [1, 1], "without q")
      t.equal(await scores({ q: " " }), [1, 1], "a blank q")
      t.equal(await scores({ where }), [1, 1], "a filter alone")
      const [one = 0] = await scores({ q: "cache", where })
      t.ok(one > 0, `the score of a word with a filter is ${one}`)
      if (!world.capabilities.sort) return
      t.equal(await scores({ sort: [{ field: "n" }] }), [0, 0], "sorted")
      t.equal(await scores({ q: "cache", sort: [{ field: "n", order: "desc" }] }), [0, 0], "words, sorted")
    },
  }),
  clause("SEARCH-RANK-08", {
    why: "What was typed whole must not come behind what only begins like it.",
    fix: "Add the scores of the prefix and of the fuzzy match to an exact one, and let a prefix count more than fuzzy.",
    needs: ["prefix", "fuzzy"],
    async check(t, search, world) {
      await fill(
        search,
        world,
        texts({ prefix: "caches here", exact: "cache here", fuzzy: "caxhe here", none: "other" }),
      )
      const near = { q: "cache", prefix: true, fuzzy: "auto" } as const
      const ids = await idsOf(search, near)
      t.equal(ids, ["exact", "prefix", "fuzzy"], "an exact match, a prefix and a fuzzy match")
      t.equal(await idsOf(search, { q: "cache", prefix: true }), ["exact", "prefix"], "without fuzzy")
      t.equal((await idsOf(search, { q: "cache", fuzzy: 1 }))[0], "exact", "the first without prefix")
      const common = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`exact-${at}`, "the run of it"]))
      await fill(search, world, texts({ ...common, fuzzy: "rum ran fun bun sun gun nun pun rut rug" }), "many")
      const last = { object: "many", q: "run", fuzzy: 1, limit: 20 } as const
      t.equal((await idsOf(search, last)).at(-1), "fuzzy", "the last of exact ones, and one with many near words")
      if (!world.capabilities.indexing || !world.capabilities.analyzers.includes("english")) return
      const object = "stemmed"
      await define(search, analyzed("english"), undefined, object)
      await fill(search, world, texts({ b: "runway here", c: "running here", a: "rum here" }), object)
      t.equal(
        await idsOf(search, { object, q: "run", prefix: true, fuzzy: 1 }),
        ["c", "b", "a"],
        "an exact match, a prefix and a fuzzy match in an english field",
      )
    },
  }),
  clause("SEARCH-RANK-09", {
    why: "A question that says a word again and again is about it, and other engines rank so.",
    fix: "Multiply the boost of a word by how often the query says it; it is one word of the budget all the same.",
    async check(t, search, world) {
      await fill(search, world, texts({ a: "cat here now", b: "dog here now", c: "cow here now" }))
      t.equal(
        await idsOf(search, { q: "cat cow Cow dog cow Dog" }),
        ["c", "b", "a"],
        "words said three times, twice, once",
      )
      if (!isBm25(world)) return
      const scoreOf = async (q: string) => Math.fround((await ask(search, { q })).hits[0]?.score ?? 0)
      t.equal(await scoreOf("cat CAT"), Math.fround(2 * (await scoreOf("cat"))), "a word said twice")
    },
  }),
]

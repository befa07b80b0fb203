import { ask, clause, type Doc, docsOf, fill } from "../clause.ts"

const DOC: Doc = {
  title: "fast cache",
  n: 1,
  author: { name: "ada", home: { city: "x" } },
  tags: ["a", "b"],
  list: [{ p: 1, q: 2 }, { p: 3 }],
}

/** SEARCH-SELECT and SEARCH-EXPLAIN: what hits show. */
export const showingClauses = [
  clause("SEARCH-SELECT-01", {
    why: "A list needs a title, and pays for the whole document.",
    fix: "Give the members under the selected paths, in the shape of the document.",
    async check(t, search, world) {
      await fill(search, world, { a: DOC })
      const select = async (...paths: string[]) => (await docsOf(search, { select: paths }))["a"]
      t.equal(await select("title"), { title: "fast cache" }, "a member")
      t.equal(await select("title", "tags"), { title: "fast cache", tags: ["a", "b"] }, "two members")
      t.equal(await select("author"), { author: DOC["author"] }, "an object")
      t.equal(await select("author.name"), { author: { name: "ada" } }, "a nested member")
      t.equal(await select("author.home", "n"), { author: { home: { city: "x" } }, n: 1 }, "a nested object")
      t.equal(await select("list.p"), { list: [{ p: 1 }, { p: 3 }] }, "a member of objects in an array")
      t.equal(await select("auth"), {}, "the beginning of a name")
      t.equal((await docsOf(search))["a"], DOC, "no select")
      const { hits } = await ask(search, { q: "cache", select: ["n"] })
      t.equal(
        hits.map(({ doc, id }) => [id, doc]),
        [["a", { n: 1 }]],
        "hits of a word in a field that is not selected",
      )
    },
  }),
  clause("SEARCH-SELECT-02", {
    why: "Documents differ in what they have.",
    fix: "Leave out what is not there, and take no character of a path for a pattern.",
    async check(t, search, world) {
      await fill(search, world, { a: DOC, b: { n: 2 } })
      const select = async (...paths: string[]) => Object.values(await docsOf(search, { select: paths }))
      t.equal(await select("absent"), [{}, {}], "a path that is nowhere")
      t.equal(await select("title", "n"), [{ title: "fast cache", n: 1 }, { n: 2 }], "a path that one has")
      t.equal(await select("*", "ti*", "__proto__", "constructor"), [{}, {}], "patterns and prototypes")
      t.equal(await select(), [{}, {}], "no path")
    },
  }),
  clause("SEARCH-EXPLAIN-01", {
    why: "A ranking that cannot be explained cannot be tuned.",
    fix: "Give for each word and field that match what they add to the score.",
    needs: ["explain"],
    async check(t, search, world) {
      await fill(search, world, {
        a: { t: "fast cache", u: "cache" },
        b: { t: "cache of caches" },
        c: { u: "fast" },
      })
      const fields = ["t", { field: "u", boost: 2 }]
      const { hits } = await ask(search, { q: "fast cache", fields, explain: true })
      t.equal(hits.length, 3, "hits")
      for (const { explanation = [], id, score } of hits) {
        const parts = explanation.map(({ field, term }) => `${field}:${term}`).sort()
        t.equal(parts, { a: ["t:cache", "t:fast", "u:cache"], b: ["t:cache"], c: ["u:fast"] }[id], `parts of ${id}`)
        const sum = explanation.reduce((total, part) => total + part.score, 0)
        t.ok(Math.abs(sum - score) < 1e-5 * score, `parts of ${id} add up to ${sum}, and its score is ${score}`)
        for (const { boost, field, idf, score: share, tf } of explanation) {
          t.equal(boost, field === "u" ? 2 : 1, `the boost of ${field}`)
          const product = boost * idf * tf
          t.ok(Math.abs(product - share) < 1e-4 * share, `boost, idf and tf give ${product}, and the share is ${share}`)
        }
      }
      const plain = await ask(search, { q: "fast cache" })
      t.equal(
        plain.hits.map(({ explanation }) => explanation),
        [undefined, undefined, undefined],
        "without explain",
      )
    },
  }),
]

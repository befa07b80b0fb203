import { clause, DOCS, type Docs, fill, refuses, type SearchClient, wrong } from "../clause.ts"

const PACKAGES: Docs = {
  a: { t: "Fast cache", u: "cachet" },
  b: { t: "caching proxies", tags: ["Cat", "storage"] },
  c: { t: "a queue", n: 7 },
  d: { t: "fast Cache", u: "café" },
}

async function wordsOf(search: SearchClient, text: string, more: object = {}): Promise<string[]> {
  const suggestions = await search.suggest({ object: DOCS, text, ...more })
  return suggestions.map(({ word }) => word.toLowerCase()).sort()
}

/** SEARCH-SUGGEST: words that go on. Their order is left open. */
export const suggestingClauses = [
  clause("SEARCH-SUGGEST-01", {
    why: "A suggestion that no document has leads to an empty page.",
    fix: "Look for words that begin with the last one, and put each in its place.",
    needs: ["suggest"],
    async check(t, search, world) {
      await fill(search, world, PACKAGES)
      t.equal(await wordsOf(search, "cach"), ["cache", "cachet", "caching"], "words with cach")
      t.equal(await wordsOf(search, "CACH"), ["cache", "cachet", "caching"], "words with CACH")
      t.equal(await wordsOf(search, "sto"), ["storage"], "a word in an array")
      t.equal(await wordsOf(search, "xyz"), [], "words with xyz")
      t.equal(await wordsOf(search, "ache"), [], "the middle of a word")
      const [fast, ...more] = await search.suggest({ object: DOCS, text: "fast que" })
      t.equal([fast?.word.toLowerCase(), fast?.text.toLowerCase(), more], ["queue", "fast queue", []], "two words")
      const [marked] = await search.suggest({ object: DOCS, text: "“Fast”, prox" })
      t.equal(marked?.text, `“Fast”, ${marked?.word}`, "a text with marks")
      for (const text of ["*", "c*", '"', "(", "constructor", "__proto__"]) {
        const words = await wordsOf(search, text)
        t.ok(
          words.every((word) => word.startsWith("c")),
          `words with ${text}: ${words.join()}`,
        )
      }
    },
  }),
  clause("SEARCH-SUGGEST-02", {
    why: "A box for titles suggests words of texts that it does not search.",
    fix: "Look into the named fields, and cut the list.",
    needs: ["suggest"],
    async check(t, search, world) {
      await fill(search, world, PACKAGES)
      t.equal(await wordsOf(search, "ca", { fields: ["u"] }), ["cachet", "café"], "one field")
      t.equal(await wordsOf(search, "ca", { fields: ["tags", "u"] }), ["cachet", "café", "cat"], "two fields")
      t.equal((await wordsOf(search, "ca", { limit: 2 })).length, 2, "limit 2")
      t.equal((await wordsOf(search, "ca", { limit: 100 })).length, 5, "limit 100")
      const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`w${at}`, { t: `zword${at}` }]))
      await fill(search, world, many)
      t.equal((await wordsOf(search, "zw")).length, 5, "no limit")
    },
  }),
  clause("SEARCH-SUGGEST-03", {
    why: "A box that fails before the first document, or on a slip in silence.",
    fix: "Check the query first, and take a missing index for an empty one.",
    needs: ["suggest"],
    async check(t, search, world) {
      t.equal(await search.suggest({ object: DOCS, text: "ca", fields: ["t"] }), [], "a missing index")
      await fill(search, world, PACKAGES)
      for (const field of ["absent", "n", "__proto__"]) {
        const call = () => search.suggest({ object: DOCS, text: "ca", fields: ["t", field] })
        await refuses(t, call, ["INVALID_ARGUMENT", "field"], `the field ${field}`)
      }
      for (const more of [
        { limit: 0 },
        { limit: 101 },
        { limit: 1.5 },
        { text: 7 },
        { fields: [] },
        { q: "ca" },
        { object: "A" },
      ]) {
        const call = () => search.suggest(wrong({ object: DOCS, text: "ca", ...more }))
        await t.rejects(call, "INVALID_ARGUMENT", `suggest with ${JSON.stringify(more)}`)
      }
    },
  }),
]

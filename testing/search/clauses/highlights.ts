import { ask, clause, DOCS, define, fill, type Query, refuses, type SearchClient, texts } from "../clause.ts"
import { marksIn, textIn } from "../marks.ts"

/** The words that are marked in each field of a hit. */
async function markedIn(search: SearchClient, query: Query, id: string): Promise<Record<string, string[]>> {
  const { hits } = await ask(search, { highlight: true, ...query })
  const { highlights = {} } = hits.find((hit) => hit.id === id) ?? {}
  return Object.fromEntries(Object.entries(highlights).map(([field, snippets]) => [field, marksIn(snippets)]))
}

/** Snippets of the one text field, of one hit. */
async function snippetsOf(search: SearchClient, query: Query, id: string): Promise<string[]> {
  const { hits } = await ask(search, { highlight: true, ...query })
  return hits.find((hit) => hit.id === id)?.highlights?.["t"] ?? []
}

const WHOLE = { highlight: { fragments: 0 } } as const
/** More than a million characters, in words of 100. */
const LARGE = 1_050_000

/** SEARCH-HL: what is shown of the texts that match. Words are compared, and never where a snippet ends. */
export const highlightsClauses = [
  clause("SEARCH-HL-01", {
    why: "A mark at the wrong place misleads the eye.",
    fix: "Mark each word of the text that matches a word of the query, as it is written.",
    needs: ["highlight"],
    async check(t, search, world) {
      await fill(search, world, {
        a: { t: "A Fast cache, not a fast queue; breakfast", u: "cache" },
        b: { t: "cache" },
        c: { t: "other", n: 7 },
      })
      t.equal(await markedIn(search, { q: "fast" }, "a"), { t: ["Fast", "fast"] }, "one word")
      const both = { t: ["Fast", "cache", "fast"], u: ["cache"] }
      t.equal(await markedIn(search, { q: "FAST cache absent" }, "a"), both, "words in two fields")
      t.equal(await markedIn(search, { q: "fast cache" }, "b"), { t: ["cache"] }, "one of two words")
      t.equal(await markedIn(search, { q: "cache", fields: ["u"] }, "a"), { u: ["cache"] }, "a searched field")
      const [text = ""] = await snippetsOf(search, { q: "fast", ...WHOLE }, "a")
      t.equal(textIn(text), "A Fast cache, not a fast queue; breakfast", "the text around the marks")
    },
  }),
  clause("SEARCH-HL-02", {
    why: "Text of users in a page is code of users.",
    fix: "Escape & < > \" and ' of the text, and nothing of the marks.",
    needs: ["highlight"],
    async check(t, search, world) {
      const evil = `<b>cache</b> & "cache" 'cache' a/b <script>alert(1)</script> &amp; cache`
      await fill(search, world, texts({ a: evil, b: "é 🔑 cache\u00a0`=/" }))
      const [html = ""] = await snippetsOf(search, { q: "cache", ...WHOLE }, "a")
      const mark = "<mark>cache</mark>"
      const wanted = [
        `&lt;b&gt;${mark}&lt;/b&gt; &amp; &quot;${mark}&quot; &#x27;${mark}&#x27; a/b`,
        `&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; ${mark}`,
      ].join(" ")
      t.equal(html, wanted, "a whole text")
      t.equal(
        (await snippetsOf(search, { q: "cache", ...WHOLE }, "b"))[0],
        `é 🔑 ${mark}\u00a0\`=/`,
        "other characters",
      )
      const { hits } = await ask(search, { q: "cache script", highlight: { fragmentLength: 20 } })
      for (const snippet of hits.flatMap(({ highlights }) => highlights?.["t"] ?? [])) {
        const rest = snippet.replaceAll(/<\/?mark>|&(?:amp|lt|gt|quot|#x27);/g, "")
        t.ok(!/[<>&"']/.test(rest), `a snippet has a character that is not escaped: ${snippet}`)
      }
    },
  }),
  clause("SEARCH-HL-03", {
    why: "A document that marks its own words looks like a match, and may do more.",
    fix: "Escape before marks are put in, and use no character for a mark that a text may have.",
    needs: ["highlight"],
    async check(t, search, world) {
      const forged = [
        "<mark>forged</mark> cache",
        "\ue000forged\ue001 cache",
        "&lt;mark&gt;forged&lt;/mark&gt; cache",
        "<em>forged</em> cache \u0001forged\u0002 @@HL@@forged@@/HL@@",
        "</mark>cache<mark>",
      ]
      await fill(search, world, texts(Object.fromEntries(forged.map((text, at) => [`id${at}`, text]))))
      for (const [at, text] of forged.entries()) {
        const [html = ""] = await snippetsOf(search, { q: "cache", ...WHOLE }, `id${at}`)
        t.equal(marksIn([html]), ["cache"], `marks in ${JSON.stringify(text)}`)
        t.equal(textIn(html), text, `the text of ${JSON.stringify(text)}`)
      }
    },
  }),
  clause("SEARCH-HL-04", {
    why: "One large document makes the whole search fail, or leaves all others without marks.",
    fix: "Look for marks in the first 999,999 characters of a text alone.",
    needs: ["highlight"],
    async check(t, search, world) {
      const filler = `${"x".repeat(99)} `.repeat(LARGE / 100)
      await fill(search, world, texts({ large: `cache ${filler} end cache`, small: "a cache" }))
      const { hits } = await ask(search, { q: "cache", highlight: true })
      t.equal(hits.map(({ id }) => id).sort(), ["large", "small"], "hits")
      const marks = hits.map(({ highlights = {}, id }) => [id, marksIn(highlights["t"] ?? [])] as const)
      t.equal(Object.fromEntries(marks)["small"], ["cache"], "marks of the small text")
      t.equal(Object.fromEntries(marks)["large"], ["cache"], "marks of the large text")
      t.equal((await ask(search, { q: "end", highlight: true })).total, 1, "a word at the end of the large text")
    },
  }),
  clause("SEARCH-HL-05", {
    why: "Tags that run into each other are no tags.",
    fix: "Make snippets of each element, and none of those without a match.",
    needs: ["highlight"],
    async check(t, search, world) {
      const tags = ["fast cache", "slow", "<b> cache", "queue"]
      await fill(search, world, { a: { t: tags, o: [{ p: "cache one" }, { p: "two" }] } })
      const { hits } = await ask(search, { q: "cache", highlight: true })
      const { t: snippets = [], "o.p": nested = [] } = hits[0]?.highlights ?? {}
      t.equal(snippets.toSorted(), ["&lt;b&gt; <mark>cache</mark>", "fast <mark>cache</mark>"], "elements")
      t.equal(nested, ["<mark>cache</mark> one"], "objects in an array")
    },
  }),
  clause("SEARCH-HL-06", {
    why: "A page shows snippets of one field, and pays for those of all.",
    fix: "Make snippets of the named fields alone, and look each up first.",
    needs: ["highlight"],
    async check(t, search, world) {
      await fill(search, world, { a: { t: "cache", u: "a cache", v: "cache of v", w: "other" } })
      t.equal(await markedIn(search, { q: "cache", highlight: { fields: ["u"] } }, "a"), { u: ["cache"] }, "one field")
      const two = { q: "cache", highlight: { fields: ["v", "t", "w"] } }
      t.equal(await markedIn(search, two, "a"), { t: ["cache"], v: ["cache"] }, "two fields, and one without a match")
      for (const field of ["absent", "__proto__", "*"]) {
        const call = () => search.search({ object: DOCS, q: "cache", highlight: { fields: ["t", field] } })
        await refuses(t, call, ["INVALID_ARGUMENT", "field"], `the field ${field}`)
      }
    },
  }),
  clause("SEARCH-HL-07", {
    why: "A page has room for some lines, or wants the whole text with its marks.",
    fix: "Cut a text around its marks, and join no two parts that are not side by side.",
    needs: ["highlight"],
    async check(t, search, world) {
      const part = `${"filler words of no match ".repeat(40)}cache `
      const text = part.repeat(5).trim()
      await fill(search, world, texts({ a: text, b: "cache" }))
      const [whole = "", ...more] = await snippetsOf(search, { q: "cache", ...WHOLE }, "a")
      t.equal([textIn(whole), more], [text, []], "the whole text")
      t.equal(marksIn([whole]).length, 5, "marks in the whole text")
      for (const fragments of [1, 2, 3]) {
        const snippets = await snippetsOf(search, { q: "cache", highlight: { fragments } }, "a")
        t.equal(snippets.length, fragments, `snippets of ${fragments} fragments`)
        for (const snippet of snippets) {
          t.ok(text.includes(textIn(snippet).trim()), "a snippet is no part of the text")
          t.ok(textIn(snippet).length < 600, `a snippet of about 160 characters has ${textIn(snippet).length}`)
          t.ok(marksIn([snippet]).length > 0, "a snippet has no mark")
        }
      }
      t.equal((await snippetsOf(search, { q: "cache" }, "a")).length, 3, "snippets without a number")
      const [long = ""] = await snippetsOf(
        search,
        { q: "cache", highlight: { fragments: 1, fragmentLength: 2000 } },
        "a",
      )
      const [short = ""] = await snippetsOf(
        search,
        { q: "cache", highlight: { fragments: 1, fragmentLength: 40 } },
        "a",
      )
      t.ok(textIn(long).length > textIn(short).length, "a snippet of 2,000 characters is no longer than one of 40")
    },
  }),
  clause("SEARCH-HL-08", {
    why: "A half word that is marked cannot be read.",
    fix: "Mark the whole word, as it is written, that a stem, a prefix or a fuzzy word stands for.",
    needs: ["highlight"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "Caching and caches, a cahce", b: "Straße" }))
      const { analyzers, fuzzy, prefix } = world.capabilities
      t.equal(await markedIn(search, { q: "caches" }, "a"), { t: ["caches"] }, "a word")
      if (prefix) t.equal(await markedIn(search, { q: "cach", prefix }, "a"), { t: ["Caching", "caches"] }, "a prefix")
      if (fuzzy)
        t.equal(await markedIn(search, { q: "cache", fuzzy: 1 }, "a"), { t: ["caches", "cahce"] }, "a fuzzy word")
      if (!world.capabilities.indexing) return
      if (analyzers.includes("english")) {
        await define(search, { t: { type: "text", analyzer: "english" } }, undefined, "stems")
        await fill(search, world, texts({ a: "Running runs; the runner ran" }), "stems")
        t.equal(await markedIn(search, { object: "stems", q: "run the" }, "a"), { t: ["Running", "runs"] }, "stems")
      }
      if (analyzers.includes("folding")) {
        await define(search, { t: { type: "text", analyzer: "folding" } }, undefined, "folded")
        await fill(search, world, texts({ a: "ein Résumé, resume" }), "folded")
        t.equal(await markedIn(search, { object: "folded", q: "résume" }, "a"), { t: ["Résumé", "resume"] }, "accents")
      }
    },
  }),
  clause("SEARCH-HL-09", {
    why: "Words that are marked where they stand alone hide where the phrase is.",
    fix: "Mark the words of a phrase that stand side by side, each or all in one mark.",
    needs: ["highlight", "phrase"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "brown quick fox, quick brown fox, quick", b: "quick brown" }))
      const query = { q: "quick brown", phrase: true }
      t.equal(await markedIn(search, query, "a"), { t: ["quick", "brown"] }, "a phrase")
      t.equal(await markedIn(search, { q: "fox", phrase: true }, "a"), { t: ["fox", "fox"] }, "a phrase of one word")
    },
  }),
  clause("SEARCH-HL-10", {
    why: "A list without a search has nothing to mark.",
    fix: "Leave highlights out where no word of the field matches.",
    needs: ["highlight"],
    async check(t, search, world) {
      await fill(search, world, { ...texts({ a: "cache <b>", b: "other" }), c: { u: "cache" } })
      t.equal(await markedIn(search, {}, "a"), {}, "without q")
      t.equal(await markedIn(search, { q: " " }, "a"), {}, "a blank q")
      t.equal(await markedIn(search, { q: "cache" }, "c"), { u: ["cache"] }, "a hit of another field")
      const where = { field: "t", op: "prefix", value: "cache" } as const
      t.equal(await markedIn(search, { where }, "a"), {}, "a filter alone")
      for (const highlight of [undefined, false]) {
        const { hits } = await ask(search, { q: "cache", highlight })
        t.equal(
          hits.map(({ highlights }) => highlights),
          [undefined, undefined],
          `highlight ${highlight}`,
        )
      }
    },
  }),
]

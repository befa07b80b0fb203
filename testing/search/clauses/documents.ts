import { allOf } from "../at-once.ts"
import { ask, clause, DOCS, type Doc, docsOf, fill, finds, idsOf, setOf, wrong } from "../clause.ts"

/** Values of every kind that a document takes, of which no two are alike. */
const EXACT: Doc = {
  text: "émoji 🔑 鍵, e\u0301 and  two blanks ",
  empty: "",
  numbers: [0, 1, -1, 0.1, 2 ** 53 - 1, -(2 ** 53 - 1), 1e21, 1e-7, 5e-324],
  flags: [true, false],
  nothing: null,
  holes: [null, "a", null],
  lists: { none: [], nested: [["a"], ["b", "c"]] },
  object: { none: {}, deep: { deeper: { text: '</b>\u0000\n"quoted"' } } },
  objects: [{ a: 1, b: "x" }, {}, { a: 2 }],
  looks: ["null", "12", "true", "2024-01-01", '{"a":1}'],
}

/** SEARCH-INDEX-01 to 06, 09, 11 and 12: documents as index stores them. */
export const documentsClauses = [
  clause("SEARCH-INDEX-01", {
    why: "A page that shows what was just saved would not show it.",
    fix: "Resolve when searches see the document: wait for the refresh of the index.",
    async check(t, search) {
      for (const id of ["one", "two", "three"]) {
        await search.index(DOCS, id, { t: `word ${id}` })
        await finds(t, search, { q: id }, [id], `right after index of ${id}`)
      }
      await finds(t, search, { q: "word" }, ["one", "two", "three"], "all")
    },
  }),
  clause("SEARCH-INDEX-02", {
    why: "What was taken out of a document is still found, and shown.",
    fix: "Replace the document as a whole, with its words, in one step.",
    async check(t, search, world) {
      await fill(search, world, {
        a: { t: "old words", tags: ["x", "y"], only: "before", n: 1 },
        b: { t: "other words" },
      })
      await search.index(DOCS, "a", { t: "new words", tags: ["y"] })
      await finds(t, search, { q: "old" }, [], "a word that was replaced")
      await finds(t, search, { q: "before" }, [], "a field that is gone")
      await finds(t, search, { q: "new" }, ["a"], "a new word")
      await finds(t, search, { where: { field: "tags", op: "eq", value: "x" } }, [], "a value that was replaced")
      await finds(t, search, { where: { field: "n", op: "eq", value: 1 } }, [], "a number that is gone")
      await finds(t, search, {}, ["a", "b"], "all")
      t.equal((await docsOf(search))["a"], { t: "new words", tags: ["y"] }, "the document")
    },
  }),
  clause("SEARCH-INDEX-03", {
    why: "A document that comes back changed is corrupted data.",
    fix: "Keep the document as it was given beside what is made of it for the search.",
    async check(t, search, world) {
      await fill(search, world, { exact: EXACT, none: {} })
      const found = await docsOf(search)
      t.equal(found["exact"], EXACT, "a document of every kind of value")
      t.equal(found["none"], {}, "a document without a member")
      await search.index(DOCS, "exact", EXACT)
      t.equal((await docsOf(search))["exact"], EXACT, "the same, by index")
    },
  }),
  clause("SEARCH-INDEX-04", {
    why: "Callers go on using their objects, and the index would change behind everybody's back.",
    fix: "Copy a document when it comes, before anything is awaited, and when it goes.",
    async check(t, search) {
      const doc = { tags: ["a"], author: { name: "ada" } }
      const storing = search.index(DOCS, "id", doc)
      doc.tags.push("b")
      doc.author.name = "changed"
      await storing
      doc.tags.push("c")
      for (const time of ["first", "second", "third"]) {
        const found = (await docsOf(search))["id"] as typeof doc | undefined
        t.equal(found, { tags: ["a"], author: { name: "ada" } }, `the document, ${time} search`)
        unlessFrozen(() => found?.tags.push("d"))
        unlessFrozen(() => Object.assign(found?.author ?? {}, { name: "changed" }))
      }
      await finds(t, search, { q: "changed b c d" }, [], "what was put into copies")
    },
  }),
  clause("SEARCH-INDEX-05", {
    why: "An optional field that is not set would be refused, or come back as null.",
    fix: "Leave out members that are undefined.",
    async check(t, search) {
      await search.index(DOCS, "id", { t: "text", none: undefined, author: { name: "ada", born: undefined } })
      const doc = (await docsOf(search))["id"] ?? {}
      t.equal(doc, { t: "text", author: { name: "ada" } }, "the document")
      t.ok(!("none" in doc), "the member that was undefined is there")
    },
  }),
  clause("SEARCH-INDEX-06", {
    why: "A page of results fails until the first document is stored.",
    fix: "Answer with no hits where the index is not there, and check no field.",
    async check(t, search, { capabilities }) {
      const sort = capabilities.sort ? { sort: [{ field: "n" }] } : {}
      const facets = capabilities.facets ? { facets: [{ field: "license" }] } : {}
      for (const query of [
        {},
        { q: "word" },
        { q: "word", fields: ["title"] },
        { where: { field: "n", op: "gt", value: 1 } as const },
        sort,
        facets,
      ]) {
        const { hits, total, totalExact } = await ask(search, query)
        t.equal([hits, total, totalExact], [[], 0, true], `a search with ${Object.keys(query).join() || "nothing"}`)
      }
    },
  }),
  clause("SEARCH-INDEX-09", {
    why: "What JSON cannot hold comes back as something else, or breaks the index for all.",
    fix: "Check the document first, as searchDocumentIssue from @objectos/sdk/contracts does.",
    async check(t, search) {
      await search.index(DOCS, "old", { t: "old" })
      const circle: Doc = { t: "circle" }
      circle["self"] = circle
      class User {
        name = "ada"
      }
      const refused: unknown[] = [
        ...[undefined, null, "text", 7, [], [{ t: "text" }], new User(), new Date(0), new Map()],
        ...[Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol("s"), () => 1, new Date(0), new User()].map((x) => ({
          x,
        })),
        { list: [undefined] },
        { list: [{ deep: new Map() }] },
        circle,
      ]
      for (const [number, doc] of refused.entries()) {
        for (const id of ["old", "fresh"]) {
          await t.rejects(() => search.index(DOCS, id, wrong(doc)), "INVALID_ARGUMENT", `document ${number} as ${id}`)
        }
      }
      t.equal(await docsOf(search), { old: { t: "old" } }, "all documents afterwards")
    },
  }),
  clause("SEARCH-INDEX-11", {
    why: "A document of two writes is none that anybody wrote.",
    fix: "Replace a document, and all that is found by it, in one step.",
    async check(t, search) {
      const docs = Array.from(
        { length: 20 },
        (_, number): Doc => ({ t: `word${number}`, list: [`value${number}`], number }),
      )
      await allOf(docs, (doc) => search.index(DOCS, "id", doc))
      const { hits, total } = await ask(search, {})
      t.equal(total, 1, "documents")
      const number = Number(hits[0]?.doc?.["number"])
      t.equal(hits[0]?.doc, docs[number], "the document that stayed")
      for (const each of docs) {
        const isIt = each["number"] === number
        t.equal(await idsOf(search, { q: String(each["t"]) }), isIt ? ["id"] : [], `hits of ${each["t"]}`)
      }
    },
  }),
  clause("SEARCH-INDEX-12", {
    why: "Servers that start together each make an index of their own, and writes are lost.",
    fix: "Give the first index a fixed name, and take one that is there already for one's own.",
    async check(t, search, world) {
      const { shared } = world.capabilities
      const clients = shared ? await Promise.all(Array.from({ length: 8 }, () => world.connect())) : [search]
      const ids = Array.from({ length: 8 }, (_, number) => `id ${number}`)
      await allOf(ids, (id, at) => (clients[at % clients.length] ?? search).index(DOCS, id, { t: `word ${id}`, at }))
      t.equal(await setOf(search, { q: "word" }), ids, "documents of simultaneous first writes")
      for (const client of clients) t.equal(await setOf(client, {}), ids, "documents that a client sees")
      await search.index(DOCS, "later", { t: "word" })
      t.equal(await setOf(search, {}), [...ids, "later"], "a write afterwards")
    },
  }),
]

/** A frozen copy refuses changes, which is as good as hiding them. */
function unlessFrozen(change: () => unknown): void {
  try {
    change()
  } catch {}
}

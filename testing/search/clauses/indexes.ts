import { clause, DOCS, define, docsOf, fill, finds, texts } from "../clause.ts"

/** SEARCH-INDEX-07, 08, 10 and 13 to 16: indexes, and documents by their ids. */
export const indexesClauses = [
  clause("SEARCH-INDEX-07", {
    why: "What was deleted is still found, or an index that is made anew keeps fields of the old one.",
    fix: "Remove the documents with all that is known of the index.",
    async check(t, search, world) {
      await fill(search, world, { a: { t: "word", v: 1 }, b: { t: "word", v: 2 } })
      await search.deleteIndex(DOCS)
      await finds(t, search, { q: "word" }, [], "a search after deleteIndex")
      await finds(t, search, { where: { field: "absent", op: "eq", value: 1 } }, [], "a field of no index")
      await search.index(DOCS, "c", { t: "other", v: "a text now" })
      t.equal(await docsOf(search), { c: { t: "other", v: "a text now" } }, "the index that was made anew")
      await finds(t, search, { where: { field: "v", op: "eq", value: "a text now" } }, ["c"], "a field of another type")
    },
  }),
  clause("SEARCH-INDEX-08", {
    why: "A clean-up that runs twice fails the second time.",
    fix: "Take an index that is not there for deleted.",
    async check(t, search) {
      t.equal(await search.deleteIndex("absent"), undefined, "deleteIndex of no index")
      await search.index(DOCS, "id", { t: "word" })
      await Promise.all([search.deleteIndex(DOCS), search.deleteIndex(DOCS)])
      await search.deleteIndex(DOCS)
      await finds(t, search, {}, [], "after deleteIndex, twice at once and once more")
    },
  }),
  clause("SEARCH-INDEX-10", {
    why: "A pattern in the place of a name reads or deletes the documents of another index.",
    fix: "Ask for an index by its whole name, and never by what it begins with.",
    async check(t, search, world) {
      const names = ["a", "a-b", "a_b", "a-", "ab", "b", "a-000001", "0"]
      await Promise.all(
        names.map((name, at) =>
          fill(search, world, { id: { t: `word in${at}`, v: at % 2 === 0 ? at : `v${at}` } }, name),
        ),
      )
      for (const [at, object] of names.entries()) {
        await finds(t, search, { object, q: "word" }, ["id"], `a search of ${object}`)
        await finds(t, search, { object, q: `in${at}` }, ["id"], `the document of ${object}`)
      }
      await search.deleteIndex("a")
      await search.deleteIndex("a-b")
      for (const object of names) {
        const isGone = object === "a" || object === "a-b"
        await finds(t, search, { object }, isGone ? [] : ["id"], `${object} after a and a-b were deleted`)
      }
    },
  }),
  clause("SEARCH-INDEX-13", {
    why: "A page of one document must not depend on a search for it.",
    fix: "Read the document by its id, and take a missing index for a missing document.",
    needs: ["indexing"],
    async check(t, search, world) {
      t.equal(await search.get(DOCS, "a"), undefined, "get where no index is")
      await fill(search, world, { a: { t: "text", n: [1, null], o: { x: "" } }, b: { t: "other" } })
      t.equal(await search.get(DOCS, "a"), { t: "text", n: [1, null], o: { x: "" } }, "get")
      t.equal(await search.get(DOCS, "absent"), undefined, "get of no document")
      t.equal(await search.get("absent", "a"), undefined, "get of another index")
      await search.index(DOCS, "a", { t: "new" })
      t.equal(await search.get(DOCS, "a"), { t: "new" }, "get after index")
    },
  }),
  clause("SEARCH-INDEX-14", {
    why: "A removed document that is found leads to a page that is not there.",
    fix: "Resolve when no search sees the document any more, and tell whether it was there.",
    needs: ["indexing"],
    async check(t, search, world) {
      t.equal(await search.remove(DOCS, "a"), false, "remove where no index is")
      await fill(search, world, texts({ a: "word one", b: "word two", c: "word three" }))
      t.equal(await search.remove(DOCS, "a"), true, "remove")
      await finds(t, search, { q: "word" }, ["b", "c"], "a search after remove")
      await finds(t, search, { q: "one" }, [], "a word of the removed document alone")
      t.equal(await search.get(DOCS, "a"), undefined, "get after remove")
      t.equal(await search.remove(DOCS, "a"), false, "remove once more")
      t.equal(await search.remove(DOCS, "absent"), false, "remove of no document")
      await search.index(DOCS, "a", { t: "word again" })
      await finds(t, search, { q: "word" }, ["a", "b", "c"], "stored again")
    },
  }),
  clause("SEARCH-INDEX-15", {
    why: "A console that shows indexes shows wrong numbers, or those of others.",
    fix: "Count documents as searches see them, and give the types as they are defined or were taken from documents.",
    needs: ["indexing"],
    async check(t, search, world) {
      t.equal(await search.listIndexes(), [], "no index")
      await define(search, { t: { type: "text" }, at: { type: "date" }, k: { type: "keyword" } }, undefined, "b")
      await fill(search, world, { 1: { t: "x", n: 1, ok: true, o: { p: "y" } }, 2: { t: "z" } }, "a_1")
      await fill(search, world, { 1: { t: "x" } }, "a")
      const listed = await search.listIndexes()
      t.equal(
        listed.map(({ documents, fields, name }) => ({ name, documents, fields: sortedMembers(fields) })),
        [
          { name: "a", documents: 1, fields: { t: "text" } },
          { name: "a_1", documents: 2, fields: { n: "number", "o.p": "text", ok: "boolean", t: "text" } },
          { name: "b", documents: 0, fields: { at: "date", k: "keyword", t: "text" } },
        ],
        "indexes",
      )
      await search.remove("a_1", "1")
      await search.deleteIndex("a")
      const names = (await search.listIndexes()).map(({ documents, name }) => [name, documents])
      t.equal(
        names,
        [
          ["a_1", 1],
          ["b", 0],
        ],
        "after remove and deleteIndex",
      )
    },
  }),
  clause("SEARCH-INDEX-16", {
    why: "A test that waits for the search by refresh fails where there is nothing to wait for.",
    fix: "Resolve at once where nothing waits, and where the index is not there.",
    needs: ["indexing"],
    async check(t, search) {
      t.equal(await search.refresh(), undefined, "refresh of no index")
      t.equal(await search.refresh("absent"), undefined, "refresh of an index that is not there")
      await search.index(DOCS, "a", { t: "word" })
      await search.refresh(DOCS)
      await finds(t, search, { q: "word" }, ["a"], "after refresh of the index")
      await search.index("other", "b", { t: "word" })
      await search.refresh()
      await finds(t, search, { object: "other", q: "word" }, ["b"], "after refresh of all")
    },
  }),
]

function sortedMembers(members: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1)))
}

import type { FieldDefinition } from "../../../contracts/search/search.ts"
import { allRefuse, ask, clause, DOCS, define, docsOf, fill, finds, refuses, wrong } from "../clause.ts"
import { filter } from "./filters.ts"

const CHANGED = ["PRECONDITION_FAILED", "definition"] as const
const text = { type: "text" } as const

/** SEARCH-DEF: fields that are defined. */
export const definitionsClauses = [
  clause("SEARCH-DEF-01", {
    why: "The first page of a new application fails on a field that no document has yet.",
    fix: "Make the index with its fields before it has a document.",
    needs: ["indexing"],
    async check(t, search) {
      await define(search, { t: text, n: { type: "number" }, "o.p": { type: "boolean" } })
      await finds(t, search, { q: "word", fields: ["t"], ...filter("n", "gt", 1) }, [], "a search of defined fields")
      await finds(t, search, filter("o.p", "eq", true), [], "a nested field")
      await refuses(t, () => ask(search, filter("absent", "eq", 1)), ["INVALID_ARGUMENT", "field"], "another field")
      const [info] = await search.listIndexes()
      const wanted = { t: "text", n: "number", "o.p": "boolean" }
      t.equal([info?.name, info?.documents, info?.fields], [DOCS, 0, wanted], "the index")
      await search.index(DOCS, "a", { t: "word", n: 2, o: { p: true } })
      await finds(t, search, { q: "word", ...filter("n", "gt", 1) }, ["a"], "a document")
      await t.rejects(() => search.index(DOCS, "b", { n: "2" }), "INVALID_ARGUMENT", "a value of another type")
    },
  }),
  clause("SEARCH-DEF-02", {
    why: "Every start of a program defines its indexes, and a new version has a field more.",
    fix: "Compare with what is there, and change only what is new.",
    needs: ["indexing"],
    async check(t, search, world) {
      await define(search, { t: text })
      await fill(search, world, { a: { t: "word", inferred: "x" }, b: { t: "other" } })
      await define(search, { t: text })
      await define(search, { t: { type: "text", analyzer: "standard", searchable: true, boost: 1 } })
      await finds(t, search, { q: "word" }, ["a"], "after the same again")
      await define(search, { t: text, n: { type: "number" }, inferred: text })
      await finds(t, search, { q: "word" }, ["a"], "after one with more fields")
      await finds(t, search, filter("n", "gt", 0), [], "a field that was added")
      await define(search, { n: { type: "number" } })
      await finds(t, search, { q: "word", fields: ["t"] }, ["a"], "a field that the last one does not name")
      await search.index(DOCS, "c", { n: 1 })
      await finds(t, search, filter("n", "gt", 0), ["c"], "a document with it")
      t.equal(Object.keys(await docsOf(search)), ["a", "b", "c"], "documents")
      await Promise.all([define(search, { t: text, m: text }), define(search, { t: text, m: text })])
      await finds(t, search, filter("m", "exists", true), [], "after two at once")
    },
  }),
  clause("SEARCH-DEF-03", {
    why: "Documents that are stored cannot become others, and half of them would.",
    fix: "Compare type, analyzer and use of each field first, and change nothing where one differs.",
    needs: ["indexing"],
    async check(t, search, world) {
      const { analyzers } = world.capabilities
      await define(search, { t: text, n: { type: "number" }, k: { type: "keyword", sortable: false } })
      await fill(search, world, { a: { t: "word", n: 1, k: "x", inferred: 7, o: { p: 1 } } })
      const others: Record<string, Readonly<Record<string, FieldDefinition>>> = {
        "another type": { t: { type: "keyword" } },
        "a date of a text": { t: { type: "date" } },
        "a text of an inferred number": { inferred: text },
        "not searchable": { t: { type: "text", searchable: false } },
        "not filterable": { n: { type: "number", filterable: false } },
        "not facetable": { n: { type: "number", facetable: false } },
        sortable: { k: { type: "keyword", sortable: true } },
        "not stored": { t: { type: "text", stored: false } },
        "a field of an object": { o: text },
        "a field within a field": { "t.more": text },
        "one of two": { fresh: text, n: text },
      }
      if (analyzers.includes("english")) others["another analyzer"] = { t: { type: "text", analyzer: "english" } }
      for (const [what, fields] of Object.entries(others)) {
        await refuses(t, () => define(search, { ...fields }), CHANGED, what)
      }
      await refuses(t, () => ask(search, filter("fresh", "eq", "x")), ["INVALID_ARGUMENT", "field"], "a field of those")
      await finds(t, search, { q: "word", ...filter("n", "eq", 1) }, ["a"], "the document")
    },
  }),
  clause("SEARCH-DEF-04", {
    why: "Records have fields of their own beside those that are known.",
    fix: "Infer what the definition does not name.",
    needs: ["indexing"],
    async check(t, search, world) {
      await define(search, { t: text, "o.p": { type: "keyword" } })
      await fill(search, world, { a: { t: "word", more: "another word", n: 5, o: { p: "X y", q: true } } })
      await finds(t, search, { q: "another" }, ["a"], "a text")
      await finds(t, search, filter("n", "eq", 5), ["a"], "a number")
      await finds(t, search, filter("o.q", "eq", true), ["a"], "a member beside a defined one")
      await finds(t, search, filter("o.p", "eq", "X y"), ["a"], "a defined one")
    },
  }),
  clause("SEARCH-DEF-05", {
    why: "An internal note is found by everybody.",
    fix: "Leave the field out of searches without fields, and refuse those that name it.",
    needs: ["indexing"],
    async check(t, search, world) {
      await define(search, {
        secret: { type: "text", searchable: false },
        code: { type: "keyword", searchable: false },
        k: { type: "keyword" },
        t: text,
      })
      await fill(search, world, { a: { secret: "hidden words", code: "X1", t: "open", k: "K1" } })
      await finds(t, search, { q: "hidden X1" }, [], "words of fields that are not searchable")
      await finds(t, search, { q: "K1" }, ["a"], "a keyword")
      await finds(t, search, filter("secret", "eq", "hidden words"), ["a"], "a filter of it")
      await allRefuse(t, search, ["INVALID_ARGUMENT", "field"], {
        "a text": { q: "hidden", fields: ["secret"] },
        "one of two": { q: "hidden", fields: ["t", { field: "code", boost: 2 }] },
      })
    },
  }),
  clause("SEARCH-DEF-06", {
    why: "What is not kept for a filter would be scanned for, or match nothing.",
    fix: "Look up what a field can do, and refuse before anything is asked.",
    needs: ["indexing"],
    async check(t, search, world) {
      const { facets, sort } = world.capabilities
      await define(search, {
        t: { type: "text", filterable: false, facetable: false, sortable: false },
        n: { type: "number", filterable: false, facetable: false, sortable: false },
        f: { type: "number", facetable: false, sortable: false },
      })
      await fill(search, world, { a: { t: "word", n: 1, f: 1 } })
      const refusal = ["INVALID_ARGUMENT", "field"] as const
      await allRefuse(t, search, refusal, {
        "a filter of a text": filter("t", "eq", "word"),
        "a filter of a number": { where: { not: { field: "n", op: "gt", value: 1 } } },
        exists: filter("n", "exists", true),
      })
      await finds(t, search, { q: "word", ...filter("f", "eq", 1) }, ["a"], "a filter of one that is filterable")
      for (const field of ["t", "n", "f"]) {
        if (sort) await refuses(t, () => ask(search, { sort: [{ field }] }), refusal, `a sort by ${field}`)
        if (facets) await refuses(t, () => ask(search, { facets: [{ field }] }), refusal, `a facet of ${field}`)
      }
    },
  }),
  clause("SEARCH-DEF-07", {
    why: "A text that is only there to be found is sent with every hit.",
    fix: "Leave the field out of what hits and get show.",
    needs: ["indexing"],
    async check(t, search, world) {
      await define(search, {
        body: { type: "text", stored: false },
        "o.note": { type: "text", stored: false },
        t: text,
      })
      await fill(search, world, { a: { t: "title", body: "long words", o: { note: "hidden", open: "x" }, n: 1 } })
      const shown = { t: "title", o: { open: "x" }, n: 1 }
      t.equal((await docsOf(search, { q: "long" }))["a"], shown, "a hit of its words")
      t.equal((await docsOf(search, { q: "hidden" }))["a"], shown, "a hit of a nested one")
      t.equal(await search.get(DOCS, "a"), shown, "get")
      t.equal((await docsOf(search, { select: ["body", "t"] }))["a"], { t: "title" }, "selected")
      await finds(t, search, filter("body", "eq", "long words"), ["a"], "a filter of it")
      if (!world.capabilities.highlight) return
      const shownIn = async (query: object) => (await ask(search, { q: "long title", ...query })).hits[0]?.highlights
      t.equal(Object.keys((await shownIn({ highlight: true })) ?? {}), ["t"], "highlights")
      t.equal((await shownIn({ highlight: { fields: ["body"] } })) ?? {}, {}, "highlights of it alone")
    },
  }),
  clause("SEARCH-DEF-08", {
    why: "A date that comes back in another form is another value.",
    fix: "Keep the text beside the milliseconds that are compared.",
    needs: ["indexing"],
    async check(t, search, world) {
      await define(search, { at: { type: "date" }, "o.days": { type: "date" } })
      const docs = {
        a: { at: "2024-01-01" },
        b: { at: "2024-01-01T10:00:00.5+02:00", o: { days: ["2024-02-29", "1900-01-01"] } },
        c: { at: null, o: [{ days: "2000-01-01T00:00Z" }] },
      }
      await fill(search, world, docs)
      t.equal(await docsOf(search), docs, "documents")
      await finds(t, search, { q: "2024" }, [], "a search of words")
      await finds(t, search, filter("o.days", "lt", "1950-01-01"), ["b"], "one of several days")
      for (const at of [1_704_067_200_000, true, ["2024-01-01", 7]]) {
        await refuses(t, () => search.index(DOCS, "d", { at }), ["INVALID_ARGUMENT", "type"], `${JSON.stringify(at)}`)
      }
      await refuses(t, () => search.index(DOCS, "d", { at: "soon" }), ["INVALID_ARGUMENT", "date"], "another text")
      const nested = { o: { days: "soon" } }
      await refuses(t, () => search.index(DOCS, "d", nested), ["INVALID_ARGUMENT", "date"], "another text in an object")
      t.equal(Object.keys(await docsOf(search)), ["a", "b", "c"], "documents afterwards")
    },
  }),
  clause("SEARCH-DEF-09", {
    why: "A definition with a slip makes another index than was meant.",
    fix: "Check the definition first, as indexDefinitionIssue from @objectos/sdk/contracts does.",
    needs: ["indexing"],
    async check(t, search) {
      const fields: unknown[] = [
        ...[
          undefined,
          null,
          [],
          "t",
          { t: {} },
          { t: { type: "string" } },
          { t: "text" },
          { t: { type: "text", x: 1 } },
        ],
        ...[{ t: { type: "text", analyzer: "french" } }, { n: { type: "number", analyzer: "standard" } }],
        ...[
          { n: { type: "number", searchable: true } },
          { t: { type: "text", boost: 0 } },
          { t: { type: "text", boost: "2" } },
        ],
        ...[
          { t: { type: "text", stored: 1 } },
          { "": text },
          { _t: text },
          { "a..b": text },
          { "a.": text },
          { "*": text },
        ],
        ...[{ a: text, "a.b": text }, { [Array.from({ length: 18 }, () => "a").join(".")]: text }],
        Object.fromEntries(Array.from({ length: 401 }, (_, at) => [`f${at}`, text])),
      ]
      for (const each of fields) {
        const call = () => search.defineIndex(wrong({ name: DOCS, fields: each }))
        await t.rejects(call, "INVALID_ARGUMENT", `fields ${JSON.stringify(each)?.slice(0, 80)}`)
      }
      for (const synonyms of ["a", [["a"]], [["a", ""]], [["a", 7]], ["a", "b"], [[" ", "b"]]]) {
        const call = () => search.defineIndex(wrong({ name: DOCS, fields: { t: text }, synonyms }))
        await t.rejects(call, "INVALID_ARGUMENT", `synonyms ${JSON.stringify(synonyms)}`)
      }
      for (const definition of [
        undefined,
        null,
        "docs",
        { name: DOCS },
        { fields: {} },
        { name: DOCS, fields: {}, more: 1 },
      ]) {
        await t.rejects(
          () => search.defineIndex(wrong(definition)),
          "INVALID_ARGUMENT",
          JSON.stringify(definition) ?? "none",
        )
      }
      t.equal(await search.listIndexes(), [], "indexes")
    },
  }),
]

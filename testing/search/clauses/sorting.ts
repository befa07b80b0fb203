import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { SearchQuery } from "../../../contracts/search/search.ts"
import { allRefuse, ask, clause, type Doc, define, fill, idsOf } from "../clause.ts"
import { compare, seededDocuments, valuesOf } from "../naive.ts"

type Sort = NonNullable<SearchQuery["sort"]>

const up = (field: string) => ({ field }) as const
const down = (field: string) => ({ field, order: "desc" }) as const

/** SEARCH-SORT: hits in another order than that of their scores. */
export const sortingClauses = [
  clause("SEARCH-SORT-01", {
    why: "A table that is sorted by a column must be sorted by it.",
    fix: "Compare numbers as numbers, dates by millisecond, and false before true.",
    needs: ["sort"],
    async check(t, search, world) {
      const { indexing } = world.capabilities
      if (indexing) await define(search, { at: { type: "date" } })
      const at = (text: string) => (indexing ? { at: text } : {})
      await fill(search, world, {
        a: { n: 10, t: "pear apple", ok: true, ...at("2024-01-01") },
        b: { n: 9, t: "zebra", ok: false, ...at("2024-01-01T00:00:00+01:00") },
        c: { n: -1.5, t: "apple zebra", ok: true, ...at("2024-01-01T00:00:00.001Z") },
      })
      const sorted = (sort: Sort) => idsOf(search, { sort })
      t.equal(await sorted([up("n")]), ["c", "b", "a"], "numbers up")
      t.equal(await sorted([{ field: "n", order: "asc" }]), ["c", "b", "a"], "numbers asc")
      t.equal(await sorted([down("n")]), ["a", "b", "c"], "numbers down")
      t.equal(await sorted([up("t")]), ["c", "a", "b"], "texts up, by all of them")
      t.equal(await sorted([down("t")]), ["b", "a", "c"], "texts down")
      t.equal(await sorted([up("ok")]), ["b", "a", "c"], "booleans up")
      t.equal(await sorted([down("ok")]), ["a", "c", "b"], "booleans down")
      t.equal(await idsOf(search, { q: "apple", sort: [up("n")] }), ["c", "a"], "hits of a word")
      if (!indexing) return
      t.equal(await sorted([up("at")]), ["b", "a", "c"], "dates up")
      t.equal(await sorted([down("at")]), ["c", "a", "b"], "dates down")
    },
  }),
  clause("SEARCH-SORT-02", {
    why: "The order is another one in each engine, and on each machine.",
    fix: "Compare texts by code point: capitals first, and emoji behind all letters.",
    needs: ["sort"],
    async check(t, search, world) {
      const values = ["", " ", "10", "9", "B", "a", "a b", "ab", "é", "鍵", "\uffee", "😀"]
      const ids = values.map((_, at) => `id${String(at).padStart(2, "0")}`)
      const docs = values.map((v, at): [string, Doc] => [ids[at] ?? "", { v }])
      await fill(search, world, Object.fromEntries(docs.toReversed()))
      t.equal(await idsOf(search, { sort: [up("v")] }), ids, "up")
      t.equal(await idsOf(search, { sort: [down("v")] }), ids.toReversed(), "down")
    },
  }),
  clause("SEARCH-SORT-03", {
    why: "Rows of equal values change places from page to page.",
    fix: "Add the id, compared by code point, as the last key of every sort.",
    needs: ["sort"],
    async check(t, search, world) {
      await fill(search, world, {
        b: { x: 1, y: "b" },
        a: { x: 1, y: "b" },
        "😀": { x: 1, y: "a" },
        "\uffee": { x: 1, y: "a" },
        c: { x: 2, y: "a" },
        d: { x: 1 },
      })
      const sorted = (...sort: Sort) => idsOf(search, { sort })
      t.equal(await sorted(up("x")), ["a", "b", "d", "\uffee", "😀", "c"], "one key")
      t.equal(await sorted(up("x"), up("y")), ["\uffee", "😀", "a", "b", "d", "c"], "two keys")
      t.equal(await sorted(down("x"), down("y")), ["c", "a", "b", "\uffee", "😀", "d"], "two keys, down")
      t.equal(await sorted(up("y"), down("x")), ["c", "\uffee", "😀", "a", "b", "d"], "another order of keys")
    },
  }),
  clause("SEARCH-SORT-04", {
    why: "Rows without a value fill the first page, in one direction or in both.",
    fix: "Put what has no value last, whatever the direction and the type.",
    needs: ["sort"],
    async check(t, search, world) {
      const { indexing } = world.capabilities
      if (indexing) await define(search, { at: { type: "date" } })
      const at = (text: string) => (indexing ? { at: text } : {})
      await fill(search, world, {
        a: { n: 0, t: "", ok: false, ...at("1960-01-01") },
        b: { n: null, t: null },
        c: {},
        d: { n: [], t: [null] },
        e: { n: 5, t: "z", ok: true, ...at("2024-01-01") },
      })
      for (const field of ["n", "t", "ok", ...(indexing ? ["at"] : [])]) {
        t.equal(await idsOf(search, { sort: [up(field)] }), ["a", "e", "b", "c", "d"], `${field} up`)
        t.equal(await idsOf(search, { sort: [down(field)] }), ["e", "a", "b", "c", "d"], `${field} down`)
      }
      await fill(search, world, { f: { t: "z".repeat(8192) } })
      t.equal((await idsOf(search, { sort: [down("t")] }))[0], "e", "a text over 8,191 units, down")
    },
  }),
  clause("SEARCH-SORT-05", {
    why: "Documents with several values jump between two orders.",
    fix: "Sort by the smallest value of an array up, and by the largest down.",
    needs: ["sort"],
    async check(t, search, world) {
      await fill(search, world, {
        a: { n: [5, 1, 3], t: ["m", "z"] },
        b: { n: 2, t: "n" },
        c: { n: [4], t: ["b", "c"] },
        d: { n: [], t: [null] },
      })
      t.equal(await idsOf(search, { sort: [up("n")] }), ["a", "b", "c", "d"], "numbers up")
      t.equal(await idsOf(search, { sort: [down("n")] }), ["a", "c", "b", "d"], "numbers down")
      t.equal(await idsOf(search, { sort: [up("t")] }), ["c", "a", "b", "d"], "texts up")
      t.equal(await idsOf(search, { sort: [down("t")] }), ["a", "b", "c", "d"], "texts down")
    },
  }),
  clause("SEARCH-SORT-06", {
    why: "A sort that is written wrong leaves any order, and nobody is told.",
    fix: "Look each field up in the index first.",
    needs: ["sort"],
    async check(t, search, world) {
      await fill(search, world, { a: { n: 1, t: "x", o: { p: 1 } } })
      await allRefuse(t, search, ["INVALID_ARGUMENT", "field"], {
        "an absent field": { sort: [{ field: "absent" }] },
        "one of two": { sort: [{ field: "n" }, { field: "absent", order: "desc" }] },
        "an object": { sort: [{ field: "o" }] },
        "a form of the engine's own": { sort: [{ field: "t.keyword" }] },
        "the score": { sort: [{ field: "_score" }] },
        "a prototype": { sort: [{ field: "__proto__" }] },
        "a sort of no match": { q: "absent", sort: [{ field: "absent" }] },
      })
      t.equal((await ask(search, { sort: [up("n")] })).total, 1, "a sort by a field that is there")
    },
  }),
  clause("SEARCH-SORT-07", {
    why: "Sorts are right by one key, and wrong by three.",
    fix: "Compare with a look at each document, over sorts by chance.",
    needs: ["sort"],
    async check(t, search, world) {
      const docs = seededDocuments(world.random, 60)
      await fill(search, world, docs)
      const all: [string, Doc][] = Object.entries(docs)
      for (let round = 0; round < 10; round++) {
        const fields = ["t", "n", "ok", "tags"].filter(() => world.random.next() < 0.6)
        const sort = fields.map((field) => (world.random.next() < 0.5 ? up(field) : down(field)))
        if (sort.length === 0) continue
        const wanted = all.toSorted((one, other) => compareDocuments(one, other, sort)).map(([id]) => id)
        t.equal(await idsOf(search, { sort }), wanted, JSON.stringify(sort))
      }
      t.equal((await idsOf(search, { sort: [up("n")] })).length, all.length, "hits")
    },
  }),
]

function compareDocuments([id, doc]: [string, Doc], [otherId, other]: [string, Doc], sort: Sort): number {
  for (const { field, order } of sort) {
    const at = order === "desc" ? -1 : 0
    const [value, otherValue] = [doc, other].map((each) => valuesOf(each, field).toSorted(compare).at(at))
    const missing = Number(value === undefined) - Number(otherValue === undefined)
    if (missing !== 0) return missing
    if (value === undefined || otherValue === undefined) continue
    const compared = compare(value, otherValue) * (order === "desc" ? -1 : 1)
    if (compared !== 0) return compared
  }
  return compareCodePoints(id, otherId)
}

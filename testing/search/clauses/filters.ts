import type { FieldFilter, FilterNode } from "../../../contracts/search/search.ts"
import { allRefuse, ask, clause, DOCS, fill, finds, texts, wrong } from "../clause.ts"

type Op = FieldFilter["op"]

/** A filter of one field. */
export function filter(field: string, op: Op, value: unknown): { where: FilterNode } {
  return { where: { field, op, value } as FieldFilter }
}

const MIXED = {
  a: { t: "Apple", n: 1, ok: true },
  b: { t: "apple", n: 2, ok: false },
  c: { t: "Apple pie", n: 10, ok: true },
  d: { t: "banana", n: -1.5 },
  e: { other: "none" },
}

/** SEARCH-FILTER-01 to 09: what each filter lets through. Dates and limits are in `filter-limits.ts`. */
export const filtersClauses = [
  clause("SEARCH-FILTER-01", {
    why: "A filter that finds a little more shows what a user must not see.",
    fix: "Compare whole values: texts with their case, numbers as numbers.",
    async check(t, search, world) {
      await fill(search, world, MIXED)
      const is = (field: string, op: Op, value: unknown, ids: readonly string[]) =>
        finds(t, search, filter(field, op, value), ids, `${field} ${op} ${JSON.stringify(value)}`)
      await is("t", "eq", "Apple", ["a"])
      await is("t", "eq", "apple pie", [])
      await is("t", "eq", "App", [])
      await is("t", "eq", "", [])
      await is("t", "in", ["banana", "Apple pie", "absent"], ["c", "d"])
      await is("t", "in", [], [])
      await is("n", "eq", 2, ["b"])
      await is("n", "eq", -1.5, ["d"])
      await is("n", "in", [1, 10, 100], ["a", "c"])
      await is("ok", "eq", true, ["a", "c"])
      await is("ok", "eq", false, ["b"])
      await is("ok", "in", [true, false], ["a", "b", "c"])
      await is("t", "ne", "Apple", ["b", "c", "d", "e"])
      await is("t", "nin", ["Apple", "apple"], ["c", "d", "e"])
      await is("t", "nin", [], ["a", "b", "c", "d", "e"])
      await is("n", "ne", 1, ["b", "c", "d", "e"])
      await is("ok", "ne", true, ["b", "d", "e"])
    },
  }),
  clause("SEARCH-FILTER-02", {
    why: "A price of the limit is within it, and 10 is more than 9.",
    fix: "Compare numbers as numbers; only gt and lt leave the end out.",
    async check(t, search, world) {
      const numbers = { a: -1.5, b: 0, c: 9, d: 10, e: 10.5, f: 1e9, g: 9_007_199_254_740_991 }
      await fill(search, world, Object.fromEntries(Object.entries(numbers).map(([id, n]) => [id, { n }])))
      const is = (op: Op, value: unknown, ids: string) =>
        finds(t, search, filter("n", op, value), [...ids], `n ${op} ${JSON.stringify(value)}`)
      await is("gt", 9, "defg")
      await is("gte", 9, "cdefg")
      await is("lt", 9, "ab")
      await is("lte", 9, "abc")
      await is("lt", -1.5, "")
      await is("gte", 10.25, "efg")
      await is("between", [9, 10.5], "cde")
      await is("between", [9, 9], "c")
      await is("between", [10, 9], "")
      await is("eq", 9_007_199_254_740_991, "g")
      await is("gt", 9_007_199_254_740_990, "g")
    },
  }),
  clause("SEARCH-FILTER-03", {
    why: "A range of names gives other results on each machine where it goes by a language.",
    fix: "Compare texts by code point, not by UTF-16 units and not by a locale.",
    async check(t, search, world) {
      const values = { a: "A", b: "B", c: "a", d: "aa", e: "é", f: "\uffee", g: "😀", h: "Z" }
      await fill(search, world, Object.fromEntries(Object.entries(values).map(([id, v]) => [id, { v }])))
      const is = (op: Op, value: unknown, ids: string) =>
        finds(t, search, filter("v", op, value), [...ids], `v ${op} ${JSON.stringify(value)}`)
      await is("gt", "a", "defg")
      await is("gte", "a", "cdefg")
      await is("lt", "a", "abh")
      await is("lte", "A", "a")
      await is("between", ["B", "a"], "bch")
      await is("gt", "\uffee", "g")
      await is("lt", "😀", "abcdefh")
    },
  }),
  clause("SEARCH-FILTER-04", {
    why: "A tag among others could not be filtered by.",
    fix: "Let an array match where one of its elements does; ne is the opposite of eq.",
    async check(t, search, world) {
      await fill(search, world, {
        a: { tags: ["x", "y"], n: [1, 20] },
        b: { tags: ["y"], n: [5] },
        c: { tags: [["z"], "x"], n: 7 },
        d: { tags: [], n: [] },
      })
      await finds(t, search, filter("tags", "eq", "x"), ["a", "c"], "eq")
      await finds(t, search, filter("tags", "in", ["y", "z"]), ["a", "b", "c"], "in")
      await finds(t, search, filter("tags", "ne", "x"), ["b", "d"], "ne")
      await finds(t, search, filter("tags", "nin", ["y"]), ["c", "d"], "nin")
      await finds(t, search, filter("n", "gt", 10), ["a"], "gt")
      await finds(t, search, filter("n", "between", [2, 6]), ["b"], "between, by one element")
      const both = {
        and: [
          { field: "n", op: "gt", value: 10 },
          { field: "n", op: "lt", value: 5 },
        ],
      } as const
      await finds(t, search, { where: both }, ["a"], "two filters, by two elements")
    },
  }),
  clause("SEARCH-FILTER-05", {
    why: "SQL leaves out rows without a value where it is asked for others; engines do not.",
    fix: "Take null for no value, and let a document without the field pass ne, nin and not alone.",
    async check(t, search, world) {
      await fill(search, world, { a: { v: "x", n: 1 }, b: { v: null, n: null }, c: { w: 1 }, d: { v: [null], n: [] } })
      const none = ["b", "c", "d"]
      await finds(t, search, filter("v", "ne", "x"), none, "ne")
      await finds(t, search, filter("v", "nin", ["x"]), none, "nin")
      await finds(t, search, filter("v", "ne", "absent"), ["a", ...none], "ne of a value that is nowhere")
      await finds(t, search, { where: { not: { field: "n", op: "gt", value: 0 } } }, none, "not of gt")
      for (const [op, value] of [
        ["eq", "x"],
        ["in", ["x", "y"]],
        ["gt", ""],
        ["gte", ""],
        ["lt", "z"],
        ["prefix", ""],
      ] as const) {
        await finds(t, search, filter("v", op, value), ["a"], op)
      }
      await finds(t, search, filter("n", "lte", 1), ["a"], "lte of numbers")
    },
  }),
  clause("SEARCH-FILTER-06", {
    why: "Records without an owner are looked for.",
    fix: "Look whether the document has any value under the path, of any length.",
    async check(t, search, world) {
      await fill(search, world, {
        a: { v: "x", n: 0, ok: false },
        b: { v: "", n: null },
        c: { v: null, ok: null },
        d: { v: [], o: { p: 1 } },
        e: { v: [null, "y"], o: {} },
        f: {},
      })
      const are = (field: string, ids: readonly string[]) => finds(t, search, filter(field, "exists", true), ids, field)
      await are("v", ["a", "b", "e"])
      await are("n", ["a"])
      await are("ok", ["a"])
      await are("o.p", ["d"])
      await finds(t, search, filter("v", "exists", false), ["c", "d", "f"], "v that is not there")
      await finds(t, search, filter("o.p", "exists", false), ["a", "b", "c", "e", "f"], "o.p that is not there")
    },
  }),
  clause("SEARCH-FILTER-07", {
    why: "A star of user input lets everything through.",
    fix: "Compare the beginning of the whole text, and escape what the engine takes for a pattern.",
    async check(t, search, world) {
      const values = { a: "Apple pie", b: "apple", c: "A*b", d: "A?", e: "Axb", f: "100%", g: "🍎 red", h: "a\\b" }
      await fill(search, world, Object.fromEntries(Object.entries(values).map(([id, v]) => [id, { v }])))
      const are = (prefix: string, ids: string) =>
        finds(t, search, filter("v", "prefix", prefix), [...ids], `prefix ${JSON.stringify(prefix)}`)
      await are("A", "acde")
      await are("a", "bh")
      await are("Apple ", "a")
      await are("pie", "")
      await are("A*", "c")
      await are("A?", "d")
      await are("*", "")
      await are("100%", "f")
      await are("1%", "")
      await are("🍎", "g")
      await are("a\\", "h")
      await are("", "abcdefgh")
      await finds(t, search, filter("v", "prefix", "x".repeat(1000)), [], "a prefix of 1,000 characters")
      const long = () => ask(search, filter("v", "prefix", "x".repeat(1001)))
      await t.rejects(long, "INVALID_ARGUMENT", "a prefix of 1,001 characters")
    },
  }),
  clause("SEARCH-FILTER-08", {
    why: "A rule of two parts lets through what one of them forbids.",
    fix: "Translate each node as it stands, the empty ones too.",
    async check(t, search, world) {
      await fill(search, world, MIXED)
      const apple = { field: "t", op: "prefix", value: "Apple" } as const
      const small = { field: "n", op: "lt", value: 5 } as const
      const yes = { field: "ok", op: "eq", value: true } as const
      const all = ["a", "b", "c", "d", "e"]
      const are = (where: FilterNode, ids: readonly string[]) => finds(t, search, { where }, ids, JSON.stringify(where))
      await are({ and: [apple, small] }, ["a"])
      await are({ or: [apple, small] }, ["a", "b", "c", "d"])
      await are({ not: apple }, ["b", "d", "e"])
      await are({ not: { not: apple } }, ["a", "c"])
      await are({ and: [] }, all)
      await are({ or: [] }, [])
      await are({ not: { and: [] } }, [])
      await are({ not: { or: [] } }, all)
      await are({ and: [{ or: [apple, small] }, { not: yes }] }, ["b", "d"])
      await are({ or: [{ and: [small, yes] }, { and: [{ not: small }, { not: yes }] }] }, ["a", "e"])
      await are({ and: [apple] }, ["a", "c"])
      await are({ not: { or: [apple, small] } }, ["e"])
      await are({ not: { and: [apple, small] } }, ["b", "c", "d", "e"])
      await are({ and: [{ field: "n", op: "gt", value: 0 }, small] }, ["a", "b"])
    },
  }),
  clause("SEARCH-FILTER-09", {
    why: "A search within what a user may see must not reach beyond it.",
    fix: "Ask for documents that match the words and pass the filter.",
    async check(t, search, world) {
      await fill(search, world, {
        a: { t: "fast cache", n: 1 },
        b: { t: "fast queue", n: 2 },
        c: { t: "slow", n: 1 },
        d: { t: "fast" },
      })
      await finds(t, search, { q: "fast", ...filter("n", "eq", 1) }, ["a"], "a word and a filter")
      await finds(t, search, { q: "fast slow", ...filter("n", "ne", 2) }, ["a", "c", "d"], "two words and a filter")
      await finds(t, search, { q: "fast", ...filter("n", "eq", 7) }, [], "a filter that lets nothing through")
      await finds(t, search, { q: "absent", ...filter("n", "eq", 1) }, [], "a word that is nowhere")
      const { hits } = await ask(search, { q: "fast cache", ...filter("n", "gte", 1) })
      t.equal(
        hits.map(({ id }) => id),
        ["a", "b"],
        "the order, with a filter",
      )
    },
  }),
  clause("SEARCH-FILTER-12", {
    why: "A number that is given as text matches nothing, and nobody is told.",
    fix: "Compare the type of each value with that of its field first.",
    async check(t, search, world) {
      await fill(search, world, MIXED)
      await allRefuse(t, search, ["INVALID_ARGUMENT", "type"], {
        "a text for a number": filter("n", "eq", "1"),
        "a number for a text": filter("t", "eq", 1),
        "a boolean for a text": filter("t", "ne", true),
        "a text for a boolean": filter("ok", "eq", "true"),
        "a number for a boolean": filter("ok", "in", [true, 1]),
        "a text in a range of numbers": filter("n", "gt", "1"),
        "texts between numbers": filter("n", "between", ["1", "2"]),
        "a number in a range of texts": filter("t", "lte", 5),
        "one of several": filter("n", "nin", [1, 2, "3"]),
        "within a not": { where: { not: { and: [{ field: "n", op: "eq", value: true }] } } },
      })
    },
  }),
  clause("SEARCH-FILTER-13", {
    why: "A filter that is written wrong lets nothing through, or everything.",
    fix: "Look each field up in the index first.",
    async check(t, search, world) {
      await fill(search, world, { ...MIXED, f: { o: { p: 1 } } })
      await allRefuse(t, search, ["INVALID_ARGUMENT", "field"], {
        "an absent field": filter("absent", "eq", 1),
        "ne of an absent field": filter("absent", "ne", 1),
        "exists of an absent field": filter("absent", "exists", false),
        "one of two": {
          where: {
            or: [
              { field: "n", op: "eq", value: 1 },
              { field: "x", op: "eq", value: 1 },
            ],
          },
        },
        "within a not": { where: { not: { field: "N", op: "eq", value: 1 } } },
        "an object": filter("o", "exists", true),
        "a form of the engine's own": filter("t.keyword", "eq", "Apple"),
        "the id": filter("_id", "eq", "a"),
        "a prototype": filter("__proto__", "eq", "a"),
      })
    },
  }),
  clause("SEARCH-FILTER-18", {
    why: "A value that is looked up in a plain object is found on its prototype.",
    fix: "Keep values in a Map.",
    async check(t, search, world) {
      const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"]
      await fill(search, world, texts({ other: "a text" }))
      for (const name of names) await finds(t, search, filter("t", "eq", name), [], `${name} before a document has it`)
      await fill(search, world, texts(Object.fromEntries(names.map((name, at) => [`id${at}`, name]))))
      for (const [at, name] of names.entries()) await finds(t, search, filter("t", "eq", name), [`id${at}`], name)
      const ids = names.map((_, at) => `id${at}`)
      await finds(t, search, filter("t", "in", names), ids, "all of them")
      await finds(t, search, filter("t", "nin", names), ["other"], "none of them")
    },
  }),
  clause("SEARCH-FILTER-17", {
    why: "Half a rule is none, and must not pass for one.",
    fix: "Check the filter first, as searchQueryIssue from @objectos/sdk/contracts does.",
    async check(t, search, world) {
      await fill(search, world, MIXED)
      const nodes: unknown[] = [
        ...["n = 1", 7, [], {}, { field: "n" }, { field: "n", op: "eq" }, { op: "eq", value: 1 }],
        ...[
          { field: "n", op: "like", value: 1 },
          { field: "n", op: "eq", value: null },
          { field: "n", op: "eq", value: [1] },
        ],
        ...[
          { field: "n", op: "eq", value: Number.NaN },
          { field: "n", op: "gt", value: Number.POSITIVE_INFINITY },
        ],
        ...[
          { field: "n", op: "eq", value: { $gt: 0 } },
          { field: "n", op: "in", value: 1 },
        ],
        ...[
          { field: "n", op: "in", value: [null] },
          { field: "n", op: "between", value: [1] },
        ],
        ...[
          { field: "n", op: "between", value: [1, "2"] },
          { field: "n", op: "exists", value: 1 },
        ],
        ...[{ field: 7, op: "eq", value: 1 }, { field: "n", op: "eq", value: 1, boost: 2 }, { and: {} }],
        ...[
          { and: [7] },
          { not: [] },
          { or: [{ and: [{}] }] },
          { and: [], or: [] },
          { field: "t", op: "prefix", value: 1 },
        ],
        ...[
          { field: "n", op: "prefix", value: "1" },
          { field: "ok", op: "gt", value: true },
        ],
        ...[{ field: "ok", op: "prefix", value: "t" }],
      ]
      for (const where of nodes) {
        const what = `where ${JSON.stringify(where)}`
        await t.rejects(() => search.search({ object: DOCS, where: wrong(where) }), "INVALID_ARGUMENT", what)
      }
      const range = () => ask(search, filter("ok", "lte", wrong("true")))
      await t.rejects(range, "INVALID_ARGUMENT", "a range of booleans")
    },
  }),
]

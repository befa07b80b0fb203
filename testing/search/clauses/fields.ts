import type { Scalar } from "../../../contracts/search/search.ts"
import { allOf } from "../at-once.ts"
import { clause, DOCS, type Doc, docsOf, fill, finds, refuses, texts, wrong } from "../clause.ts"

const TYPE = ["INVALID_ARGUMENT", "type"] as const

/** Pairs of first values that are not of one type. */
const FIRST_VALUES: readonly (readonly [Scalar, Scalar])[] = [
  [1, "a"],
  [true, 2],
  ["b", false],
]

/** `{ a: { a: … 1 } }` with so many objects, in turn within arrays too. */
function nested(levels: number, inArrays = false): Doc {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) {
    const isArray = inArrays && level % 2 === 0 && level < levels - 1
    value = isArray ? [value] : { a: value }
  }
  return value as Doc
}

/** SEARCH-FIELD: the fields that documents make. */
export const fieldsClauses = [
  clause("SEARCH-FIELD-01", {
    why: "Every field would have to be defined before the first document.",
    fix: "Infer text, number or boolean from a value where no definition names its path.",
    async check(t, search, world) {
      await fill(search, world, {
        a: { t: "Fast Cache", n: 10, ok: true },
        b: { t: "fast", n: 9, ok: false },
        c: { t: "Slow" },
      })
      await finds(t, search, { q: "fast" }, ["a", "b"], "a text by a word")
      await finds(t, search, { where: { field: "t", op: "eq", value: "Fast Cache" } }, ["a"], "a text as a whole")
      await finds(t, search, { where: { field: "t", op: "eq", value: "fast" } }, ["b"], "a text as a whole, its case")
      await finds(t, search, { where: { field: "n", op: "gt", value: 9 } }, ["a"], "a number")
      await finds(t, search, { where: { field: "ok", op: "eq", value: true } }, ["a"], "a boolean")
    },
  }),
  clause("SEARCH-FIELD-02", {
    why: "A version 1.10 becomes 1.1, and a text that looks like a date makes the next one fail.",
    fix: "Switch the detection of dates and numbers off.",
    async check(t, search, world) {
      const looks = { a: "2024-01-01", b: "1.10", c: "true", d: "2024-01-01T00:00:00Z", e: "no date", f: "false" }
      await fill(search, world, Object.fromEntries(Object.entries(looks).map(([id, v]) => [id, { v }])))
      for (const [id, value] of Object.entries(looks)) {
        await finds(t, search, { where: { field: "v", op: "eq", value } }, [id], `documents with ${value}`)
      }
      const number = { where: { field: "v", op: "eq", value: 1.1 } } as const
      await refuses(t, () => search.search({ object: DOCS, ...number }), TYPE, "a number")
    },
  }),
  clause("SEARCH-FIELD-03", {
    why: "What stands in an object could not be filtered by.",
    fix: "Name a field by the names of its members, with dots between.",
    async check(t, search, world) {
      await fill(search, world, {
        a: { author: { name: "Ada", home: { city: "London" } }, name: "other" },
        b: { author: { name: "Grace" } },
      })
      await finds(t, search, { where: { field: "author.name", op: "eq", value: "Ada" } }, ["a"], "author.name")
      await finds(t, search, { where: { field: "author.home.city", op: "eq", value: "London" } }, ["a"], "a city")
      await finds(t, search, { q: "grace" }, ["b"], "a word in any field")
      await finds(t, search, { q: "ada other", fields: ["author.name"] }, ["a"], "a word in author.name")
      await finds(t, search, { q: "other", fields: ["author.name"] }, [], "a word of another field")
    },
  }),
  clause("SEARCH-FIELD-04", {
    why: "One engine matches across objects and the other within one: filters give other results.",
    fix: "Give each path the values of all objects of the array, with no memory of which is whose.",
    async check(t, search, world) {
      await fill(search, world, {
        a: {
          cars: [
            { make: "Fiat", year: 1990 },
            { make: "Saab", year: 2000 },
          ],
        },
        b: { cars: [[{ make: "Saab", year: 1990 }], { make: "Audi" }] },
        c: { cars: { make: "Fiat", year: 1980 } },
      })
      const make = (value: string) => ({ field: "cars.make", op: "eq", value }) as const
      const year = (value: number) => ({ field: "cars.year", op: "eq", value }) as const
      await finds(t, search, { where: make("Saab") }, ["a", "b"], "a value in one of the objects")
      await finds(t, search, { where: { and: [make("Fiat"), year(2000)] } }, ["a"], "values of two objects")
      await finds(t, search, { where: { and: [make("Saab"), year(1990)] } }, ["a", "b"], "values of one or two objects")
      await finds(t, search, { q: "audi saab", operator: "and" }, ["b"], "words of two objects")
    },
  }),
  clause("SEARCH-FIELD-05", {
    why: "A text among numbers makes every sort and every range of the field wrong.",
    fix: "Compare each value with the type of its field before the document is stored.",
    async check(t, search, world) {
      await fill(search, world, { a: { t: "text", n: 1, ok: true, o: { n: 1 } } })
      const refused: Doc[] = [
        ...[{ t: 1 }, { t: true }, { t: ["text", 2] }],
        ...[{ n: "1" }, { n: "" }, { n: " 7 " }, { n: true }, { n: [1, "2"] }],
        ...[{ ok: "true" }, { ok: "" }, { ok: 1 }, { o: [{ n: 2 }, { n: "x" }] }],
        ...[{ mixed: [1, "a"] }, { mixed: [{ x: 1 }, { x: true }] }],
      ]
      for (const doc of refused) {
        const what = `a document with ${JSON.stringify(doc)}`
        await refuses(t, () => search.index(DOCS, "a", { ...doc, fresh: "word" }), TYPE, what)
        await refuses(t, () => search.index(DOCS, "b", doc), TYPE, what)
      }
      t.equal(await docsOf(search), { a: { t: "text", n: 1, ok: true, o: { n: 1 } } }, "all documents")
      await search.index(DOCS, "b", { fresh: 7, mixed: 1 })
      await finds(t, search, { where: { field: "fresh", op: "eq", value: 7 } }, ["b"], "a field of no refused document")
    },
  }),
  clause("SEARCH-FIELD-06", {
    why: "Two servers that begin at once leave a field of two types, and all searches of it fail.",
    fix: "Let the index decide: define the field first, and store the document when that was taken.",
    async check(t, search, world) {
      const other = world.capabilities.shared ? await world.connect() : search
      for (const [round, values] of FIRST_VALUES.entries()) {
        const object = `round-${round}`
        const outcomes = await allOf(values, (v, at) =>
          t.outcome(() => (at === 0 ? search : other).index(object, `id ${at}`, { v }), "a first write"),
        )
        const refused = outcomes.filter(({ error }) => error !== undefined)
        t.equal(refused.length, 1, `how many of two writes with ${values.join(" and ")} are refused`)
        t.equal((refused[0]?.error as { code?: unknown } | undefined)?.code, "INVALID_ARGUMENT", "the refusal")
        const won = outcomes.findIndex(({ error }) => error === undefined)
        t.equal(await docsOf(search, { object }), { [`id ${won}`]: { v: values[won] } }, "what is stored")
      }
    },
  }),
  clause("SEARCH-FIELD-07", {
    why: "A path would be both a value and an object, which no index can hold.",
    fix: "Refuse a value whose path begins the path of a field, or goes on behind one.",
    async check(t, search, world) {
      await fill(search, world, { a: { author: { name: "Ada" }, tag: "x" } })
      const refused: Doc[] = [{ author: "Ada" }, { author: ["Ada"] }, { tag: { name: "x" } }, { tag: [{ a: 1 }] }]
      for (const doc of [...refused, { both: ["x", { y: 1 }] }]) {
        await refuses(t, () => search.index(DOCS, "b", doc), TYPE, `a document with ${JSON.stringify(doc)}`)
      }
      await search.index(DOCS, "b", { author: [], tag: null })
      await search.index(DOCS, "c", { author: { home: { city: "x" } }, tagged: 1 })
      t.equal(Object.keys(await docsOf(search)).sort(), ["a", "b", "c"], "documents")
    },
  }),
  clause("SEARCH-FIELD-08", {
    why: "Dots are between names, a leading _ is the engines' own, and a star is a pattern to them.",
    fix: "Refuse such names in documents at any depth, and take all others.",
    async check(t, search) {
      for (const name of ["", " ", "\t", "_id", "_", "__proto__x", "a.b", ".", "a.", "*", "a*", "a\ud800"]) {
        for (const doc of [{ [name]: 1 }, { o: { [name]: "x" } }, { list: [{ deep: { [name]: true } }] }]) {
          await t.rejects(() => search.index(DOCS, "id", doc), "INVALID_ARGUMENT", `a field ${JSON.stringify(name)}`)
        }
      }
      const proto = JSON.parse('{"__proto__": "x"}') as Doc
      await t.rejects(() => search.index(DOCS, "id", proto), "INVALID_ARGUMENT", "a field __proto__")
      const names = [
        "a-b",
        "a b",
        "é",
        "鍵",
        "A",
        "a",
        "a_b",
        "$ref",
        "@type",
        "a:b",
        "a/b",
        "#",
        "0",
        "a,b",
        "x[0]",
        "😀",
      ]
      await search.index(DOCS, "id", Object.fromEntries(names.map((name, at) => [name, `value ${at}`])))
      for (const [at, name] of names.entries()) {
        await finds(t, search, { where: { field: name, op: "eq", value: `value ${at}` } }, ["id"], `the field ${name}`)
      }
    },
  }),
  clause("SEARCH-FIELD-09", {
    why: "A field that is looked up in a plain object is found on its prototype.",
    fix: "Keep fields in a Map, or in an object without a prototype.",
    async check(t, search, world) {
      const names = ["constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "length", "toJSON"]
      await fill(search, world, { plain: { t: "text" } })
      for (const field of names) {
        const call = () => search.search({ object: DOCS, where: { field, op: "exists", value: true } })
        await refuses(t, call, ["INVALID_ARGUMENT", "field"], `a filter of ${field} before a document has it`)
      }
      const doc = Object.fromEntries(names.map((name, at) => [name, { [name]: `value${at}` }]))
      await search.index(DOCS, "id", doc)
      for (const [at, name] of names.entries()) {
        const where = { field: `${name}.${name}`, op: "eq", value: `value${at}` } as const
        await finds(t, search, { where, q: `value${at}` }, ["id"], `the field ${name}.${name}`)
      }
      t.equal((await docsOf(search))["id"], doc, "the document")
    },
  }),
  clause("SEARCH-FIELD-10", {
    why: "Documents whose keys are ids make a field for each, until the index takes no more.",
    fix: "Count the paths of an index, and refuse a document that would make more than 400.",
    async check(t, search) {
      const fields = (from: number, to: number): Doc =>
        Object.fromEntries(Array.from({ length: to - from }, (_, at) => [`f${from + at}`, from + at]))
      await t.rejects(() => search.index(DOCS, "a", fields(0, 401)), "INVALID_ARGUMENT", "401 fields in one document")
      await search.index(DOCS, "a", fields(0, 400))
      await finds(t, search, { where: { field: "f399", op: "eq", value: 399 } }, ["a"], "the 400th field")
      await t.rejects(() => search.index(DOCS, "b", { more: 1 }), "INVALID_ARGUMENT", "the 401st field")
      await search.index(DOCS, "b", { f0: 7, none: null, list: [] })
      await finds(t, search, { where: { field: "f0", op: "gte", value: 0 } }, ["a", "b"], "documents afterwards")
    },
  }),
  clause("SEARCH-FIELD-11", {
    why: "A nest without an end takes the stack, and servers take no more than 20 levels.",
    fix: "Count levels while a document is checked, objects and arrays alike.",
    async check(t, search, world) {
      await fill(search, world, { a: nested(18), b: { x: nested(17, true) } })
      await finds(t, search, {}, ["a", "b"], "documents of 18 levels")
      t.equal((await docsOf(search))["a"], nested(18), "a document of 18 levels")
      for (const doc of [nested(19), nested(100), { x: nested(18, true) }]) {
        await t.rejects(() => search.index(DOCS, "c", doc), "INVALID_ARGUMENT", "a document of more levels")
      }
      const circle: unknown[] = []
      circle.push({ circle })
      await t.rejects(() => search.index(DOCS, "c", wrong({ circle })), "INVALID_ARGUMENT", "a circle")
    },
  }),
  clause("SEARCH-FIELD-12", {
    why: "A first document without a value would decide the type for all that have one.",
    fix: "Leave null, empty arrays and empty objects out when fields are inferred.",
    async check(t, search, world) {
      await search.index(DOCS, "none", { v: null, w: [], x: {}, y: [null, []] })
      const call = () => search.search({ object: DOCS, where: { field: "v", op: "exists", value: true } })
      await refuses(t, call, ["INVALID_ARGUMENT", "field"], "a filter of a field that no document has")
      await fill(search, world, { some: { v: 1, w: "text", x: { z: true }, y: [2, null, 3] }, ...texts({ t: "x" }) })
      await finds(t, search, { where: { field: "v", op: "eq", value: 1 } }, ["some"], "v")
      await finds(t, search, { where: { field: "x.z", op: "eq", value: true } }, ["some"], "x.z")
      await finds(t, search, { where: { field: "y", op: "exists", value: true } }, ["some"], "y")
    },
  }),
]

import type { dataFamily } from "../../contracts/foundation/families.ts"
import type { Clause } from "../engine/clause.ts"
import { type FamilyOptions, familyClausesFor } from "./clause.ts"
import { pathsOf } from "./roles.ts"
import { bufferOf, valueChecksOf } from "./values.ts"

/** Values in values come back. */
export function structureClauses<Client, Capabilities>(
  options: FamilyOptions<keyof typeof dataFamily, Client, Capabilities>,
): Clause<Client, Capabilities>[] {
  const clause = familyClausesFor(options)
  const { probes } = options
  const { comeBack } = valueChecksOf(probes)
  return [
    clause("09", {
      why: "Documents nest.",
      fix: "Recurse into every member; do not stop at a depth.",
      async check(t, client, world) {
        let deepObject: unknown = "bottom"
        let deepList: unknown = "bottom"
        for (let level = 0; level < 100; level++) {
          deepObject = { next: deepObject }
          deepList = [deepList]
        }
        const width = Math.min(5_000, Math.floor(probes.maxValueBytes(world.capabilities) / 64))
        const list = Array.from({ length: width }, (_, index) => index)
        await comeBack(t, client, [
          deepObject,
          deepList,
          list,
          Object.fromEntries(list.map((index) => [`member-${index}`, index])),
          [[], [[]], {}],
          { "": 1, " ": 2, "a.b": { c: [] }, clé: 3, none: null, flags: [true, false] },
          [null, [null]],
          { length: 2 },
          { toJSON: "text", toString: 1, size: 3 },
        ])
      },
    }),
    clause("10", {
      why: "A Date that comes back as text fails where it is used.",
      fix: "Tag what JSON has no form for when encoding, and restore it when decoding.",
      async check(t, client) {
        const date = new Date(1_700_000_000_123)
        const values = [
          date,
          new Date(Number.NaN),
          new Date(-1),
          0n,
          -(2n ** 80n),
          new Map<unknown, unknown>([
            ["a", 1],
            [2, { nested: date }],
            ["map", new Map([["b", 2n]])],
          ]),
          new Map(),
          new Map<unknown, unknown>([
            ["b", 1],
            ["a", 2],
          ]),
          new Map<unknown, unknown>([[{ key: date }, 3]]),
          new Set<unknown>([1, "1", date, null]),
          new Set([3, 1, 2]),
          new Set(),
          [date, [date], new Set([new Map([["in a list", date]])])],
        ]
        await comeBack(t, client, values)
        await comeBack(t, client, [{ values, date, big: 1n, inner: { set: new Set(["x"]) } }])
      },
    }),
    clause("11", {
      why: "Bytes that go through text are mangled.",
      fix: "Store bytes as bytes or base64, and mind byteOffset and byteLength.",
      async check(t, client, world) {
        const all = Uint8Array.from({ length: 256 }, (_, index) => index)
        const view = all.subarray(100, 200)
        const many = new Uint8Array(Math.min(100_000, Math.floor(probes.maxValueBytes(world.capabilities) / 4))).fill(
          0xff,
        )
        const buffer = bufferOf(view)
        await comeBack(t, client, [
          all,
          view,
          many,
          new Uint8Array(),
          Uint8Array.of(0xff, 0xfe, 0, 0x80),
          { bytes: view, list: [all] },
          buffer,
          { buffer },
        ])
      },
    }),
    clause("12", {
      why: "A value from outside must not change the prototype of anything.",
      fix: "Define such members instead of assigning them.",
      async check(t, client) {
        const hostile = JSON.parse(
          '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"a":{"__proto__":1}}',
        ) as object
        await comeBack(t, client, [
          hostile,
          { ...(JSON.parse('{"nested":{"__proto__":[1]}}') as object), date: new Date(0) },
        ])
        t.equal(({} as { polluted?: unknown }).polluted, undefined, "Object.prototype")
        for (const { by, read, store } of await pathsOf(client, probes)) {
          await store(client, by, hostile)
          const { polluted } = (await read(client, by)) as { polluted?: unknown }
          t.equal(polluted, undefined, `a member inherited from the value (${by})`)
        }
      },
    }),
    clause("13", {
      why: "User data may look like the codec's own tags.",
      fix: "Escape members that look like a tag when encoding.",
      async check(t, client) {
        const names = "~ $ $type __type _t @type $date $map $set $bigint type json meta dataType expires".split(" ")
        const tags = "Date date Map Set bigint BigInt undefined NaN Uint8Array Buffer d n".split(" ")
        const lookalikes: unknown[] = names.flatMap((name) =>
          tags.map((tag) => ({ [name]: tag, value: "2026-01-01T00:00:00.000Z", data: [1, 2] })),
        )
        for (const name of names)
          lookalikes.push({ [name]: ["Date", 0] }, { [name]: [name, 1] }, [name, "Date", 0], { [name]: { [name]: 1 } })
        lookalikes.push(
          { $numberLong: "1" },
          { $ref: "$" },
          { value: 1, expires: 2 },
          { v: 1, e: 2 },
          { json: 1, meta: {} },
        )
        for (const sign of ["~", "$", ":", "::", "_", "@", "%", "#", "!", "\\", "."]) {
          lookalikes.push({ [sign]: 1, [`${sign}name`]: 2, [`${sign}${sign}name`]: { [`${sign}inner`]: 3 } })
        }
        const values: unknown[] = []
        // Beside real ones, so that a codec that tags only when needed does tag.
        for (let start = 0; start < lookalikes.length; start += 8) {
          const some = lookalikes.slice(start, start + 8)
          values.push(some, { some, real: [new Date(0), -0, 1n] })
        }
        await comeBack(t, client, values)
      },
    }),
    clause("15", {
      why: "Lists of records share their parts.",
      fix: "Refuse only an object that contains itself.",
      async check(t, client) {
        const shared = { city: "Paris" }
        const date = new Date(0)
        await comeBack(t, client, [
          { home: shared, work: shared, list: [shared, [shared]] },
          { from: date, to: date },
          new Map([
            ["home", shared],
            ["work", shared],
          ]),
        ])
      },
    }),
    clause("16", {
      why: "Parsers and the groups of regular expressions make such objects.",
      fix: "Take an object whose prototype is null for a plain one.",
      async check(t, client) {
        const bare = () => Object.assign(Object.create(null) as object, { name: "Ada", list: [1] })
        await comeBack(t, client, [bare(), { nested: bare() }, [bare()]])
      },
    }),
  ]
}

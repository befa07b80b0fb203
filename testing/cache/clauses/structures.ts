import { bufferOf, clause, LARGEST_TRIED_BYTES } from "../clause.ts"
import { roundTrip } from "./values.ts"

export const structureClauses = [
  clause({
    id: "CACHE-VAL-09",
    level: "MUST",
    text: "Nested objects and arrays come back with every member, 100 levels deep.",
    why: "Documents nest.",
    fix: "Recurse into every member; do not stop at a depth.",
    async check(t, world) {
      const cache = await world.connect()
      let deepObject: unknown = "bottom"
      let deepList: unknown = "bottom"
      for (let level = 0; level < 100; level++) {
        deepObject = { next: deepObject }
        deepList = [deepList]
      }
      const width = Math.min(5_000, Math.floor(world.capabilities.maxValueBytes / 64))
      const list = Array.from({ length: width }, (_, index) => index)
      await roundTrip(t, cache, [
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
  clause({
    id: "CACHE-VAL-10",
    level: "MUST",
    text: "Date, BigInt, Map and Set come back as what they were, in their order, nested too.",
    why: "A Date that comes back as text fails where it is used.",
    fix: "Tag what JSON has no form for when encoding, and restore it when decoding.",
    async check(t, world) {
      const cache = await world.connect()
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
      await roundTrip(t, cache, values)
      await roundTrip(t, cache, [{ values, date, big: 1n, inner: { set: new Set(["x"]) } }])
    },
  }),
  clause({
    id: "CACHE-VAL-11",
    level: "MUST",
    text: "Uint8Array comes back with the same bytes, a view into a larger buffer with its own; Buffer counts as one.",
    why: "Bytes that go through text are mangled.",
    fix: "Store bytes as bytes or base64, and mind byteOffset and byteLength.",
    async check(t, world) {
      const cache = await world.connect()
      const all = Uint8Array.from({ length: 256 }, (_, index) => index)
      const view = all.subarray(100, 200)
      const many = new Uint8Array(Math.min(100_000, Math.floor(world.capabilities.maxValueBytes / 4))).fill(0xff)
      const buffer = bufferOf(view)
      await roundTrip(t, cache, [
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
  clause({
    id: "CACHE-VAL-12",
    level: "MUST",
    text: "Objects with a member called __proto__ come back unchanged and pollute nothing.",
    why: "A value from outside must not change the prototype of anything.",
    fix: "Define such members instead of assigning them.",
    async check(t, world) {
      const cache = await world.connect()
      const hostile = JSON.parse(
        '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"a":{"__proto__":1}}',
      ) as object
      await roundTrip(t, cache, [
        hostile,
        { ...(JSON.parse('{"nested":{"__proto__":[1]}}') as object), date: new Date(0) },
      ])
      t.equal(({} as { polluted?: unknown }).polluted, undefined, "Object.prototype")
      const stored = (await cache.get("value-0")) as { polluted?: unknown }
      t.equal(stored.polluted, undefined, "a member inherited from the value")
    },
  }),
  clause({
    id: "CACHE-VAL-13",
    level: "MUST",
    text: "Objects that resemble an encoding of other types come back unchanged.",
    why: "User data may look like the codec's own tags.",
    fix: "Escape members that look like a tag when encoding.",
    async check(t, world) {
      const cache = await world.connect()
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
      // Beside real ones, so that a codec that tags only when needed does tag.
      for (let start = 0; start < lookalikes.length; start += 8) {
        const some = lookalikes.slice(start, start + 8)
        await roundTrip(t, cache, [some, { some, real: [new Date(0), -0, 1n] }])
      }
    },
  }),
  clause({
    id: "CACHE-VAL-14",
    level: "MUST",
    text: "A value over maxValueBytes rejects LIMIT_EXCEEDED, and keeps the old value and every other.",
    why: "A value that is cut, or a write that fails half-way, loses data.",
    fix: "Measure the encoded value before writing.",
    async check(t, world) {
      const { maxValueBytes } = world.capabilities
      const cache = await world.connect()
      await cache.set("key", "old", 3600)
      await cache.set("other", "kept")
      if (maxValueBytes > LARGEST_TRIED_BYTES) {
        t.equal(await cache.get("key"), "old", "no limit below 16 MiB is declared")
        return
      }
      // Random Chinese characters: fewer than the limit has bytes, and more bytes than it in any encoding, compressed too.
      const codes = new Uint16Array(Math.ceil(maxValueBytes * 0.6))
      for (let index = 0; index < codes.length; index++) codes[index] = 0x4e00 + world.random.integer(20_000)
      const bytes = new Uint8Array(codes.buffer)
      const text = new TextDecoder("utf-16le").decode(bytes)
      const large: Record<string, unknown> = { bytes, text, object: { list: [text] } }
      for (const [name, value] of Object.entries(large)) {
        await t.rejects(() => cache.set("key", value), "LIMIT_EXCEEDED", `${name} over the limit`)
      }
      t.equal(await cache.get("key"), "old", "the old value")
      t.equal(await cache.get("other"), "kept", "another key")
    },
  }),
  clause({
    id: "CACHE-VAL-15",
    level: "MUST",
    text: "An object that is referred to twice is no circle: it comes back in both places.",
    why: "Lists of records share their parts.",
    fix: "Refuse only an object that contains itself.",
    async check(t, world) {
      const cache = await world.connect()
      const shared = { city: "Paris" }
      const given = { home: shared, work: shared, list: [shared, [shared]] }
      t.equal((await t.outcome(() => cache.set("key", given), "set")).error, undefined, "an object referred to twice")
      const city = () => ({ city: "Paris" })
      t.equal(await cache.get("key"), { home: city(), work: city(), list: [city(), [city()]] })
      const date = new Date(0)
      await roundTrip(t, cache, [
        { from: date, to: date },
        new Map([
          ["home", shared],
          ["work", shared],
        ]),
      ])
    },
  }),
]

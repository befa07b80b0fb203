import type { Checks } from "../engine/checks.ts"
import { type CacheClient, clause, LARGEST_TRIED_BYTES } from "./clause.ts"

export const valueClauses = [
  clause({
    id: "CACHE-VAL-01",
    level: "MUST",
    text: "null, false, 0, empty strings, arrays and objects are values: they hit.",
    why: "Negative answers are worth caching too.",
    fix: "Test for undefined, never for truthiness, and count each as a hit.",
    async check(t, world) {
      const cache = await world.connect()
      for (const [index, value] of [null, false, 0, "", [], {}, true].entries()) {
        const key = `value-${index}`
        await cache.set(key, value)
        t.equal(await cache.get(key), value)
        t.equal(await cache.has(key), true, "has")
      }
    },
  }),
  clause({
    id: "CACHE-VAL-02",
    level: "MUST",
    text: "set of undefined rejects INVALID_ARGUMENT and keeps the old value.",
    why: "A stored undefined cannot be told from a miss.",
    fix: "Refuse undefined, at the top and as a member, before touching the entry, as cacheValueIssue from @objectos/sdk/contracts does.",
    async check(t, world) {
      const cache = await world.connect()
      await refused(t, cache, [
        undefined,
        { a: undefined },
        [1, undefined],
        new Map([["a", undefined]]),
        { a: [{ b: undefined }] },
        new Array(1),
      ])
    },
  }),
  clause({
    id: "CACHE-VAL-03",
    level: "MUST",
    text: "Functions and symbols reject INVALID_ARGUMENT, nested ones too.",
    why: "Encoders drop them in silence, so data differs between development and production.",
    fix: "Walk the value before storing it and refuse what cannot be stored, as cacheValueIssue from @objectos/sdk/contracts does.",
    async check(t, world) {
      const cache = await world.connect()
      const call = () => 1
      await refused(t, cache, [
        call,
        Symbol("s"),
        { call },
        [call],
        { nested: { list: [Symbol("s")] } },
        new Set([call]),
        { [Symbol("key")]: 1 },
      ])
    },
  }),
  clause({
    id: "CACHE-VAL-04",
    level: "MUST",
    text: "Instances of classes reject INVALID_ARGUMENT.",
    why: "They come back without their methods.",
    fix: "Accept only plain objects, arrays, Date, Map, Set and Uint8Array, as cacheValueIssue from @objectos/sdk/contracts does.",
    async check(t, world) {
      class User {
        name = "Ada"
      }
      class Moment extends Date {}
      const cache = await world.connect()
      await refused(t, cache, [
        new User(),
        { user: new User() },
        [new User()],
        new Error("no"),
        /x/,
        new URL("http://localhost"),
        new Moment(0),
        new Float64Array(1),
        new ArrayBuffer(1),
        new DataView(new ArrayBuffer(1)),
        new Number(1),
        Promise.resolve(1),
        new WeakMap(),
      ])
    },
  }),
  clause({
    id: "CACHE-VAL-05",
    level: "MUST",
    text: "Circular values reject INVALID_ARGUMENT.",
    why: "They crash encoders or recurse without end.",
    fix: "Refuse a value that contains itself, as cacheValueIssue from @objectos/sdk/contracts does.",
    async check(t, world) {
      const cache = await world.connect()
      const object: Record<string, unknown> = { name: "loop" }
      object["self"] = object
      const list: unknown[] = []
      list.push([list])
      const map = new Map<string, unknown>()
      map.set("map", { map })
      await refused(t, cache, [object, list, map, { deep: { object } }])
    },
  }),
  clause({
    id: "CACHE-VAL-06",
    level: "MUST",
    text: "Numbers come back exactly: -0, NaN, infinities, fractions and large integers.",
    why: "JSON turns some of them into null or 0.",
    fix: "Encode the numbers that JSON has no form for.",
    async check(t, world) {
      const cache = await world.connect()
      const numbers = [
        0,
        -0,
        1,
        -1,
        0.1 + 0.2,
        2 ** 53 - 1,
        -(2 ** 53 - 1),
        2 ** 53,
        1e21,
        1e-7,
        5e-324,
        1.7976931348623157e308,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        world.random.next(),
      ]
      await roundTrip(t, cache, numbers)
      await roundTrip(t, cache, [numbers, { numbers, zero: -0, none: Number.NaN }])
    },
  }),
  clause({
    id: "CACHE-VAL-07",
    level: "MUST",
    text: "Strings come back exactly, whatever they contain and however long they are.",
    why: "Cut or re-encoded text is corrupted data.",
    fix: "Store text as UTF-8 or escaped, without a size limit below maxValueBytes.",
    async check(t, world) {
      const cache = await world.connect()
      const long = Math.min(1024 * 1024, Math.floor(world.capabilities.maxValueBytes / 4))
      const texts = [
        "",
        " ",
        "\0",
        "a\0b",
        'say "quoted"',
        "\\",
        "line\nline\r\n",
        "\u2028\u2029",
        "émoji 🔑 鍵",
        "e\u0301",
        "\ud800 lone",
        "\ufeffmark",
        "\u0001",
        "x".repeat(100),
        "é".repeat(1000),
        "x".repeat(long),
      ]
      await roundTrip(t, cache, texts)
      await roundTrip(t, cache, [{ [texts[7] as string]: texts.slice(0, 14) }])
    },
  }),
  clause({
    id: "CACHE-VAL-08",
    level: "MUST",
    text: "Strings that look like encoded data stay strings.",
    why: "A string 'null' that comes back as null breaks its reader.",
    fix: "Encode strings like every other value; never guess from content.",
    async check(t, world) {
      const cache = await world.connect()
      await roundTrip(t, cache, [
        "null",
        "true",
        "0",
        "1",
        "-1",
        "12345",
        "1e3",
        "undefined",
        "NaN",
        '{"a":1}',
        "[1,2]",
        '"text"',
        "2026-01-01T00:00:00.000Z",
        "[object Object]",
        "~",
        "~[]",
        '~{"~":1}',
        "base64:AAAA",
        "data:,x",
        "!1",
      ])
    },
  }),
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
        deepObject = { level, next: deepObject }
        deepList = [deepList]
      }
      const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`member-${index}`, index]))
      await roundTrip(t, cache, [
        deepObject,
        deepList,
        wide,
        [[], [[]], {}],
        { "": 1, " ": 2, "a.b": { c: [] } },
        [null, [null]],
      ])
    },
  }),
  clause({
    id: "CACHE-VAL-10",
    level: "MUST",
    text: "Date, BigInt, Map and Set come back as what they were, nested too.",
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
        new Set<unknown>([1, "1", date, null]),
        new Set(),
      ]
      await roundTrip(t, cache, values)
      await roundTrip(t, cache, [{ values, date, big: 1n, inner: { set: new Set(["x"]) } }])
    },
  }),
  clause({
    id: "CACHE-VAL-11",
    level: "MUST",
    text: "Uint8Array comes back with the same bytes, a view into a larger buffer with its own.",
    why: "Bytes that go through text are mangled.",
    fix: "Store bytes as bytes or base64, and mind byteOffset and byteLength.",
    async check(t, world) {
      const cache = await world.connect()
      const all = Uint8Array.from({ length: 256 }, (_, index) => index)
      const view = all.subarray(100, 200)
      await roundTrip(t, cache, [
        all,
        view,
        new Uint8Array(),
        Uint8Array.of(0xff, 0xfe, 0, 0x80),
        { bytes: view, list: [all] },
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
      const names = [
        "~",
        "$",
        "$type",
        "__type",
        "_t",
        "@type",
        "$date",
        "$map",
        "$set",
        "$bigint",
        "type",
        "json",
        "meta",
      ]
      const tags = [
        "Date",
        "date",
        "Map",
        "Set",
        "bigint",
        "BigInt",
        "undefined",
        "NaN",
        "Uint8Array",
        "Buffer",
        "d",
        "n",
      ]
      const lookalikes: unknown[] = names.flatMap((name) =>
        tags.map((tag) => ({ [name]: tag, value: "2026-01-01T00:00:00.000Z", data: [1, 2] })),
      )
      for (const name of names)
        lookalikes.push({ [name]: ["Date", 0] }, { [name]: [name, 1] }, [name, "Date", 0], { [name]: { [name]: 1 } })
      for (const sign of ["~", "$", ":", "::", "_", "@", "%", "#", "!", "\\", "."]) {
        lookalikes.push({ [sign]: 1, [`${sign}name`]: 2, [`${sign}${sign}name`]: { [`${sign}inner`]: 3 } })
      }
      // Beside real ones, so that a codec that tags only when needed does tag.
      await roundTrip(t, cache, [lookalikes, { lookalikes, real: [new Date(0), -0, 1n] }])
    },
  }),
  clause({
    id: "CACHE-VAL-14",
    level: "MUST",
    text: "A value over maxValueBytes rejects LIMIT_EXCEEDED and keeps the old value.",
    why: "A value that is cut, or a write that fails half-way, loses data.",
    fix: "Measure the encoded value before writing.",
    async check(t, world) {
      const { maxValueBytes } = world.capabilities
      const cache = await world.connect()
      await cache.set("key", "old", 3600)
      if (maxValueBytes > LARGEST_TRIED_BYTES) {
        t.equal(await cache.get("key"), "old", "no limit below 16 MiB is declared")
        return
      }
      await t.rejects(() => cache.set("key", "x".repeat(maxValueBytes + 1)), "LIMIT_EXCEEDED", "text over the limit")
      await t.rejects(
        () => cache.set("key", { list: ["x".repeat(maxValueBytes)] }),
        "LIMIT_EXCEEDED",
        "object over the limit",
      )
      await t.rejects(
        () => cache.set("key", new Uint8Array(maxValueBytes + 1)),
        "LIMIT_EXCEEDED",
        "bytes over the limit",
      )
      t.equal(await cache.get("key"), "old", "the old value")
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
    },
  }),
]

/** Stores each value, then reads all of them. */
async function roundTrip(t: Checks, cache: CacheClient, values: readonly unknown[]): Promise<void> {
  for (const [index, value] of values.entries()) await cache.set(`value-${index}`, value)
  for (const [index, value] of values.entries()) t.equal(await cache.get(`value-${index}`), value)
}

/** set of each value is refused, for a key with an old value and for a fresh one. */
async function refused(t: Checks, cache: CacheClient, values: readonly unknown[]): Promise<void> {
  await cache.set("key", "old", 3600)
  for (const value of values) {
    await t.rejects(() => cache.set("key", value), "INVALID_ARGUMENT", "set over an old value")
    await t.rejects(() => cache.set("fresh", value), "INVALID_ARGUMENT", "set of a fresh key")
  }
  t.equal(await cache.get("key"), "old", "the old value")
  t.equal(await cache.has("fresh"), false, "the fresh key")
}

import type { Checks } from "../../engine/checks.ts"
import { type CacheClient, clause } from "../clause.ts"

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
        new Map([["call", call]]),
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
      class Index extends Map {}
      class Names extends Set {}
      const cache = await world.connect()
      await refused(t, cache, [
        new User(),
        { user: new User() },
        [new User()],
        new Error("no"),
        /x/,
        new URL("http://localhost"),
        new Map([["user", new User()]]),
        new Set([new User()]),
        new Moment(0),
        new Index(),
        new Names(),
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
      const direct: unknown[] = []
      direct.push(direct)
      const map = new Map<string, unknown>()
      map.set("map", map)
      const set = new Set<unknown>()
      set.add(set)
      await refused(t, cache, [object, list, direct, map, set, { deep: { object } }])
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
      const map = new Map([
        [Number.NaN, Number.NEGATIVE_INFINITY],
        [1, Number.POSITIVE_INFINITY],
      ])
      await roundTrip(t, cache, [numbers, { numbers, zero: -0, none: Number.NaN }, map])
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
        "back\\nslash",
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
      await roundTrip(t, cache, [{ [texts[8] as string]: texts.slice(0, 15) }])
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
        "1.5",
        "12n",
        "Infinity",
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
        ":base64:AAAA",
        "::text",
        "data:,x",
        "!1",
      ])
    },
  }),
]

/** Stores each value, then reads all of them. */
export async function roundTrip(t: Checks, cache: CacheClient, values: readonly unknown[]): Promise<void> {
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

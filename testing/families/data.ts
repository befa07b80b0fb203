import type { dataFamily } from "../../contracts/foundation/families.ts"
import type { Clause } from "../engine/clause.ts"
import { show } from "../engine/show.ts"
import { type FamilyOptions, familyClausesFor } from "./clause.ts"
import { structureClauses } from "./data-structures.ts"
import { callsOf, plainRead, plainStore, removesOf } from "./roles.ts"
import { LARGEST_TRIED_BYTES, valueChecksOf } from "./values.ts"

type DataNumbers = keyof typeof dataFamily
/** The sentences that hold for values that are text, and nothing else. */
export type TextNumbers = "07" | "08" | "14"

/** Plain data, or text where a service takes only that, is kept exactly, and all else refused, by every method. */
export function dataClauses<Client, Capabilities>(
  options: FamilyOptions<DataNumbers, Client, Capabilities> & { readonly alphabet?: "plain data" },
): Clause<Client, Capabilities>[]
export function dataClauses<Client, Capabilities>(
  options: FamilyOptions<TextNumbers, Client, Capabilities> & { readonly alphabet: "text" },
): Clause<Client, Capabilities>[]
export function dataClauses<Client, Capabilities>(
  options:
    | (FamilyOptions<DataNumbers, Client, Capabilities> & { readonly alphabet?: "plain data" })
    | (FamilyOptions<TextNumbers, Client, Capabilities> & { readonly alphabet: "text" }),
): Clause<Client, Capabilities>[] {
  if (options.alphabet === "text") return textClauses(options, "text")
  return [...plainClauses(options), ...textClauses(options, "plain data"), ...structureClauses(options)]
}

function plainClauses<Client, Capabilities>(
  options: FamilyOptions<DataNumbers, Client, Capabilities>,
): Clause<Client, Capabilities>[] {
  const clause = familyClausesFor(options)
  const { probes } = options
  const { areRefused, comeBack } = valueChecksOf(probes)
  return [
    clause("01", {
      why: "Negative answers are worth caching too.",
      fix: "Test for undefined, never for truthiness, and count each as a hit.",
      async check(t, client) {
        const values = [null, false, 0, "", [], {}, true]
        await comeBack(t, client, values)
        const keep = plainStore(client, probes)
        for (const [index, value] of values.entries()) {
          for (const [method, find] of callsOf(client, probes.finds)) {
            await keep(client, `${method}-${index}`, value)
            t.equal(await find(client, `${method}-${index}`), true, `${method} of ${show(value)}`)
          }
          for (const [method, list] of callsOf(client, probes.lists)) {
            await keep(client, `${method}-${index}`, value)
            t.ok((await list(client)).includes(`${method}-${index}`), `${method} lacks the name of ${show(value)}`)
          }
          for (const [method, take] of await removesOf(client, probes)) {
            await keep(client, `${method}-${index}`, value)
            t.ok(Boolean(await take(client, `${method}-${index}`)), `${method} of ${show(value)} found nothing`)
          }
        }
      },
    }),
    clause("02", {
      why: "A stored undefined cannot be told from a miss.",
      fix: "Refuse undefined, at the top and as a member, before touching the entry, as plainDataIssue from @objectos/sdk/contracts does.",
      async check(t, client) {
        await areRefused(t, client, [
          undefined,
          { a: undefined },
          [1, undefined],
          new Map([["a", undefined]]),
          { a: [{ b: undefined }] },
          new Array(1),
        ])
      },
    }),
    clause("03", {
      why: "Encoders drop them in silence, so data differs between development and production.",
      fix: "Walk the value before storing it and refuse what cannot be stored, as plainDataIssue from @objectos/sdk/contracts does.",
      async check(t, client) {
        const call = () => 1
        await areRefused(t, client, [
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
    clause("04", {
      why: "They come back without their methods.",
      fix: "Accept only plain objects, arrays, Date, Map, Set and Uint8Array, as plainDataIssue from @objectos/sdk/contracts does.",
      async check(t, client) {
        class User {
          name = "Ada"
        }
        class Moment extends Date {}
        class Index extends Map {}
        class Names extends Set {}
        await areRefused(t, client, [
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
    clause("05", {
      why: "They crash encoders or recurse without end.",
      fix: "Refuse a value that contains itself, as plainDataIssue from @objectos/sdk/contracts does.",
      async check(t, client) {
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
        await areRefused(t, client, [object, list, direct, map, set, { deep: { object } }])
      },
    }),
    clause("06", {
      why: "JSON turns some of them into null or 0.",
      fix: "Encode the numbers that JSON has no form for.",
      async check(t, client, world) {
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
        await comeBack(t, client, numbers)
        const map = new Map([
          [Number.NaN, Number.NEGATIVE_INFINITY],
          [1, Number.POSITIVE_INFINITY],
        ])
        await comeBack(t, client, [numbers, { numbers, zero: -0, none: Number.NaN }, map])
      },
    }),
    clause("17", {
      why: "A value that is checked in part fails later, or comes back in part.",
      fix: "Walk over keys and members of a Map and over members of a Set, as plainDataIssue from @objectos/sdk/contracts does.",
      async check(t, client) {
        const set = new Set<unknown>()
        set.add([set])
        const map = new Map<unknown, unknown>()
        map.set({ map }, 1)
        const call = () => 1
        const symbol = Symbol("s")
        const keys = [undefined, call, symbol, { call }].map((key) => new Map([[key, 1]]))
        const members = [undefined, call, symbol, [symbol]].map((member) => new Set([member]))
        await areRefused(t, client, [...keys, ...members, set, map])
      },
    }),
  ]
}

/** Text is kept exactly, up to a limit. With plain data, text that is a member of it too. */
function textClauses<Client, Capabilities>(
  options: FamilyOptions<TextNumbers, Client, Capabilities>,
  alphabet: "plain data" | "text",
): Clause<Client, Capabilities>[] {
  const clause = familyClausesFor(options)
  const { probes } = options
  const { areRefused, comeBack } = valueChecksOf(probes)
  return [
    clause("07", {
      why: "Cut or re-encoded text is corrupted data.",
      fix: "Store text as UTF-8 or escaped, without a size limit below maxValueBytes.",
      async check(t, client, world) {
        const most = Math.floor(probes.maxValueBytes(world.capabilities) / 4)
        const long = Math.min(1024 * 1024, most)
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
          "x".repeat(Math.min(100, most)),
          "é".repeat(Math.min(1000, most)),
          "x".repeat(long),
        ]
        await comeBack(t, client, texts)
        if (alphabet === "plain data") await comeBack(t, client, [{ [texts[8] as string]: texts.slice(0, 15) }])
      },
    }),
    clause("08", {
      why: "A string 'null' that comes back as null breaks its reader.",
      fix: "Encode strings like every other value; never guess from content.",
      async check(t, client) {
        await comeBack(t, client, [
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
    clause("14", {
      why: "A value that is cut, or a write that fails half-way, loses data.",
      fix: "Measure the encoded value before writing.",
      async check(t, client, world) {
        const maxValueBytes = probes.maxValueBytes(world.capabilities)
        const [keep, read] = [plainStore(client, probes), plainRead(client, probes)]
        await keep(client, "other", probes.sample(1))
        if (maxValueBytes > LARGEST_TRIED_BYTES) {
          t.equal(await read(client, "other"), probes.sample(1), "no limit below 16 MiB is declared")
          return
        }
        // Random Chinese characters: fewer than the limit has bytes, and more bytes than it in any encoding, compressed too.
        const codes = new Uint16Array(Math.ceil(maxValueBytes * 0.6))
        for (let index = 0; index < codes.length; index++) codes[index] = 0x4e00 + world.random.integer(20_000)
        const bytes = new Uint8Array(codes.buffer)
        const text = new TextDecoder("utf-16le").decode(bytes)
        const large = alphabet === "text" ? [text] : [text, bytes, { list: [text] }]
        await areRefused(t, client, large, "LIMIT_EXCEEDED")
        t.equal(await read(client, "other"), probes.sample(1), "another value")
      },
    }),
  ]
}

/** Properties of what turns plain data into text or into a copy, over whatever plain data there is. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { plainDataIssue } from "../../contracts/foundation/plain-data.ts"
import { StoredText } from "../cache/redis-engine/stored-text.ts"
import { clonePlain, PlainCloner } from "./clone.ts"
import { decodePlain, encodePlain, plainCodec } from "./codec.ts"
import { seen } from "./seen.fixture.ts"

/** `CONFORMANCE_SEED=…` replays a failure. */
const seed = Number(process.env["CONFORMANCE_SEED"] ?? Date.now() % 2 ** 31)
const check = { seed, numRuns: 1000 }

/** Names and texts that mean something to the codec or to JavaScript. */
const TAGS = ["bigint", "number", "date", "bytes", "map", "set", "object"]
const names = fc.oneof(fc.string(), fc.constantFrom("~", "value", "length", "__proto__", "constructor", "toJSON"))
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(...TAGS, "~", "~1", "#", "-0", "NaN", "\ud800", "AAAA", "[]"),
)
const leaves = [
  ...[
    fc.constantFrom(null, true, false, -0, Number.NaN, Number.POSITIVE_INFINITY),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
  ],
  ...[fc.date({ noInvalidDate: false }), fc.uint8Array({ maxLength: 10 }), texts],
]
const plainData = fc.anything({ values: leaves, key: names, withMap: true, withSet: true, maxDepth: 4 })

/** JSON in which everything resembles a tag. */
const tagged = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, depthIdentifier: "tagged" },
    fc.oneof(texts, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(null, true)),
    fc.record({ "~": fc.oneof(fc.constantFrom(...TAGS), tie("json")), value: tie("json") }, { requiredKeys: ["~"] }),
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(names, tie("json"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).json

/** Text that the codec wrote, with something in it replaced. */
const spoiled = fc
  .tuple(plainData, fc.nat(), fc.nat(5), fc.oneof(fc.string({ unit: "binary", maxLength: 5 }), texts))
  .map(([value, at, removed, put]) => {
    const text = encodePlain(value)
    const from = at % (text.length + 1)
    return text.slice(0, from) + put + text.slice(from + removed)
  })

function expectSame(actual: unknown, expected: unknown): void {
  expect(seen(actual)).toStrictEqual(seen(expected))
}

describe(`plain data (seed ${seed})`, () => {
  it("is what the arbitrary gives", () => {
    fc.assert(
      fc.property(plainData, (value) => plainDataIssue(value, "value") === undefined),
      check,
    )
  })

  it("comes back from text as it was", () => {
    fc.assert(
      fc.property(plainData, (value) => expectSame(decodePlain(encodePlain(value)), value)),
      check,
    )
  })

  it("comes back from the text of a stored entry as it was, with tags before it", () => {
    const stored = new StoredText(plainCodec, Number.MAX_SAFE_INTEGER)
    fc.assert(
      fc.property(plainData, fc.subarray(["a", "b%2C"]), (value, tags) =>
        expectSame(stored.decode(stored.encode(value, tags)), value),
      ),
      check,
    )
  })

  it("is the same in each copy, which shares nothing with it", () => {
    const cloner = new PlainCloner()
    fc.assert(
      fc.property(plainData, (value) => {
        for (const copy of [clonePlain(value), cloner.clone(value)]) {
          expectSame(copy, value)
          const inside = objectsIn(value)
          expect(objectsIn(copy).filter((object) => inside.includes(object))).toEqual([])
        }
      }),
      check,
    )
  })

  it("is written as JSON that other programs read, unless JSON would change it", () => {
    fc.assert(
      fc.property(plainData, (value) => {
        const text = encodePlain(value)
        if (!text.startsWith("~")) expectSame(JSON.parse(text), value)
      }),
      check,
    )
  })
})

describe(`text that no cache wrote (seed ${seed})`, () => {
  const stored = new StoredText(plainCodec, Number.MAX_SAFE_INTEGER)
  it.each([
    ["any text", fc.oneof(fc.string({ unit: "binary" }), fc.json(), texts)],
    ["text that was spoiled", spoiled],
    ["JSON that resembles tags", tagged.map((value) => `~${JSON.stringify(value)}`)],
  ])("%s is CORRUPT, or plain data that comes back as it was", (_, foreign) => {
    fc.assert(
      fc.property(foreign, (text) => {
        let value: unknown
        try {
          value = stored.decode(text)
        } catch (error) {
          if (ServiceError.is(error) && error.code === "CORRUPT") return
          throw error
        }
        expect(plainDataIssue(value, "value")).toBeUndefined()
        expectSame(stored.decode(stored.encode(value)), value)
      }),
      check,
    )
  })
})

/** Every object in a value, and the value itself. */
function objectsIn(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return []
  if (value instanceof Date || value instanceof Uint8Array) return [value]
  const members = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value)
  return [value, ...members.flatMap(objectsIn)]
}

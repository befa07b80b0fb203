import type { ObjectInfo, RangeOptions, StoredObject } from "../../../contracts/storage/storage.ts"
import type { Checks } from "../../engine/checks.ts"
import { deepEqual } from "../../engine/deep-equal.ts"
import { clause, FILES, refuses, type StorageClient, utf8 } from "../clause.ts"
import { joined, storing } from "../storing.ts"

const TEXT = "0123456789"

/** The ways to read a range. */
const READS: readonly [what: string, read: (object: StoredObject) => Promise<string>][] = [
  ["text", (object) => object.text()],
  ["bytes", async (object) => new TextDecoder().decode(await object.bytes())],
  ["stream", async (object) => new TextDecoder().decode(await joined(object))],
]

/** A range gives this text, by each way to read it, and tells which bytes these are. */
async function gives(
  t: Checks,
  storage: StorageClient,
  range: RangeOptions,
  [text, start, end]: readonly [text: string, start: number, end: number],
): Promise<void> {
  const asked = JSON.stringify(range)
  for (const [what, read] of READS) {
    const object = await storage.get(FILES, "key", { range })
    t.equal(object.range, { start, end }, `the range that ${asked} tells`)
    t.equal(await read(object), text, `${what} of ${asked}`)
  }
}

/** STORAGE-RANGE. */
export const rangesClauses = [
  clause("STORAGE-RANGE-01", {
    why: "Players and downloads that go on count on each byte: one too few is a broken file.",
    fix: "Ask for bytes=start-end, whose end is part of it, and take the answer's Content-Range for range.",
    async check(t, storage, world) {
      for (const [, store] of storing(storage, world.capabilities)) {
        await store(storage, "key", utf8(TEXT))
        await gives(t, storage, { start: 2, end: 5 }, ["2345", 2, 5])
        await gives(t, storage, { start: 0, end: 0 }, ["0", 0, 0])
        await gives(t, storage, { start: 9, end: 9 }, ["9", 9, 9])
        await gives(t, storage, { start: 0, end: 9 }, [TEXT, 0, 9])
        await gives(t, storage, { end: 3 }, ["0123", 0, 3])
        await gives(t, storage, { end: 0 }, ["0", 0, 0])
      }
    },
  }),
  clause("STORAGE-RANGE-02", {
    why: "A reader that asks for pieces of one size asks for more than there is at the end.",
    fix: "Take the end of the object where none is given, and where the one that is given lies behind it.",
    async check(t, storage) {
      await storage.put(FILES, "key", TEXT)
      await gives(t, storage, { start: 7 }, ["789", 7, 9])
      await gives(t, storage, { start: 0 }, [TEXT, 0, 9])
      await gives(t, storage, { start: 8, end: 10 }, ["89", 8, 9])
      await gives(t, storage, { start: 8, end: 1_000_000 }, ["89", 8, 9])
      await gives(t, storage, { start: 9, end: Number.MAX_SAFE_INTEGER }, ["9", 9, 9])
      await gives(t, storage, { end: 10 }, [TEXT, 0, 9])
    },
  }),
  clause("STORAGE-RANGE-03", {
    why: "The index of many formats stands at their end: who reads the wrong end cannot read the file.",
    fix: "Ask for bytes=-suffix, and take what an object has that is shorter.",
    async check(t, storage) {
      await storage.put(FILES, "key", TEXT)
      await gives(t, storage, { suffix: 3 }, ["789", 7, 9])
      await gives(t, storage, { suffix: 1 }, ["9", 9, 9])
      await gives(t, storage, { suffix: 10 }, [TEXT, 0, 9])
      await gives(t, storage, { suffix: 11 }, [TEXT, 0, 9])
      await gives(t, storage, { suffix: 1_000_000 }, [TEXT, 0, 9])
    },
  }),
  clause("STORAGE-RANGE-04", {
    why: "A reader that has reached the end must be told so, or it asks for ever.",
    fix: "Refuse what begins behind the last byte, with the size in details.size, which a 416 tells in Content-Range.",
    async check(t, storage) {
      await storage.put(FILES, "key", TEXT)
      await storage.put(FILES, "empty", "")
      for (const [key, size] of [
        ["key", 10],
        ["empty", 0],
      ] as const) {
        for (const start of [size, size + 1, 1_000_000]) {
          for (const range of [{ start }, { start, end: start }, { start, end: start + 5 }]) {
            const what = `${JSON.stringify(range)} of ${size} bytes`
            const details = await refuses(
              t,
              () => storage.get(FILES, key, { range }),
              ["INVALID_ARGUMENT", "range"],
              what,
            )
            t.equal(details["size"], size, `details.size of ${what}`)
          }
        }
      }
      const ofNothing = () => storage.get(FILES, "empty", { range: { end: 3 } })
      await refuses(t, ofNothing, ["INVALID_ARGUMENT", "range"], "a range up to an end of an empty object")
    },
  }),
  clause("STORAGE-RANGE-05", {
    why: "Whoever reads the last bytes of any file meets empty ones too.",
    fix: "Give an empty object without a range: servers answer a suffix of nothing with all of it.",
    async check(t, storage) {
      await storage.put(FILES, "empty", "")
      for (const suffix of [1, 5, 1_000_000]) {
        for (const [what, read] of READS) {
          const object = await storage.get(FILES, "empty", { range: { suffix } })
          t.equal(object.range, undefined, `the range of the last ${suffix} bytes of an empty object`)
          t.equal(await read(object), "", `${what} of the last ${suffix} bytes of an empty object`)
        }
      }
    },
  }),
  clause("STORAGE-RANGE-06", {
    why: "Servers answer a range that they do not understand with the whole object.",
    fix: "Check ranges before anything is sent, as the checks of arguments in @objectos/sdk/contracts do.",
    async check(t, storage) {
      await storage.put(FILES, "key", TEXT)
      const wrong = [
        { start: 3, end: 2 },
        { start: 1, end: 0 },
        { suffix: 0 },
        { start: -1 },
        { start: -3, end: 5 },
        { end: -1 },
        { suffix: -1 },
        { start: 1.5 },
        { start: 0, end: 2.5 },
        { suffix: 0.5 },
        { start: Number.NaN },
        { start: 0, end: Number.POSITIVE_INFINITY },
        { start: 2 ** 53 },
        { start: "1" },
        { start: null },
        { suffix: 1, start: 0 },
        { suffix: 1, end: 3 },
        {},
        { from: 1 },
        { start: 0, length: 2 },
        null,
        "0-1",
        3,
        [0, 1],
      ] as unknown as RangeOptions[]
      for (const range of wrong) {
        for (const key of ["key", "absent"]) {
          const what = `get of the range ${JSON.stringify(range)}`
          await t.rejects(() => storage.get(FILES, key, { range }), "INVALID_ARGUMENT", what)
        }
      }
      await gives(t, storage, { start: 1, end: 1, suffix: undefined }, ["1", 1, 1])
    },
  }),
  clause("STORAGE-RANGE-07", {
    why: "A server that answers a range tells how large the whole is; taken from the answer's length it is wrong.",
    fix: "Take the size from Content-Range, and all else as of a whole object.",
    async check(t, storage, world) {
      const options = { contentType: "text/x-notes", metadata: { name: "value" } }
      for (const [way, store] of storing(storage, world.capabilities)) {
        await store(storage, "key", utf8(TEXT), options)
        const { checksums, ...head } = (await storage.head(FILES, "key")) as ObjectInfo
        t.equal(head.size, 10, `size after ${way}`)
        for (const range of [{ start: 2, end: 3 }, { suffix: 1 }, { start: 0 }, { start: 0, end: 100 }]) {
          const object = await storage.get(FILES, "key", { range })
          const { checksums: told, ...info } = object.info
          t.equal(info, head, `the info of ${JSON.stringify(range)} after ${way}`)
          // Servers leave them out of the answer to a range, for which they are not good.
          t.ok(deepEqual(told, checksums) || Object.keys(told).length === 0, `checksums of a range after ${way}`)
          await object.cancel()
        }
      }
    },
  }),
]

import type { ObjectInfo, StoredObject } from "../../../contracts/storage/storage.ts"
import type { Checks } from "../../engine/checks.ts"
import { sameBytes } from "../../engine/deep-equal.ts"
import { bytesOf, clause, FILES, patternOf, refuses, textOf, utf8 } from "../clause.ts"
import { joined, piecesRead, reading, storing, telling } from "../storing.ts"

/** More than is sent in one piece, and more than the buffers of a connection and its ends hold. */
const LARGE_BYTES = 3_000_000

/** The ways to read what get gave. */
const READS: readonly [what: string, read: (object: StoredObject) => Promise<unknown>][] = [
  ["bytes", (object) => object.bytes()],
  ["text", (object) => object.text()],
  ["stream", async (object) => joined(object)],
]

/** Reads on to the end, or to the first error. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

/** The pause in which a server sends what it can. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 2))

async function isThere(t: Checks, bytes: Uint8Array, wanted: Uint8Array, what: string): Promise<void> {
  t.ok(sameBytes(bytes, wanted), `${what}: ${bytes.length} bytes that are not the ${wanted.length} that were put`)
}

/** STORAGE-GET. */
export const gettingClauses = [
  clause("STORAGE-GET-01", {
    why: "A missing file that looks empty is sent to users, or written over what is only away.",
    fix: "Tell a missing object by NOT_FOUND from get, and by undefined from head; make no object of a folder.",
    async check(t, storage) {
      await storage.put(FILES, "folder/file", "text")
      await storage.put(FILES, "deleted", "text")
      await storage.delete(FILES, "deleted")
      for (const key of ["absent", "deleted", "folder", "folder/", "folder/fil", "folder/file/", "Folder/file"]) {
        for (const options of [undefined, { range: { start: 0 } }]) {
          await refuses(t, () => storage.get(FILES, key, options), ["NOT_FOUND", "object"], `get of ${key}`)
        }
        const head = await t.outcome(() => storage.head(FILES, key), `head of ${key}`)
        t.equal(head, { value: undefined, threw: false }, `head of ${key}`)
      }
      t.equal(await textOf(storage, "folder/file"), "text", "the object that is there")
    },
  }),
  clause("STORAGE-GET-02", {
    why: "A picture that is read by one way, and broken by the other, works in tests and not for users.",
    fix: "Give the same bytes to bytes, text and stream; decode text when all of it is there.",
    async check(t, storage, world) {
      // Of three bytes: no piece of a power of two ends with one.
      const texts = { short: "x", long: `${"世".repeat(70_000)}end` }
      for (const [name, text] of Object.entries(texts)) {
        for (const [way, store] of storing(storage, world.capabilities)) {
          await store(storage, name, utf8(text))
          for (const [method, read] of reading) {
            await isThere(t, await read(storage, name), utf8(text), `${method} of what ${way} stored`)
          }
        }
      }
      const binary = patternOf(200_000)
      await storage.put(FILES, "binary", binary)
      await isThere(t, await bytesOf(storage, "binary"), binary, "bytes")
      await isThere(t, await joined(await storage.get(FILES, "binary")), binary, "stream")
      const object = await storage.get(FILES, "binary")
      const bytes = await object.bytes()
      t.ok(bytes instanceof Uint8Array, "bytes are no Uint8Array")
      for (const piece of await piecesRead((await storage.get(FILES, "binary")).stream())) {
        t.ok(piece instanceof Uint8Array && piece.length > 0, "a piece of a stream is no Uint8Array, or empty")
      }
    },
  }),
  clause("STORAGE-GET-03", {
    why: "A text with one wrong byte is still a text; one that cannot be read at all is lost.",
    fix: "Decode by TextDecoder without fatal.",
    async check(t, storage) {
      const bytes = new Uint8Array([0x61, 0xff, 0x62, 0xe4, 0xb8, 0x63, 0xf0, 0x9f, 0x94, 0x91, 0xc3])
      await storage.put(FILES, "key", bytes)
      t.equal(await textOf(storage, "key"), "a\ufffdb\ufffdc🔑\ufffd", "text of bytes that are no UTF-8")
      t.equal(await bytesOf(storage, "key"), bytes, "the bytes themselves")
      const cut = await storage.get(FILES, "key", { range: { start: 7, end: 8 } })
      t.ok(/^\ufffd+$/.test(await cut.text()), "text of a range that cuts a letter is not U+FFFD")
    },
  }),
  clause("STORAGE-GET-04", {
    why: "A download whose end is of another version is broken, and nobody knows why.",
    fix: "Read on in what was opened: a file handle, an answer, bytes that nobody changes.",
    async check(t, storage, world) {
      const size = Math.min(LARGE_BYTES, world.capabilities.maxObjectBytes)
      const [old, fresh] = [patternOf(size, 1), patternOf(size, 2)]
      const changes = {
        put: (key: string) => storage.put(FILES, key, fresh),
        "put of a shorter object": (key: string) => storage.put(FILES, key, "short"),
        delete: (key: string) => storage.delete(FILES, key),
      }
      for (const [what, change] of Object.entries(changes)) {
        await storage.put(FILES, "key", old)
        const [unread, begun, ranged] = [
          await storage.get(FILES, "key"),
          await storage.get(FILES, "key"),
          await storage.get(FILES, "key", { range: { start: 10, end: size - 10 } }),
        ]
        const reader = begun.stream().getReader()
        const pieces = [(await reader.read()).value ?? new Uint8Array(0)]
        await change("key")
        for (let step = await reader.read(); !step.done; step = await reader.read()) pieces.push(step.value)
        const all = new Uint8Array(await new Blob(pieces.map((piece) => piece.slice())).arrayBuffer())
        await isThere(t, all, old, `a stream that was begun before ${what}`)
        await isThere(t, await unread.bytes(), old, `bytes that were got before ${what}`)
        await isThere(t, await ranged.bytes(), old.slice(10, size - 9), `a range that was got before ${what}`)
        await storage.delete(FILES, "key")
      }
    },
  }),
  clause("STORAGE-GET-05", {
    why: "A second read that is empty is taken for an empty file.",
    fix: "Remember that an object was read, and reject every read after it.",
    async check(t, storage) {
      await storage.put(FILES, "key", "text")
      await storage.put(FILES, "empty", "")
      for (const key of ["key", "empty"]) {
        for (const [first, read] of READS) {
          for (const [second, readAgain] of READS) {
            const what = `${second} after ${first} of ${key}`
            const object = await storage.get(FILES, key)
            await read(object)
            await refuses(t, () => readAgain(object), ["PRECONDITION_FAILED", "read"], what)
            await refuses(t, () => readAgain(object), ["PRECONDITION_FAILED", "read"], `${what}, once more`)
            const both = await storage.get(FILES, key)
            const reading = read(both)
            await refuses(
              t,
              () => readAgain(both),
              ["PRECONDITION_FAILED", "read"],
              `${second} beside ${first} of ${key}`,
            )
            await reading
          }
        }
      }
      const ranged = await storage.get(FILES, "key", { range: { start: 1 } })
      t.equal(await ranged.text(), "ext", "a range")
      const { threw } = await t.outcome(() => void ranged.stream(), "a second read")
      t.equal(threw, false, "whether stream of an object that was read throws, and does not give a stream that fails")
      await refuses(t, () => ranged.bytes(), ["PRECONDITION_FAILED", "read"], "a second read of a range")
    },
  }),
  clause("STORAGE-GET-06", {
    why: "One large file that is read into memory ends the process.",
    fix: "Compare the size with maxBytes before anything is read, and keep nothing.",
    async check(t, storage) {
      await storage.put(FILES, "key", "grüße")
      await storage.put(FILES, "empty", "")
      const get = (key: string) => storage.get(FILES, key)
      for (const [what, read] of [
        ["bytes", async (object: StoredObject, maxBytes: number) => object.bytes({ maxBytes })],
        ["text", async (object: StoredObject, maxBytes: number) => utf8(await object.text({ maxBytes }))],
      ] as const) {
        for (const most of [7, 8, 1_000_000]) {
          t.equal(await read(await get("key"), most), utf8("grüße"), `${what} of 7 bytes with maxBytes ${most}`)
        }
        t.equal(await read(await get("empty"), 0), new Uint8Array(0), `${what} of an empty object with maxBytes 0`)
        for (const most of [0, 5, 6]) {
          const object = await get("key")
          await t.rejects(() => read(object, most), "LIMIT_EXCEEDED", `${what} of 7 bytes with maxBytes ${most}`)
        }
        const ranged = await storage.get(FILES, "key", { range: { start: 0, end: 1 } })
        t.equal(await read(ranged, 2), utf8("gr"), `${what} of a range of 2 bytes with maxBytes 2`)
      }
    },
  }),
  clause("STORAGE-GET-07", {
    why: "An object that cannot be given back keeps its connection, or its file, until it times out.",
    fix: "Let cancel release what is open once, and resolve each time; reject reads from then on.",
    async check(t, storage) {
      const bytes = patternOf(200_000)
      await storage.put(FILES, "key", bytes)
      for (const [what, read] of READS) {
        const object = await storage.get(FILES, "key")
        for (const time of ["cancel", "cancel again", "cancel once more"]) {
          const { error } = await t.outcome(() => object.cancel(), time)
          t.equal(error, undefined, `what ${time} rejected with`)
        }
        await refuses(t, () => read(object), ["PRECONDITION_FAILED", "read"], `${what} after cancel`)
        const readFirst = await storage.get(FILES, "key")
        await read(readFirst)
        const after = await t.outcome(() => readFirst.cancel(), `cancel after ${what}`)
        t.equal(after.error, undefined, `what cancel after ${what} rejected with`)
      }
      const begun = await storage.get(FILES, "key")
      const reader = begun.stream().getReader()
      await reader.read()
      const { error } = await t.outcome(() => begun.cancel(), "cancel in the middle of a stream")
      t.equal(error, undefined, "what cancel in the middle of a stream rejected with")
      const rest = "the rest of a stream whose object was cancelled"
      await refuses(t, () => drain(reader), ["PRECONDITION_FAILED", "read"], rest)
      await isThere(t, await bytesOf(storage, "key"), bytes, "the object afterwards")
    },
  }),
  clause("STORAGE-GET-08", {
    why: "A download that its user has given up goes on, or ends as if it were whole.",
    fix: "Look at the signal before the object is asked for, and let it end every read with ABORTED.",
    async check(t, storage) {
      await storage.put(FILES, "key", patternOf(1_000_000))
      const aborted = { signal: AbortSignal.abort(new Error("of the caller")) }
      await t.rejects(() => storage.get(FILES, "key", aborted), "ABORTED", "get with a signal that has aborted")
      await t.rejects(() => storage.get(FILES, "absent", aborted), "ABORTED", "the same of an absent object")
      for (const [what, read] of READS) {
        const controller = new AbortController()
        const object = await storage.get(FILES, "key", { signal: controller.signal })
        controller.abort(new Error("of the caller"))
        await t.rejects(() => read(object), "ABORTED", `${what} after an abort`)
        const ranged = new AbortController()
        const part = await storage.get(FILES, "key", { signal: ranged.signal, range: { start: 5 } })
        ranged.abort()
        await t.rejects(() => read(part), "ABORTED", `${what} of a range after an abort`)
      }
      const controller = new AbortController()
      const object = await storage.get(FILES, "key", { signal: controller.signal })
      const reader = object.stream().getReader()
      await reader.read()
      controller.abort(new Error("of the caller"))
      await t.rejects(() => drain(reader), "ABORTED", "the rest of a stream after an abort")
      const whole = new AbortController()
      const got = await storage.get(FILES, "key", { signal: whole.signal })
      t.equal((await got.bytes()).length, 1_000_000, "bytes whose signal has not aborted")
      whole.abort()
    },
  }),
  clause("STORAGE-GET-09", {
    why: "A download is sent with the headers of get, and checked against those of head.",
    fix: "Make both infos of the same fields, also where a range was asked for.",
    async check(t, storage, world) {
      const options = {
        contentType: "text/x-notes",
        contentEncoding: "x-stored",
        contentDisposition: "attachment",
        contentLanguage: "de",
        cacheControl: "no-store",
        metadata: { name: "grüße", other: "x" },
      }
      for (const [way, store] of storing(storage, world.capabilities)) {
        for (const given of [undefined, options]) {
          await store(storage, "key", utf8("text"), given)
          const head = (await storage.head(FILES, "key")) as ObjectInfo
          t.equal([head.bucket, head.key, head.size], [FILES, "key", 4], `bucket, key and size after ${way}`)
          for (const [method, tell] of telling) t.equal(await tell(storage, "key"), head, `${method} after ${way}`)
          const object = await storage.get(FILES, "key")
          await object.bytes()
          t.equal(object.info, head, `the info of an object that was read, after ${way}`)
          t.equal(object.range, undefined, `the range of a whole object, after ${way}`)
        }
      }
    },
  }),
  clause("STORAGE-GET-10", {
    why: "Players and browsers stop most downloads in their middle.",
    fix: "Destroy the connection, or close the file, when the stream is cancelled; give nothing back to a pool half read.",
    async check(t, storage) {
      const bytes = patternOf(500_000)
      await storage.put(FILES, "key", bytes)
      for (let round = 0; round < 20; round++) {
        const object = await storage.get(FILES, "key", round % 2 === 0 ? {} : { range: { start: 1 } })
        const reader = object.stream().getReader()
        if (round % 4 < 2) await reader.read()
        const { error } = await t.outcome(() => reader.cancel(new Error("of the caller")), "cancel of a stream")
        t.equal(error, undefined, "what cancel of a stream rejected with")
        t.equal(await reader.read(), { done: true, value: undefined }, "a stream that was cancelled")
      }
      await isThere(t, await bytesOf(storage, "key"), bytes, "the object after 20 streams that were cancelled")
      t.equal((await storage.put(FILES, "other", "text")).size, 4, "a put afterwards")
    },
  }),
  clause("STORAGE-GET-11", {
    why: "A page that looks at the headers of fifty files, and reads none, stops the whole service.",
    fix: "Let no pool of connections be used up by objects that nobody reads: read small ones ahead, and wait with large ones.",
    async check(t, storage) {
      await storage.put(FILES, "key", patternOf(100_000))
      const unread: StoredObject[] = []
      for (let count = 0; count < 60; count++) {
        const { value, error } = await t.outcome(() => storage.get(FILES, "key"), `get beside ${count} unread objects`)
        t.equal(error, undefined, `get beside ${count} unread objects`)
        unread.push(value as StoredObject)
      }
      const calls: [what: string, call: () => Promise<unknown>][] = [
        ["head", () => storage.head(FILES, "key")],
        ["put", () => storage.put(FILES, "other", "text")],
        ["list", () => storage.list(FILES)],
        ["delete", () => storage.delete(FILES, "other")],
        ["bytes", () => bytesOf(storage, "key")],
      ]
      for (const [what, call] of calls) {
        const { error } = await t.outcome(call, `${what} beside 60 unread objects`)
        t.equal(error, undefined, `${what} beside 60 unread objects`)
      }
      await Promise.all(unread.map((object) => object.cancel()))
    },
  }),
  clause("STORAGE-GET-12", {
    why: "A file that is held in memory as a whole costs as much of it as there are downloads.",
    fix: "Hand out what comes as it comes, wait while nobody reads, and give each piece a buffer of its own.",
    async check(t, storage, world) {
      const bytes = patternOf(Math.min(6 * 1024 * 1024 + 7, world.capabilities.maxObjectBytes))
      await storage.put(FILES, "key", bytes)
      for (const range of [undefined, { start: 1 }]) {
        const object = await storage.get(FILES, "key", range && { range })
        const wanted = range === undefined ? bytes : bytes.slice(1)
        const pieces: Uint8Array[] = []
        const reader = object.stream().getReader()
        for (let step = await reader.read(); !step.done; step = await reader.read()) {
          pieces.push(step.value)
          if (pieces.length % 8 === 1) await aMoment()
        }
        const largest = Math.max(...pieces.map(({ length }) => length))
        t.ok(largest <= bytes.length / 4, `a piece has ${largest} bytes of ${bytes.length}`)
        const all = new Uint8Array(await new Blob(pieces.map((piece) => piece.slice())).arrayBuffer())
        await isThere(t, all, wanted, `what a slow reader was given${range === undefined ? "" : " of a range"}`)
      }
    },
  }),
]

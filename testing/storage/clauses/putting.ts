import type { ObjectInfo, PutOptions } from "../../../contracts/storage/storage.ts"
import { deepEqual, sameBytes } from "../../engine/deep-equal.ts"
import { show } from "../../engine/show.ts"
import { bufferOf } from "../../families/values.ts"
import { bodiesOf, piecesOf, refilledPieces, STREAM_KINDS, type WatchedStream, watchedStream } from "../bodies.ts"
import { bytesOf, clause, FILES, keysOf, listAll, patternOf, textOf, utf8 } from "../clause.ts"
import { piecesRead, storing } from "../storing.ts"

const MEGABYTE = 1024 * 1024

/** Over two parts of what is sent in parts of 8 MiB, and over the documents of databases. */
const MANY_BYTES = 17 * MEGABYTE + 123

/** All that can be said of an object. */
const EVERYTHING = {
  contentType: "text/x-old",
  contentEncoding: "x-old",
  contentDisposition: "attachment",
  contentLanguage: "de",
  cacheControl: "no-store",
  metadata: { old: "metadata" },
}

/** STORAGE-PUT: what is stored. */
export const puttingClauses = [
  clause("STORAGE-PUT-01", {
    why: "An upload of one kind that comes back changed is a lost file.",
    fix: "Turn every kind of body into its bytes: a view is its own bytes, and a stream all of its pieces.",
    async check(t, storage) {
      const samples = { binary: patternOf(1000), text: utf8("grüße, 世界 🔑\n".repeat(20)), one: utf8("x") }
      for (const [name, bytes] of Object.entries(samples)) {
        for (const [kind, body] of bodiesOf(bytes)) {
          await storage.put(FILES, "key", body())
          t.equal(await bytesOf(storage, "key"), bytes, `${name} of ${kind}`)
          await storage.put(FILES, `${kind} of ${name}`, body(), { size: bytes.length })
          t.equal(await bytesOf(storage, `${kind} of ${name}`), bytes, `${name} of ${kind}, its size given`)
        }
      }
    },
  }),
  clause("STORAGE-PUT-02", {
    why: "Empty files are common, and so are bugs that take nothing for missing.",
    fix: "Store 0 bytes as any other number of them, and let an empty stream be an object too.",
    async check(t, storage) {
      for (const [kind, body] of [["no body", () => ""], ...bodiesOf(new Uint8Array(0))] as const) {
        for (const options of [undefined, { size: 0 }]) {
          await storage.put(FILES, "key", "old")
          const put = await storage.put(FILES, "key", body(), options)
          t.equal(put.size, 0, `size that put of ${kind} told`)
          t.equal((await storage.head(FILES, "key"))?.size, 0, `size that head tells of ${kind}`)
          t.equal(await bytesOf(storage, "key"), new Uint8Array(0), `bytes of ${kind}`)
          await storage.put(FILES, `fresh ${kind}`, body(), options)
          t.ok((await keysOf(storage)).includes(`fresh ${kind}`), `list lacks the object of ${kind}`)
        }
      }
    },
  }),
  clause("STORAGE-PUT-03", {
    why: "What is left of the object before makes one that nobody has put.",
    fix: "Write a new object and let it take the old one's place; keep nothing of the old one.",
    async check(t, storage, world) {
      for (const [way, store] of storing(storage, world.capabilities)) {
        await store(storage, "key", utf8("a long text that was there before"), EVERYTHING)
        await store(storage, "key", utf8("short"))
        t.equal(await textOf(storage, "key"), "short", `bytes after ${way}`)
        const { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, metadata, size } =
          (await storage.head(FILES, "key")) as ObjectInfo
        const left = { cacheControl, contentDisposition, contentEncoding, contentLanguage }
        t.equal(left, Object.fromEntries(Object.keys(left).map((name) => [name, undefined])), `headers after ${way}`)
        t.equal(contentType, "application/octet-stream", `content type after ${way}`)
        t.equal(metadata, {}, `metadata after ${way}`)
        t.equal(size, 5, `size after ${way}`)
        await storage.delete(FILES, "key")
      }
    },
  }),
  clause("STORAGE-PUT-04", {
    why: "Callers keep what put told in their database, and never ask again.",
    fix: "Resolve the info of the object as it is stored; ask for what the server's answer to a put leaves out.",
    waits: true,
    async check(t, storage, world) {
      const seen: number[] = []
      for (const [way, store] of storing(storage, world.capabilities)) {
        for (const options of [{}, EVERYTHING]) {
          const told = await store(storage, `folder/${way}.txt`, utf8("text"), options)
          const { lastModified, ...head } = (await storage.head(FILES, `folder/${way}.txt`)) as ObjectInfo
          const { lastModified: toldTime, ...rest } = told
          t.equal(rest, head, `what ${way} told, beside head`)
          t.ok(toldTime instanceof Date && lastModified instanceof Date, `lastModified of ${way} is no Date`)
          const apart = Math.abs(toldTime.getTime() - lastModified.getTime())
          t.ok(apart <= 2000, `lastModified of ${way} and of head are ${apart} ms apart`)
          seen.push(lastModified.getTime())
        }
      }
      const [first = 0] = seen
      t.ok(first > 1e12, `${first} is not in epoch milliseconds`)
      if (!world.manualTime) t.ok(Math.abs(first - Date.now()) < 600_000, `${first} is not the time of the put`)
      await world.pass(1.1)
      await storage.put(FILES, "folder/put.txt", "text")
      const later = (await storage.head(FILES, "folder/put.txt"))?.lastModified.getTime() ?? 0
      t.ok(later > first, "an object that was put again has the time of the put before")
    },
  }),
  clause("STORAGE-PUT-05", {
    why: "Large files are sent in parts, whose seams are where bytes get lost.",
    fix: "Cut a stream where parts begin, whatever pieces it comes in, and send the last part however small.",
    async check(t, storage, world) {
      const bytes = patternOf(Math.min(MANY_BYTES, world.capabilities.maxObjectBytes))
      const uneven = () => watchedStream("a web stream", piecesOf(bytes, 1_000_003)).body
      const { size } = await storage.put(FILES, "without size", uneven())
      t.equal(size, bytes.length, "size that put told")
      t.ok(
        sameBytes(await bytesOf(storage, "without size"), bytes),
        "bytes of a stream of many megabytes, without size",
      )
      await storage.put(FILES, "with size", uneven(), { size: bytes.length })
      t.ok(sameBytes(await bytesOf(storage, "with size"), bytes), "bytes of a stream of many megabytes, with its size")
      await storage.put(FILES, "bytes", bytes)
      t.ok(sameBytes(await bytesOf(storage, "bytes"), bytes), "many megabytes that were put as bytes")
    },
  }),
  clause("STORAGE-PUT-06", {
    why: "Buffers are used again: the next file is read into the bytes of this one.",
    fix: "Copy bytes as they come in, pieces of streams too, and hand out copies.",
    async check(t, storage, world) {
      const bytes = () => utf8("as it was put")
      const kept: [what: string, changed: Uint8Array, put: (changed: Uint8Array) => Promise<unknown>][] = [
        ["bytes", bytes(), (body) => storage.put(FILES, "bytes", body)],
        ["a Buffer", bufferOf(bytes()), (body) => storage.put(FILES, "a Buffer", body)],
        ...STREAM_KINDS.map((kind): (typeof kept)[number] => [
          kind,
          bytes(),
          (piece) => storage.put(FILES, kind, watchedStream(kind, [piece]).body),
        ]),
      ]
      if (world.capabilities.multipart) {
        kept.push([
          "a part",
          bytes(),
          async (body) => {
            const session = await storage.createUpload(FILES, "a part")
            await session.uploadPart(1, body)
            body.fill(0)
            await session.complete()
          },
        ])
      }
      for (const [what, changed, put] of kept) {
        await put(changed)
        changed.fill(0)
        t.equal(await textOf(storage, what), "as it was put", `${what} that was changed after put`)
        const got = await bytesOf(storage, what)
        got.fill(0)
        const pieces = await piecesRead((await storage.get(FILES, what)).stream())
        for (const piece of pieces) piece.fill(0)
        const range = await (await storage.get(FILES, what, { range: { start: 0, end: 4 } })).bytes()
        range.fill(0)
        t.equal(await textOf(storage, what), "as it was put", `${what} after all that was got was changed`)
      }
    },
  }),
  clause("STORAGE-PUT-13", {
    why: "A source that is cancelled, or never read to its end, reports a failed upload, or stays open.",
    fix: "Read on until the stream says that it has ended, also where size is known; cancel only what has not.",
    async check(t, storage) {
      const pieces = [utf8("one"), utf8("two")]
      const streams: [what: string, stream: WatchedStream][] = []
      for (const kind of STREAM_KINDS) {
        for (const options of [{}, { size: 6 }]) {
          const what = `${kind} with ${JSON.stringify(options)}`
          const stream = watchedStream(kind, pieces)
          await storage.put(FILES, "key", stream.body, options)
          await t.eventually(() => stream.ended, `${what} was read to its end`)
          streams.push([what, stream])
        }
        const empty = watchedStream(kind, [])
        await storage.put(FILES, "key", empty.body)
        await t.eventually(() => empty.ended, `${kind} without a piece was read to its end`)
        streams.push([`${kind} without a piece`, empty])
      }
      const cancelled = () => streams.filter(([, { cancels }]) => cancels > 0).map(([what]) => what)
      await t.never(() => cancelled().length > 0, "a stream that was stored is cancelled")
    },
  }),
  clause("STORAGE-PUT-14", {
    why: "A bar that jumps back, or stays at nothing, tells users that their upload hangs.",
    fix: "Tell the sum of what was taken after each piece, and ignore what the callback throws.",
    async check(t, storage) {
      const bytes = patternOf(300_000)
      const streams = STREAM_KINDS.map((kind) => [kind, watchedStream(kind, piecesOf(bytes, 50_000)).body] as const)
      for (const [kind, body] of [["bytes", bytes], ["a Blob", new Blob([bytes])], ...streams] as const) {
        const told: number[] = []
        await storage.put(FILES, "key", body, { onProgress: (count) => void told.push(count) })
        t.ok(told.length > 0, `onProgress is not called for ${kind}`)
        for (const [index, count] of told.entries()) {
          t.ok(count > (told[index - 1] ?? 0), `onProgress of ${kind} told ${show(told)}, which do not grow`)
        }
        t.equal(told.at(-1), bytes.length, `the last number of ${kind}`)
      }
      const throwing = (): never => {
        throw new Error("not a matter of the storage")
      }
      for (const body of ["text", watchedStream("a web stream", [utf8("text")]).body]) {
        await storage.delete(FILES, "key")
        const { error } = await t.outcome(() => storage.put(FILES, "key", body, { onProgress: throwing }), "put")
        t.equal(error, undefined, "what put rejected with whose onProgress throws")
        t.equal(await textOf(storage, "key"), "text", "the object of a put whose onProgress throws")
      }
    },
  }),
  clause("STORAGE-PUT-16", {
    why: "An object of the bytes of one and the metadata of another user is neither's.",
    fix: "Store bytes, headers and metadata in one step, which takes the place of what was there as a whole.",
    async check(t, storage, world) {
      const other = world.capabilities.shared ? await world.connect() : storage
      const puts = Array.from({ length: 20 }, (_, by) => ({
        bytes: patternOf(5000 - by * 100, by + 1),
        options: { contentType: `text/x-${by}`, metadata: { by: String(by) } } satisfies PutOptions,
      }))
      for (const streams of [false, true]) {
        const put = ({ bytes, options }: (typeof puts)[number], by: number) => {
          const body = streams ? watchedStream("a web stream", piecesOf(bytes, 1000)).body : bytes
          return (by % 2 === 0 ? storage : other).put(FILES, "key", body, options)
        }
        const infos = await Promise.all(puts.map(put))
        const object = await storage.get(FILES, "key")
        const bytes = await object.bytes()
        const { contentType, etag, metadata } = object.info
        const of = puts.findIndex((each) => deepEqual(each.options, { contentType, metadata }))
        t.ok(of >= 0, `content type and metadata of no put stay: ${show({ contentType, metadata })}`)
        t.equal(bytes, puts[of]?.bytes, `the bytes that stay beside the metadata of put ${of}`)
        t.equal(etag, infos[of]?.etag, `the ETag that stays beside the metadata of put ${of}`)
      }
    },
  }),
  clause("STORAGE-PUT-17", {
    why: "A page that is asked for while its new version is sent is served half.",
    fix: "Write beside the object, under a name that no list shows, and let it take the place when it is whole.",
    async check(t, storage) {
      await storage.put(FILES, "old", "the old object", { metadata: { version: "old" } })
      for (const size of [undefined, 9]) {
        for (const kind of STREAM_KINDS) {
          const what = `while ${kind} is put${size === undefined ? "" : " with its size"}`
          const lists = (await listAll(storage)).objects
          let send = (_: Uint8Array) => {}
          const rest = new Promise<Uint8Array>((resolve) => {
            send = resolve
          })
          const streams = ["old", "new"].map((key) => [key, watchedStream(kind, [utf8("new "), rest])] as const)
          const puts = streams.map(([key, { body }]) => storage.put(FILES, key, body, { size }))
          await t.eventually(() => streams.every(([, { pulls }]) => pulls > 1), `streams are read on ${what}`)
          t.equal(await textOf(storage, "old"), "the old object", `the old object ${what}`)
          t.equal((await storage.head(FILES, "old"))?.metadata, { version: "old" }, `the old metadata ${what}`)
          t.equal(await storage.head(FILES, "new"), undefined, `head of the new key ${what}`)
          t.equal((await listAll(storage)).objects, lists, `list ${what}`)
          send(utf8("bytes"))
          await Promise.all(puts)
          for (const key of ["old", "new"]) t.equal(await textOf(storage, key), "new bytes", `${key} afterwards`)
          await storage.delete(FILES, "new")
          await storage.put(FILES, "old", "the old object", { metadata: { version: "old" } })
        }
      }
    },
  }),
  clause("STORAGE-PUT-18", {
    why: "Programs that read the object elsewhere take its bytes for UTF-8, and some need its mark.",
    fix: "Encode text by TextEncoder, and decode it with ignoreBOM: true.",
    async check(t, storage, world) {
      const text = "\ufeffgrüße, 世界 🔑\r\n\ufeff"
      await storage.put(FILES, "text", text)
      t.equal(await bytesOf(storage, "text"), utf8(text), "the bytes of text")
      t.equal((await storage.head(FILES, "text"))?.size, utf8(text).length, "the size of text")
      for (const [way, store] of storing(storage, world.capabilities)) {
        await store(storage, "text", utf8(text))
        t.equal(await textOf(storage, "text"), text, `the text that ${way} stored`)
      }
    },
  }),
  clause("STORAGE-PUT-19", {
    why: "A source that reads a file into one buffer, as many do, would be stored as its last piece again and again.",
    fix: "Copy a piece, or have it written, before the stream is asked for the next.",
    async check(t, storage, world) {
      const text = "the first piece, another, and the end of it"
      const bytes = utf8(text)
      for (const kind of ["a web stream", "an async iterable"] as const) {
        for (const size of [undefined, bytes.length]) {
          const what = `${kind} that fills its memory again${size === undefined ? "" : ", its size given"}`
          const body = () => watchedStream(kind, refilledPieces(bytes, 10)).body
          await storage.put(FILES, "key", body(), { size })
          t.equal(await textOf(storage, "key"), text, `bytes of ${what}`)
          if (!world.capabilities.multipart) continue
          const upload = await storage.createUpload(FILES, "parts")
          await upload.uploadPart(1, body(), { size })
          await upload.complete()
          t.equal(await textOf(storage, "parts"), text, `a part of ${what}`)
        }
      }
    },
  }),
]

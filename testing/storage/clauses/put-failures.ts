import type { Body, PutOptions } from "../../../contracts/storage/storage.ts"
import type { Checks } from "../../engine/checks.ts"
import { bodiesOf, STREAM_KINDS, type Step, type StreamKind, type WatchedStream, watchedStream } from "../bodies.ts"
import { clause, FILES, keysOf, refuses, type StorageClient, textOf, utf8 } from "../clause.ts"

/** Limits above this are believed: trying them would take too long. */
export const LARGEST_TRIED_BYTES = 64 * 1024 * 1024

/** A put over an object, and one under a fresh key. */
async function bothWays(
  t: Checks,
  storage: StorageClient,
  what: string,
  put: (key: string, what: string) => Promise<unknown>,
): Promise<void> {
  await storage.put(FILES, "old", "the old object")
  await put("old", `${what} over an object`)
  t.equal(await textOf(storage, "old"), "the old object", `the old object after ${what}`)
  await put("fresh", `${what} under a fresh key`)
  t.equal(await keysOf(storage), ["old"], `keys after ${what}`)
}

/** Each kind of stream with these steps: put of it is refused, and nothing changes. */
async function streamsRefused(
  t: Checks,
  storage: StorageClient,
  [what, steps]: readonly [what: string, steps: () => Iterable<Step>],
  [code, reason]: readonly ["INVALID_ARGUMENT", string],
  options: PutOptions = {},
): Promise<void> {
  for (const kind of STREAM_KINDS) {
    await bothWays(t, storage, `put of ${kind} ${what}`, async (key, of) => {
      await refuses(t, () => storage.put(FILES, key, watchedStream(kind, steps()).body, options), [code, reason], of)
    })
  }
}

/** An abort that comes when a stream has been asked for so many pieces. */
async function abortAt(t: Checks, stream: WatchedStream, pulls: number, controller: AbortController): Promise<void> {
  await t.eventually(() => stream.pulls >= pulls, `the body was asked for ${pulls} pieces`)
  controller.abort(new Error("of the caller"))
}

/** STORAGE-PUT: what is refused, and what becomes of the body. */
export const putFailuresClauses = [
  clause("STORAGE-PUT-07", {
    why: "An upload that was cut on its way is stored as if it were the whole file.",
    fix: "Count what a body gives: refuse more as soon as it comes, and fewer at its end.",
    async check(t, storage) {
      for (const [kind, body] of bodiesOf(utf8("12345"))) {
        for (const size of [0, 4, 6, 5_000_000]) {
          await bothWays(t, storage, `put of ${kind} of 5 bytes with the size ${size}`, async (key, of) => {
            await refuses(t, () => storage.put(FILES, key, body(), { size }), ["INVALID_ARGUMENT", "size"], of)
          })
        }
      }
      const empty = () => storage.put(FILES, "fresh", "", { size: 1 })
      await refuses(t, empty, ["INVALID_ARGUMENT", "size"], "put of an empty body with the size 1")
    },
  }),
  clause("STORAGE-PUT-08", {
    why: "The first half of a file that failed is taken for the file.",
    fix: "Let a body that fails fail its put, before anything of it can be seen.",
    async check(t, storage) {
      const failure = () => new Error("the source is gone")
      const failing = ["that fails at once", () => [failure()]] as const
      const half = ["that fails in the middle", () => [utf8("first "), utf8("second"), failure()]] as const
      for (const options of [{}, { size: 12 }, { size: 100 }]) {
        await streamsRefused(t, storage, failing, ["INVALID_ARGUMENT", "body"], options)
        await streamsRefused(t, storage, half, ["INVALID_ARGUMENT", "body"], options)
      }
    },
  }),
  clause("STORAGE-PUT-09", {
    why: "A stream of text, or of objects, is stored as something that nobody has meant.",
    fix: "Take Uint8Arrays, of which Buffer is one, and refuse every other piece.",
    async check(t, storage) {
      const bytes = utf8("bytes")
      const wrong = [
        "text",
        5,
        null,
        { length: 2 },
        [1, 2],
        bytes.buffer,
        new DataView(bytes.buffer),
        new Uint16Array(2),
      ]
      for (const piece of wrong as unknown as Uint8Array[]) {
        const what = `that gives ${Object.prototype.toString.call(piece)}`
        for (const steps of [[piece], [bytes, piece, bytes]]) {
          await streamsOfAnything(t, storage, what, steps)
        }
      }
      const nothing = { value: undefined as unknown as Uint8Array, done: false }
      const given = [nothing, { value: bytes, done: false }]
      const iterator = () => ({ next: async () => given.shift() ?? { value: undefined, done: true as const } })
      const undefinedFirst = () => storage.put(FILES, "fresh", { [Symbol.asyncIterator]: iterator })
      await refuses(t, undefinedFirst, ["INVALID_ARGUMENT", "body"], "put of an iterable that gives undefined")
      t.equal(await keysOf(storage), ["old"], "keys afterwards")
    },
  }),
  clause("STORAGE-PUT-10", {
    why: "A request that its user has given up goes on storing.",
    fix: "Look at the signal before anything else is done.",
    async check(t, storage) {
      const signal = AbortSignal.abort(new Error("of the caller"))
      for (const [kind, body] of bodiesOf(utf8("new"))) {
        await bothWays(t, storage, `put of ${kind} with a signal that has aborted`, async (key, of) => {
          await t.rejects(() => storage.put(FILES, key, body(), { signal }), "ABORTED", of)
        })
      }
      for (const kind of STREAM_KINDS) {
        const stream = watchedStream(kind, [utf8("new")])
        await t.rejects(() => storage.put(FILES, "fresh", stream.body, { signal, size: 3 }), "ABORTED", kind)
        t.equal(stream.pulls, 0, `pieces that ${kind} was asked for`)
      }
      t.equal(await keysOf(storage), ["old"], "keys afterwards")
    },
  }),
  clause("STORAGE-PUT-11", {
    why: "A body that gives nothing more keeps its put, and whoever waits for it, for ever.",
    fix: "Listen to the signal while the body is waited for, and let it win.",
    async check(t, storage) {
      for (const kind of STREAM_KINDS) {
        for (const size of [undefined, 100]) {
          for (const steps of [["idle"], [utf8("new"), "idle"]] as Step[][]) {
            const what = `an abort while ${kind} is idle${steps.length === 1 ? "" : " in its middle"}`
            await bothWays(t, storage, what, async (key, of) => {
              const controller = new AbortController()
              const stream = watchedStream(kind, steps)
              const put = storage.put(FILES, key, stream.body, { signal: controller.signal, size })
              const aborted = t.rejects(() => put, "ABORTED", of)
              await abortAt(t, stream, steps.length, controller)
              await aborted
            })
          }
        }
      }
    },
  }),
  clause("STORAGE-PUT-12", {
    why: "A file, or a connection, that nobody closes any more stays open until there are no more of them.",
    fix: "Cancel the body on every way out of a put that does not store, and only once.",
    async check(t, storage, world) {
      const { capabilities } = world
      await storage.put(FILES, "old", "the old object")
      const endless = () => [utf8("one"), utf8("two"), utf8("three"), "idle"] as const
      const aborted = { signal: AbortSignal.abort() }
      const here: [what: string, put: (body: Body) => Promise<unknown>][] = [
        ["a bad key", (body) => storage.put(FILES, "", body)],
        ["a bad bucket", (body) => storage.put("a_b", "key", body)],
        ["an unknown option", (body) => storage.put(FILES, "key", body, { unknown: 1 } as PutOptions)],
        ["a smaller size", (body) => storage.put(FILES, "key", body, { size: 4 })],
        ["a signal that has aborted", (body) => storage.put(FILES, "key", body, aborted)],
        ["metadata over the limit", (body) => storage.put(FILES, "key", body, { metadata: { n: longText(world) } })],
      ]
      const there: typeof here = [["a bucket that is not there", (body) => storage.put("absent", "key", body)]]
      if (capabilities.conditionalCreate) {
        there.push(["a condition", (body) => storage.put(FILES, "old", body, { ifNoneMatch: "*" })])
      }
      for (const kind of STREAM_KINDS) {
        for (const [what, put] of here) await isCancelledOnce(t, kind, what, endless(), put)
        // A server may read all of it before it refuses.
        for (const [what, put] of there) await isCancelledOnce(t, kind, what, [utf8("one"), utf8("two")], put)
        if (kind !== "a Node.js stream") {
          const steps = [utf8("one"), "text" as unknown as Uint8Array, utf8("two"), "idle"] as const
          await isCancelledOnce(t, kind, "a piece that is no bytes", steps, (body) => storage.put(FILES, "key", body))
        }
        const controller = new AbortController()
        await isCancelledOnce(t, kind, "an abort", endless(), async (body, stream) => {
          const put = storage.put(FILES, "key", body, { signal: controller.signal })
          put.catch(() => {})
          await abortAt(t, stream, 4, controller)
          return put
        })
      }
    },
  }),
  clause("STORAGE-PUT-15", {
    why: "One upload that fills the disk, or the memory, takes the service from everybody.",
    fix: "Refuse a size that is too large before anything is read, and count where no size is given.",
    async check(t, storage, { capabilities: { maxObjectBytes } }) {
      await storage.put(FILES, "old", "the old object")
      if (maxObjectBytes > LARGEST_TRIED_BYTES) {
        t.equal(await textOf(storage, "old"), "the old object", "no limit below 64 MiB is declared")
        return
      }
      const largest = await storage.put(FILES, "largest", streamOf(maxObjectBytes))
      t.equal(largest.size, maxObjectBytes, "the size of the largest object")
      await storage.delete(FILES, "largest")
      const larger = maxObjectBytes + 1
      const bodies: [what: string, make: () => Body, options?: PutOptions][] = [
        ["bytes", () => new Uint8Array(larger)],
        ["text of more bytes than characters", () => "é".repeat(Math.ceil(larger / 2))],
        ["a Blob", () => new Blob([new Uint8Array(larger)])],
        ["a stream", () => streamOf(larger)],
        ["a stream with its size", () => streamOf(larger), { size: larger }],
      ]
      for (const [what, make, options] of bodies) {
        await bothWays(t, storage, `put of ${what} over maxObjectBytes`, async (key, of) => {
          await t.rejects(() => storage.put(FILES, key, make(), options), "LIMIT_EXCEEDED", of)
        })
      }
    },
  }),
  clause("STORAGE-PUT-20", {
    why: "A process that is told to end waits for a browser that has gone, until it is killed.",
    fix: "Keep the bodies that are on their way, and let close cancel them.",
    methods: ["close"],
    async check(t, storage, { capabilities }) {
      const ways: [way: string, send: (body: Body) => Promise<unknown>][] = [
        ["put", (body) => storage.put(FILES, "key", body)],
        ["put with a size", (body) => storage.put(FILES, "key", body, { size: 100 })],
      ]
      if (capabilities.multipart) {
        const upload = await storage.createUpload(FILES, "parts")
        ways.push(["a part", (body) => upload.uploadPart(1, body)])
        ways.push(["a part with a size", (body) => upload.uploadPart(1, body, { size: 100 })])
      }
      const calls = ways.flatMap(([way, send]) =>
        STREAM_KINDS.map((kind) => {
          const stream = watchedStream(kind, [utf8("one"), "idle"])
          const call = send(stream.body).catch(() => {})
          return { what: `${way} of ${kind} that gives nothing`, stream, call }
        }),
      )
      for (const { stream, what } of calls) await t.eventually(() => stream.pulls > 1, `${what} is read on`)
      const closing = storage.close()
      for (const { call, what } of calls) await t.settles(call, `${what}, when the storage closes`)
      for (const { stream, what } of calls) {
        await t.eventually(() => stream.cancels > 0, `the stream is cancelled when the storage closes: ${what}`)
        t.equal(stream.cancels, 1, `times that the stream is cancelled: ${what}`)
      }
      await t.settles(closing, "close")
    },
  }),
]

/** Streams of pieces that are not what streams may give. A Node.js stream of bytes refuses or encodes them itself. */
async function streamsOfAnything(t: Checks, storage: StorageClient, what: string, steps: Step[]): Promise<void> {
  for (const kind of STREAM_KINDS.filter((other) => other !== "a Node.js stream")) {
    await bothWays(t, storage, `put of ${kind} ${what}`, async (key, of) => {
      const put = () => storage.put(FILES, key, watchedStream(kind, steps).body)
      await refuses(t, put, ["INVALID_ARGUMENT", "body"], of)
    })
  }
}

async function isCancelledOnce(
  t: Checks,
  kind: StreamKind,
  what: string,
  steps: Iterable<Step>,
  put: (body: Body, stream: WatchedStream) => Promise<unknown>,
): Promise<void> {
  const stream = watchedStream(kind, steps)
  const { error } = await t.outcome(() => put(stream.body, stream), what)
  t.ok(error !== undefined, `put of ${kind} with ${what} resolves`)
  await t.eventually(() => stream.cancels > 0 || stream.ended, `${kind} is cancelled after ${what}`)
  await new Promise((resolve) => setTimeout(resolve))
  t.equal(stream.cancels, stream.ended ? 0 : 1, `how often ${kind} is cancelled after ${what}`)
}

/** Metadata of more bytes than the storage keeps. */
function longText({ capabilities }: { readonly capabilities: { readonly maxMetadataBytes: number } }): string {
  return "x".repeat(Math.min(capabilities.maxMetadataBytes + 1, 1_000_000))
}

/** So many zeros, a piece at a time. */
function streamOf(size: number): Body {
  const piece = new Uint8Array(1024 * 1024)
  function* pieces() {
    for (let left = size; left > 0; left -= piece.length) yield left < piece.length ? piece.subarray(0, left) : piece
  }
  return watchedStream("a web stream", pieces()).body
}

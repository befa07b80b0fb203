import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Body, StoredObject } from "../../../contracts/storage/storage.ts"
import type { Checks } from "../../engine/checks.ts"
import { deepEqual } from "../../engine/deep-equal.ts"
import type { Faults } from "../../engine/subject.ts"
import { piecesOf, STREAM_KINDS, type Step, type StreamKind, type WatchedStream, watchedStream } from "../bodies.ts"
import { clause, FILES, patternOf, type StorageClient, type StorageWorld } from "../clause.ts"
import { fieldsOf, readingWhole, standing } from "../standing.ts"

/** More than a connection keeps on its way. */
const LARGE_BYTES = 16_777_216
const PIECE_BYTES = 65_536

const OLD = { contentType: "text/old", metadata: { of: "the old one" } }
const NEW = { contentType: "text/new", metadata: { of: "the new one" } }

type Fault = Exclude<keyof Faults, "heal">

/** Whether the store answers. */
export async function answers(storage: StorageClient): Promise<boolean> {
  return storage.listBuckets().then(
    () => true,
    () => false,
  )
}

async function heal(t: Checks, storage: StorageClient, world: StorageWorld): Promise<void> {
  await world.faults.heal()
  await t.eventually(() => answers(storage), "works again")
}

/** What is read of an object that fails once its first piece is there: all of it, or an error. */
async function streamed(object: StoredObject, fail: () => unknown): Promise<Uint8Array> {
  const reader = object.stream().getReader()
  const pieces: Uint8Array[] = []
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    if (pieces.push(step.value) === 1) await fail()
  }
  return new Uint8Array(await new Blob(pieces.map((piece) => piece.slice())).arrayBuffer())
}

/** A read of an object whose line fails gives all of it or rejects, whichever way it is read. */
async function isWholeOrRejects(
  t: Checks,
  storage: StorageClient,
  world: StorageWorld,
  fault: Fault,
  bytes: Uint8Array,
): Promise<void> {
  const isRight = (outcome: { error?: unknown; value?: unknown }) => {
    const { error, value } = outcome
    if (error === undefined) return deepEqual(value, bytes)
    return ServiceError.is(error) && (error.code === "UNAVAILABLE" || error.code === "TIMEOUT")
  }
  const said = ({ error, value }: { error?: unknown; value?: unknown }) =>
    error === undefined
      ? `gave ${(value as Uint8Array).length} bytes, which are not the ${bytes.length} of the object`
      : `rejected with ${String(error)}`
  // Each way waits for as long as the storage has patience.
  const tried = fault === "silent" ? readingWhole.slice(0, 1) : readingWhole
  const ways: [way: string, read: (object: StoredObject) => Promise<Uint8Array>][] = tried.map(([way, read]) => [
    way,
    async (object) => {
      await world.faults[fault]()
      return read(object)
    },
  ])
  for (const [way, read] of [
    ...ways,
    ["stream, from its second piece", (object: StoredObject) => streamed(object, () => world.faults[fault]())] as const,
  ]) {
    const object = await storage.get(FILES, "large")
    const outcome = await t.outcome(() => read(object), `${way} while ${fault}`)
    await heal(t, storage, world)
    await object.cancel().catch(() => undefined)
    t.ok(isRight(outcome), `${way} while ${fault} ${said(outcome)}`)
  }
}

/** A stream of some megabytes, in the middle of which something happens. */
function* troubled(trouble: () => void): Generator<Step> {
  for (let piece = 0; piece < 64; piece++) {
    if (piece === 8) trouble()
    yield new Uint8Array(PIECE_BYTES).fill(piece)
  }
}

/** The call fails or not; its stream is then read to its end, or cancelled once. */
async function isReleased(t: Checks, watched: WatchedStream, call: () => unknown, what: string): Promise<unknown> {
  const { error } = await t.outcome(call, what)
  await t.eventually(() => watched.ended || watched.cancels > 0, `${what}: its stream is read to its end or cancelled`)
  t.equal(watched.cancels, watched.ended ? 0 : 1, `${what}: how often its stream is cancelled`)
  return error
}

/** STORAGE-FAULT: stores that fail while objects are on their way. Processes that end are in `restarts.ts`. */
export const faultsClauses = [
  clause("STORAGE-FAULT-04", {
    why: "Half a file is taken for the whole one, and is stored in its place.",
    fix: "Compare the bytes that came with Content-Length, and reject UNAVAILABLE where they are fewer.",
    uses: ["faults"],
    async check(t, storage, world) {
      const bytes = textOfSize(Math.min(LARGE_BYTES, world.capabilities.maxObjectBytes))
      await storage.put(FILES, "large", bytes)
      for (const fault of ["unreachable", "loseAnswer"] as const) {
        await isWholeOrRejects(t, storage, world, fault, bytes)
      }
      const whole = await storage.get(FILES, "large")
      t.ok(deepEqual(await whole.bytes(), bytes), "an object after it was cut is not whole")
    },
  }),
  clause("STORAGE-FAULT-05", {
    why: "A server that says nothing any more holds its readers for ever.",
    fix: "Begin a time limit with each piece, and reject TIMEOUT where none comes within it.",
    uses: ["faults"],
    async check(t, storage, world) {
      const bytes = textOfSize(Math.min(LARGE_BYTES, world.capabilities.maxObjectBytes))
      await storage.put(FILES, "large", bytes)
      await isWholeOrRejects(t, storage, world, "silent", bytes)
      const whole = await storage.get(FILES, "large")
      t.ok(deepEqual(await whole.bytes(), bytes), "an object after the silence is not whole")
    },
  }),
  clause("STORAGE-FAULT-06", {
    why: "Nobody knows which of the two objects stands, and either must be a good one.",
    fix: "Replace an object in one step, and let no write of before come after one of later.",
    uses: ["faults"],
    async check(t, storage, world) {
      const old = { bytes: patternOf(300_000, 1), ...OLD }
      const fresh = { bytes: patternOf(200_000, 2), ...NEW }
      const bodies: [kind: string, make: () => Body][] = [
        ["bytes", () => fresh.bytes],
        ["a stream", () => watchedStream("a web stream", piecesOf(fresh.bytes, PIECE_BYTES)).body],
      ]
      for (const fault of ["loseAnswer", "silent", "unreachable"] as const) {
        for (const [kind, make] of bodies) {
          const what = `a put of ${kind} while ${fault}`
          await storage.put(FILES, "file", old.bytes, OLD)
          await world.faults[fault]()
          const { error } = await t.outcome(() => storage.put(FILES, "file", make(), NEW), what)
          await heal(t, storage, world)
          const found = await standing(storage, "file")
          const seen = { bytes: found?.bytes, ...fieldsOf(found) }
          const isNew = deepEqual(seen, fresh)
          t.ok(isNew || deepEqual(seen, old), `${what} left neither the old object nor the new one`)
          if (error === undefined) t.ok(isNew, `${what} resolved, and the object is the old one`)
          await storage.put(FILES, "file", "next", OLD)
          const next = await standing(storage, "file")
          t.equal([next?.size, fieldsOf(next)], [4, OLD], `the next put, after ${what}`)
        }
      }
    },
  }),
  clause("STORAGE-FAULT-07", {
    why: "A stream that nobody cancels keeps its file, or the connection of a user, open.",
    fix: "Cancel the body in a finally, once, unless it was read to its end.",
    uses: ["faults"],
    async check(t, storage, world) {
      const upload = world.capabilities.multipart ? await storage.createUpload(FILES, "upload") : undefined
      const put = (body: Body) => storage.put(FILES, "file", body)
      const calls: [method: string, kind: StreamKind, call: (body: Body) => Promise<unknown>][] = [
        ...STREAM_KINDS.map((kind): (typeof calls)[number] => ["put", kind, put]),
        ["put with ifNoneMatch", "a web stream", (body) => storage.put(FILES, "file", body, conditionOf(world))],
        ["put with a size", "a web stream", (body) => storage.put(FILES, "file", body, { size: 64 * PIECE_BYTES })],
      ]
      if (upload !== undefined) calls.push(["uploadPart", "an async iterable", (body) => upload.uploadPart(1, body)])
      for (const [method, kind, call] of calls) await releases(method, call, kind)
      await upload?.abort()

      async function releases(method: string, call: (body: Body) => Promise<unknown>, kind: StreamKind): Promise<void> {
        await storage.delete(FILES, "file")
        await world.faults.unreachable()
        const early = watchedStream(
          kind,
          troubled(() => {}),
        )
        const what = `${method} of ${kind} to a store that cannot be reached`
        const error = await isReleased(t, early, () => call(early.body), what)
        t.ok(error !== undefined, `${what} resolved`)
        await heal(t, storage, world)
        for (const fault of ["unreachable", "loseAnswer"] as const) {
          let begun: Promise<void> | undefined
          const late = watchedStream(
            kind,
            troubled(() => {
              begun = world.faults[fault]() as Promise<void>
            }),
          )
          await isReleased(t, late, () => call(late.body), `${method} of ${kind}, in the middle of which ${fault}`)
          await begun
          await heal(t, storage, world)
        }
      }
    },
  }),
]

/** Text that is the same again after so many bytes, and at no smaller distance: a prime. */
const PERIOD = 65_521

function textOfSize(size: number): Uint8Array {
  const block = patternOf(PERIOD).map((byte) => 32 + (byte % 64))
  const text = new Uint8Array(size)
  for (let at = 0; at < size; at += PERIOD) text.set(block.subarray(0, size - at), at)
  return text
}

function conditionOf({ capabilities }: StorageWorld): { ifNoneMatch?: "*" } {
  return capabilities.conditionalCreate ? { ifNoneMatch: "*" } : {}
}

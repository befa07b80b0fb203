import { getEventListeners } from "node:events"
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest"
import { createManualClock, type ManualClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { StoredObject } from "../../contracts/storage/storage.ts"
import { checksumBroken } from "./errors.ts"
import { type ByteReader, type OpenedObjectOptions, openedObject } from "./opened-object.ts"
import { infoOf } from "./stub-storage.fixture.ts"

const IDLE_MS = 1000
const bytes = (...values: number[]) => Uint8Array.from(values)
const pause = () => new Promise((resolve) => setImmediate(resolve))
const code = (code: string) => expect.objectContaining({ code })
const wasRead = { code: "PRECONDITION_FAILED", details: { reason: "read" } }

let clock: ManualClock
let release: ReturnType<typeof vi.fn<() => void>>
beforeEach(() => {
  clock = createManualClock()
  release = vi.fn()
})

type Pieces = readonly (Uint8Array | Promise<Uint8Array | undefined>)[]

/** Gives these pieces, then ends; a promise is waited for until the release. */
function readerOf(pieces: Pieces): ByteReader {
  const rest = [...pieces]
  let end = () => {}
  const released = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined)
  })
  return {
    next: () => Promise.race([rest.shift(), released]),
    release() {
      release()
      end()
    },
  }
}

function opened(
  source: OpenedObjectOptions["source"] | Pieces,
  given: Partial<OpenedObjectOptions> = {},
): StoredObject {
  const from = Array.isArray(source) ? readerOf(source) : (source as OpenedObjectOptions["source"])
  return openedObject({ info: infoOf(), length: 3, source: from, idleMs: IDLE_MS, clock, ...given })
}

async function walk(stream: ReadableStream<Uint8Array>): Promise<number[]> {
  const all: number[] = []
  for await (const piece of stream) all.push(...piece)
  return all
}

/** The three ways to read an object. */
const WAYS: readonly (readonly [string, (object: StoredObject) => Promise<unknown>])[] = [
  ["bytes", async (object) => [...(await object.bytes())]],
  ["text", async (object) => [...new TextEncoder().encode(await object.text())]],
  ["stream", async (object) => walk(object.stream())],
]

describe.each(WAYS)("an object that is read by %s", (_, read) => {
  it("gives its bytes, from a reader and at hand, and is then released once", async () => {
    expect(await read(opened([bytes(1), bytes(), bytes(2, 3)]))).toEqual([1, 2, 3])
    expect(release).toHaveBeenCalledTimes(1)
    expect(await read(opened(bytes(1, 2, 3)))).toEqual([1, 2, 3])
    expect(await read(opened([], { length: 0 }))).toEqual([])
    expect(await read(opened(bytes(), { length: 0 }))).toEqual([])
  })

  it("is read once, and cancel resolves whenever it is called", async () => {
    for (const object of [opened([bytes(1, 2, 3)]), opened(bytes(1, 2, 3))]) {
      await read(object)
      for (const [, again] of WAYS) await expect(attempt(again, object)).rejects.toMatchObject(wasRead)
      await object.cancel()
      await object.cancel()
    }
    expect(release).toHaveBeenCalledTimes(1)
  })

  it("is not read after cancel", async () => {
    const object = opened([bytes(1, 2, 3)])
    await object.cancel()
    await expect(attempt(read, object)).rejects.toMatchObject(wasRead)
    expect(release).toHaveBeenCalledTimes(1)
  })

  it.each([
    ["fewer bytes", [bytes(1, 2)]],
    ["no byte", []],
    ["more bytes", [bytes(1, 2), bytes(3, 4)]],
    ["a byte behind its end", [bytes(1, 2, 3), bytes(4)]],
  ])("rejects UNAVAILABLE for %s than its length", async (_, pieces) => {
    await expect(read(opened(pieces))).rejects.toEqual(code("UNAVAILABLE"))
    expect(release).toHaveBeenCalledTimes(1)
  })

  it("rejects what its reader rejects, also where that throws at once", async () => {
    const error = new ServiceError("UNAVAILABLE", "gone")
    await expect(read(opened([bytes(1), Promise.reject(error)]))).rejects.toBe(error)
    const throws = { next: () => Promise.reject(error), release }
    const throwing: ByteReader = {
      ...throws,
      next() {
        throw error
      },
    }
    await expect(read(opened(throws))).rejects.toBe(error)
    await expect(read(opened(throwing))).rejects.toBe(error)
    expect(release).toHaveBeenCalledTimes(3)
  })

  it("rejects TIMEOUT where nothing comes for the idle time", async () => {
    const reading = read(opened([bytes(1), new Promise(() => {})]))
    const outcome = expect(reading).rejects.toEqual(code("TIMEOUT"))
    await clock.advance(IDLE_MS - 1)
    expect(release).not.toHaveBeenCalled()
    await clock.advance(1)
    await outcome
    expect(release).toHaveBeenCalledTimes(1)
  })

  it("waits as long as a piece comes in time", async () => {
    const slow: ByteReader = {
      next: async () => {
        await clock.sleep(IDLE_MS - 1)
        return pieces.shift()
      },
      release,
    }
    const pieces = [bytes(1), bytes(2), bytes(3)]
    const reading = read(opened(slow))
    for (let step = 0; step < 4; step++) await clock.advance(IDLE_MS - 1)
    expect(await reading).toEqual([1, 2, 3])
  })

  it("rejects TIMEOUT where nobody reads it for the idle time, and is released", async () => {
    const object = opened([bytes(1, 2, 3)])
    await clock.advance(IDLE_MS)
    expect(release).toHaveBeenCalledTimes(1)
    await expect(attempt(read, object)).rejects.toEqual(code("TIMEOUT"))
  })

  it("rejects ABORTED once its signal aborts, before and while it is read", async () => {
    const controller = new AbortController()
    const { signal } = controller
    const before = [opened([bytes(1, 2, 3)], { signal }), opened(bytes(1, 2, 3), { signal })]
    const reading = read(opened([bytes(1), new Promise(() => {})], { signal }))
    await pause()
    controller.abort("enough")
    await expect(reading).rejects.toMatchObject({ code: "ABORTED", cause: "enough" })
    for (const object of before) await expect(attempt(read, object)).rejects.toEqual(code("ABORTED"))
    expect(release).toHaveBeenCalledTimes(2)
    const late = opened([bytes(1, 2, 3)], { signal })
    await expect(attempt(read, late)).rejects.toEqual(code("ABORTED"))
    expect(release).toHaveBeenCalledTimes(3)
  })

  it("of bytes at hand holds nothing while nobody reads it, and hears an abort in its middle", async () => {
    const controller = new AbortController()
    const { signal } = controller
    const object = opened(new Uint8Array(200_000), { signal })
    expect(getEventListeners(signal, "abort")).toEqual([])
    const reader = object.stream().getReader()
    await reader.read()
    controller.abort()
    await expect(reader.read()).rejects.toEqual(code("ABORTED"))
  })

  it("rejects LIMIT_EXCEEDED for more bytes than a text can have", async () => {
    vi.stubGlobal("TextDecoder", function tooLong() {
      return {
        decode() {
          throw new RangeError("Cannot create a string longer than 0x1fffffe8 characters")
        },
      }
    })
    onTestFinished(() => void vi.unstubAllGlobals())
    for (const object of [opened(bytes(1, 2, 3)), opened([bytes(1, 2, 3)])]) {
      await expect(object.text()).rejects.toEqual(code("LIMIT_EXCEEDED"))
    }
  })

  it("leaves no listener with its signal and no timer, however it ends", async () => {
    const { signal } = new AbortController()
    const setTimeout = vi.spyOn(clock, "setTimeout")
    await read(opened([bytes(1, 2, 3)], { signal }))
    await read(opened(bytes(1, 2, 3), { signal }))
    await read(opened([bytes(1)], { signal })).catch(() => {})
    await read(opened(bytes(1, 2, 3), { signal, verify: failing({ update() {} }) })).catch(() => {})
    await opened([bytes(1, 2, 3)], { signal }).cancel()
    await read(opened([], { signal: AbortSignal.abort() })).catch(() => {})
    expect(getEventListeners(signal, "abort")).toEqual([])
    const before = setTimeout.mock.calls.length
    await clock.advance(10 * IDLE_MS)
    expect([setTimeout.mock.calls.length, release.mock.calls.length]).toEqual([before, 4])
  })

  it("rejects what verify finds at the end, of bytes at hand too", async () => {
    const seen: number[] = []
    const verify = { update: (piece: Uint8Array) => void seen.push(...piece), end: vi.fn() }
    await read(opened([bytes(1), bytes(2, 3)], { verify }))
    await read(opened(bytes(1, 2, 3), { verify }))
    expect([seen, verify.end.mock.calls.length]).toEqual([[1, 2, 3, 1, 2, 3], 2])
    await expect(read(opened([bytes(1, 2, 3)], { verify: failing(verify) }))).rejects.toEqual(code("CORRUPT"))
    await expect(read(opened(bytes(1, 2, 3), { verify: failing(verify) }))).rejects.toEqual(code("CORRUPT"))
  })
})

describe("the stream of an object", () => {
  it("asks for nothing before somebody reads", async () => {
    const next = vi.fn(async () => bytes(1))
    opened({ next, release }).stream()
    await pause()
    expect(next).not.toHaveBeenCalled()
  })

  it("is read slowly as long as somebody reads in time", async () => {
    const reader = opened([bytes(1), bytes(2), bytes(3)])
      .stream()
      .getReader()
    for (const piece of [bytes(1), bytes(2), bytes(3)]) {
      expect((await reader.read()).value).toEqual(piece)
      await clock.advance(IDLE_MS - 1)
    }
    expect((await reader.read()).done).toBe(true)
  })

  it("is released in the middle where nobody reads on, and then rejects TIMEOUT", async () => {
    const reader = opened([bytes(1), bytes(2), bytes(3)])
      .stream()
      .getReader()
    await reader.read()
    await clock.advance(IDLE_MS)
    expect(release).toHaveBeenCalledTimes(1)
    await expect(reader.read()).rejects.toEqual(code("TIMEOUT"))
  })

  it("releases its object once where it is cancelled, also while a piece is awaited", async () => {
    await opened([bytes(1)])
      .stream()
      .cancel()
    const reader = opened([bytes(1), new Promise(() => {})])
      .stream()
      .getReader()
    await reader.read()
    const next = reader.read()
    await reader.cancel()
    expect((await next).done).toBe(true)
    expect(release).toHaveBeenCalledTimes(2)
  })

  it("rejects ABORTED while nobody reads", async () => {
    const controller = new AbortController()
    const reader = opened([bytes(1), bytes(2)], { signal: controller.signal })
      .stream()
      .getReader()
    await reader.read()
    controller.abort()
    await expect(reader.read()).rejects.toEqual(code("ABORTED"))
  })

  it("rejects where cancel is called on its object", async () => {
    const object = opened([bytes(1), new Promise(() => {})])
    const reader = object.stream().getReader()
    await reader.read()
    const next = reader.read()
    await object.cancel()
    await expect(next).rejects.toMatchObject(wasRead)
  })

  it("fails where the object was read, and does not throw", async () => {
    const object = opened([bytes(1, 2, 3)])
    await object.bytes()
    const stream = object.stream()
    await expect(walk(stream)).rejects.toMatchObject(wasRead)
  })

  it("gives bytes that are at hand in pieces, each in a buffer of its own", async () => {
    const whole = new Uint8Array(200_000).fill(7)
    const reader = opened(whole, { length: whole.length }).stream().getReader()
    const sizes: number[] = []
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      sizes.push(step.value.length)
      expect(step.value.buffer.byteLength).toBe(step.value.length)
    }
    expect(sizes).toEqual([65_536, 65_536, 65_536, 3392])
  })

  it("is at its end before anybody asks where the object is empty", async () => {
    const stream = opened([], { length: 0 }).stream()
    await pause()
    expect(release).toHaveBeenCalledTimes(1)
    expect(await walk(stream)).toEqual([])
  })
})

describe("bytes and text of an object", () => {
  it("reject LIMIT_EXCEEDED over maxBytes without a byte read, and release it", async () => {
    const next = vi.fn(async () => bytes(1))
    for (const read of [(o: StoredObject) => o.bytes({ maxBytes: 2 }), (o: StoredObject) => o.text({ maxBytes: 0 })]) {
      await expect(read(opened({ next, release }))).rejects.toEqual(code("LIMIT_EXCEEDED"))
    }
    expect([next.mock.calls.length, release.mock.calls.length]).toEqual([0, 2])
    expect(await opened([bytes(1, 2, 3)]).bytes({ maxBytes: 3 })).toEqual(bytes(1, 2, 3))
  })

  it("reject INVALID_ARGUMENT for options that they do not take, and can then be read", async () => {
    const object = opened([bytes(1, 2, 3)])
    for (const options of [{ maxBytes: -1 }, { maxBytes: 1.5 }, { most: 3 } as object]) {
      await expect(object.bytes(options)).rejects.toEqual(code("INVALID_ARGUMENT"))
      await expect(object.text(options)).rejects.toEqual(code("INVALID_ARGUMENT"))
    }
    expect(await object.bytes()).toEqual(bytes(1, 2, 3))
  })

  it("reject LIMIT_EXCEEDED where memory has no room for them", async () => {
    const object = opened([], { length: Number.MAX_SAFE_INTEGER })
    await expect(object.bytes()).rejects.toEqual(code("LIMIT_EXCEEDED"))
    expect(release).toHaveBeenCalledTimes(1)
  })

  it("keep a byte order mark, and read bytes that are no UTF-8 as U+FFFD", async () => {
    expect(await opened(bytes(0xef, 0xbb, 0xbf)).text()).toBe("\ufeff")
    expect(await opened([bytes(0xe2), bytes(0x82, 0xac)]).text()).toBe("€")
    expect(await opened([bytes(0xff, 97, 98)]).text()).toBe("\ufffdab")
  })
})

function failing(verify: { update(piece: Uint8Array): void }): OpenedObjectOptions["verify"] {
  return {
    update: verify.update,
    end() {
      throw checksumBroken()
    },
  }
}

/** A rejection, also where the read throws at once. */
async function attempt(read: (object: StoredObject) => Promise<unknown>, object: StoredObject): Promise<unknown> {
  return read(object)
}

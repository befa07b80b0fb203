import { getEventListeners } from "node:events"
import { Readable } from "node:stream"
import { describe, expect, it, vi } from "vitest"
import type { Body, SendOptions } from "../../contracts/storage/storage.ts"
import { type AdmittedBody, admitBody, type BodySource, tell, withBody } from "./body-source.ts"

const bytes = (...values: number[]) => Uint8Array.from(values)
const never = () => new Promise<never>(() => {})
const invalid = (reason: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", details: { reason } })

function sourceOf(body: Body, options: SendOptions = {}, maxBytes = Number.MAX_SAFE_INTEGER): BodySource {
  return admitBody(body, options, maxBytes) as BodySource
}

async function read(body: AdmittedBody): Promise<number[]> {
  if (body instanceof Uint8Array) return [...body]
  const all: number[] = []
  for await (const piece of body) all.push(...piece)
  return all
}

/** A stream of each kind that gives these pieces, and how often it was cancelled. */
function kindsOf(pieces: readonly unknown[], end: () => unknown = () => undefined) {
  const cancelled = vi.fn()
  const rest = [...pieces]
  const pull = async (controller: ReadableStreamDefaultController<unknown>) => {
    if (rest.length > 0) return controller.enqueue(rest.shift())
    await end()
    controller.close()
  }
  // Without a piece in hand, so that it has not ended before it is cancelled.
  const readable = new ReadableStream({ pull, cancel: cancelled }, { highWaterMark: 0 })
  async function* generate() {
    let ended = false
    try {
      yield* pieces
      await end()
      ended = true
    } finally {
      if (!ended) cancelled()
    }
  }
  const node = new Readable({
    objectMode: true,
    read() {
      if (left.length > 0) return void this.push(left.shift())
      Promise.resolve(end()).then(
        () => this.push(null),
        (error) => this.destroy(error),
      )
    },
    destroy(error, done) {
      // It destroys itself where it ended or failed.
      if (!this.readableEnded && error === null) cancelled()
      done(error)
    },
  })
  const left = [...pieces]
  return { "a ReadableStream": readable, "a generator": generate(), "a Readable": node, cancelled }
}

const KINDS = ["a ReadableStream", "a generator", "a Readable"] as const
function streamOf(kind: (typeof KINDS)[number], pieces: readonly unknown[], end?: () => unknown) {
  const { cancelled, [kind]: body } = kindsOf(pieces, end)
  return { body: body as Body, cancelled }
}

describe("admitBody", () => {
  it("encodes text, hands bytes on as they are, and counts both", async () => {
    const given = bytes(1, 2)
    expect(admitBody(given, {}, 2)).toBe(given)
    expect(await read(admitBody("ü", { size: 2 }, 2))).toEqual([0xc3, 0xbc])
    expect(() => admitBody("ü", {}, 1)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }))
    expect(() => admitBody("ü", { size: 1 }, 2)).toThrow(invalid("size"))
  })

  it("reads a Blob, whose size it knows", async () => {
    const source = sourceOf(new Blob([bytes(1, 2), "a"]))
    expect(source.size).toBe(3)
    expect(await read(source)).toEqual([1, 2, 97])
    expect(await read(sourceOf(new Blob([])))).toEqual([])
    await expect(read(sourceOf(new Blob(["ab"]), { size: 1 }))).rejects.toEqual(invalid("size"))
    await expect(read(sourceOf(new Blob(["ab"]), {}, 1))).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
  })

  it("gives back a source that was admitted", () => {
    const source = sourceOf(new Blob([]))
    expect(admitBody(source, {}, 0)).toBe(source)
  })

  it("throws ABORTED where the signal has aborted, and touches nothing", () => {
    const body = new ReadableStream()
    expect(() => sourceOf(body, { signal: AbortSignal.abort() })).toThrow(expect.objectContaining({ code: "ABORTED" }))
    expect(body.locked).toBe(false)
  })

  it.each(KINDS)("takes %s once", async (kind) => {
    const { body } = streamOf(kind, [bytes(1)])
    const source = sourceOf(body)
    expect(() => sourceOf(body)).toThrow(invalid("body"))
    expect(await read(source)).toEqual([1])
    expect(() => sourceOf(body)).toThrow(invalid("body"))
  })
})

describe.each(KINDS)("a body of %s", (kind) => {
  it("is read to its end, without pieces of 0 bytes, and is not cancelled", async () => {
    const { body, cancelled } = streamOf(kind, [bytes(1), bytes(), bytes(), Buffer.from([2, 3]), bytes()])
    const told: number[] = []
    const source = sourceOf(body, { size: 3, onProgress: (count) => told.push(count) }, 3)
    expect(await read(source)).toEqual([1, 2, 3])
    expect([source.count, await source.next(), told]).toEqual([3, undefined, [1, 3]])
    source.cancel()
    expect(cancelled).not.toHaveBeenCalled()
  })

  it("may be empty", async () => {
    expect(await read(sourceOf(streamOf(kind, []).body, { size: 0 }))).toEqual([])
  })

  it("fails where it has more bytes than size, before they are handed out, and is cancelled once", async () => {
    const { body, cancelled } = streamOf(kind, [bytes(1, 2), bytes(3)])
    const source = sourceOf(body, { size: 2 })
    expect(await source.next()).toEqual(bytes(1, 2))
    await expect(source.next()).rejects.toEqual(invalid("size"))
    await expect(source.next()).rejects.toEqual(invalid("size"))
    source.cancel()
    await expect.poll(() => cancelled.mock.calls.length).toBe(1)
  })

  it.each([1, 2, 9])("fails where it has fewer bytes than %i, and is not cancelled", async (size) => {
    const { body, cancelled } = streamOf(kind, size === 1 ? [] : [bytes(1)])
    await expect(read(sourceOf(body, { size }))).rejects.toEqual(invalid("size"))
    expect(cancelled).not.toHaveBeenCalled()
  })

  it("fails where it has a byte although size is 0", async () => {
    const { body, cancelled } = streamOf(kind, [bytes(1)])
    await expect(read(sourceOf(body, { size: 0 }))).rejects.toEqual(invalid("size"))
    await expect.poll(() => cancelled.mock.calls.length).toBe(1)
  })

  it("fails over maxBytes, also where size says so before a byte is read", async () => {
    const { body, cancelled } = streamOf(kind, [bytes(1, 2), bytes(3)])
    await expect(read(sourceOf(body, {}, 2))).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
    await expect.poll(() => cancelled.mock.calls.length).toBe(1)
    const told = streamOf(kind, [bytes(1)])
    const source = sourceOf(told.body, { size: 3 }, 2)
    await expect(source.next()).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
    expect(source.count).toBe(0)
  })

  it.each(["text", 1, {}, [1], new ArrayBuffer(1)])("fails where a piece is %o", async (piece) => {
    const { body, cancelled } = streamOf(kind, [bytes(1), piece])
    await expect(read(sourceOf(body))).rejects.toEqual(invalid("body"))
    await expect.poll(() => cancelled.mock.calls.length).toBe(1)
  })

  it("fails where it fails, with its error as cause", async () => {
    const cause = new Error("boom")
    const { body, cancelled } = streamOf(kind, [bytes(1)], () => Promise.reject(cause))
    const error = await read(sourceOf(body)).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", details: { reason: "body" }, cause })
    expect((error as Error).message).not.toContain("boom")
    expect(cancelled.mock.calls.length).toBe(kind === "a generator" ? 1 : 0)
  })

  it("ends at its signal while it is idle", async () => {
    const controller = new AbortController()
    const { body, cancelled } = streamOf(kind, [bytes(1)], never)
    const source = sourceOf(body, { signal: controller.signal })
    expect(await source.next()).toEqual(bytes(1))
    const next = source.next()
    controller.abort("enough")
    await expect(next).rejects.toMatchObject({ code: "ABORTED", cause: "enough" })
    await expect(source.next()).rejects.toMatchObject({ code: "ABORTED" })
    // A generator that waits ends no sooner.
    if (kind !== "a generator") await expect.poll(() => cancelled.mock.calls.length).toBe(1)
  })

  it("ends at its signal before anybody reads it", async () => {
    const controller = new AbortController()
    const { body, cancelled } = streamOf(kind, [bytes(1)], never)
    const source = sourceOf(body, { signal: controller.signal })
    controller.abort()
    await expect(source.next()).rejects.toMatchObject({ code: "ABORTED" })
    source.cancel()
    // A generator that never began has nothing to end.
    if (kind !== "a generator") await expect.poll(() => cancelled.mock.calls.length).toBe(1)
  })

  it("is cancelled once where its reader stops in the middle", async () => {
    const { body, cancelled } = streamOf(kind, [bytes(1), bytes(2)])
    const source = sourceOf(body)
    for await (const _ of source) break
    source.cancel()
    await expect.poll(() => cancelled.mock.calls.length).toBe(1)
    await expect(source.next()).rejects.toEqual(invalid("body"))
  })

  it("leaves no listener with its signal, however it ends", async () => {
    const { signal } = new AbortController()
    await read(sourceOf(streamOf(kind, [bytes(1)]).body, { signal }))
    await read(sourceOf(streamOf(kind, ["no bytes"]).body, { signal })).catch(() => {})
    sourceOf(streamOf(kind, [bytes(1)]).body, { signal }).cancel()
    await read(sourceOf(streamOf(kind, [bytes(1)]).body, { signal, size: 3 }, 2)).catch(() => {})
    expect(getEventListeners(signal, "abort")).toEqual([])
  })
})

describe("a body of an odd kind", () => {
  it("may be no web stream of which some was read, or that gives nothing in place of a piece", async () => {
    const begun = streamOf("a ReadableStream", [bytes(1), bytes(2)]).body as ReadableStream
    const reader = begun.getReader()
    await reader.read()
    reader.releaseLock()
    expect(() => sourceOf(begun)).toThrow("nobody has read")
    const { body, cancelled } = streamOf("a ReadableStream", [bytes(1), undefined, bytes(2)])
    await expect(read(sourceOf(body))).rejects.toEqual(invalid("body"))
    expect(cancelled).toHaveBeenCalledTimes(1)
  })

  it.each(["a ReadableStream", "a generator"] as const)("may give no piece without its memory: %s", async (kind) => {
    const piece = bytes(1, 2)
    structuredClone(piece.buffer, { transfer: [piece.buffer] })
    await expect(read(sourceOf(streamOf(kind, [bytes(1), piece]).body))).rejects.toEqual(invalid("body"))
  })

  it("may be an iterator without return", async () => {
    const left = [bytes(1), bytes(2)]
    const iterator = { next: async () => ({ done: left.length === 0, value: left.shift() as Uint8Array }) }
    const body = { [Symbol.asyncIterator]: () => iterator }
    expect(await read(sourceOf(body))).toEqual([1, 2])
    const again = sourceOf({ [Symbol.asyncIterator]: () => iterator })
    again.cancel()
    await expect(again.next()).rejects.toEqual(invalid("body"))
  })

  it.each([
    [
      "throws",
      () => {
        throw new Error("no")
      },
    ],
    ["rejects", () => Promise.reject(new Error("no"))],
    ["never settles", never],
    ["gives no promise", () => 1],
  ])("may have a return that %s", async (_, end) => {
    const ends = vi.fn(end)
    const iterator = { next: async () => ({ done: false, value: bytes(1) }), return: ends as never }
    const source = sourceOf({ [Symbol.asyncIterator]: () => iterator })
    await source.next()
    source.cancel()
    expect(ends).toHaveBeenCalledTimes(1)
  })

  it.each([
    [
      "throws",
      () => {
        throw new Error("no")
      },
    ],
    ["is no function", 1],
    ["gives no iterator", () => undefined],
  ])("fails where its Symbol.asyncIterator %s", async (_, value) => {
    const body = { [Symbol.asyncIterator]: value } as unknown as Body
    await expect(read(sourceOf(body))).rejects.toEqual(invalid("body"))
    sourceOf({ [Symbol.asyncIterator]: value } as unknown as Body).cancel()
  })

  it("fails where its next throws, or gives undefined before its end", async () => {
    const of = (next: () => unknown) => sourceOf({ [Symbol.asyncIterator]: () => ({ next }) } as unknown as Body)
    const throws = of(() => {
      throw new Error("no")
    })
    await expect(throws.next()).rejects.toEqual(invalid("body"))
    await expect(of(async () => ({ done: false, value: undefined })).next()).rejects.toEqual(invalid("body"))
    await expect(of(async () => undefined).next()).rejects.toEqual(invalid("body"))
  })

  it("fails where somebody has locked it meanwhile", async () => {
    const body = new ReadableStream<Uint8Array>()
    const source = sourceOf(body)
    body.getReader()
    await expect(source.next()).rejects.toEqual(invalid("body"))
    source.cancel()
  })
})

describe("a Node.js stream that fails while nobody reads it", () => {
  it("ends no process, and fails where it is read", async () => {
    const body = new Readable({ read() {} })
    const outcome = withBody(body, async () => {
      body.destroy(new Error("boom"))
      await new Promise((resolve) => setImmediate(resolve))
      return read(sourceOf(body))
    })
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_ARGUMENT", details: { reason: "body" } })
  })

  it("ends no process after its call has failed", async () => {
    const body = new Readable({
      read() {},
      destroy: (_, done) => void setImmediate(done, new Error("late")),
    })
    await withBody(body, () => Promise.reject(new Error("no"))).catch(() => {})
    await new Promise((resolve) => body.once("close", resolve))
    expect(body.destroyed).toBe(true)
  })
})

describe("withBody", () => {
  it.each(KINDS)("cancels %s once where nobody read it", async (kind) => {
    const { body, cancelled } = streamOf(kind, [bytes(1)])
    const returned = kind === "a generator" ? vi.spyOn(body as AsyncGenerator, "return") : cancelled
    await expect(withBody(body, () => Promise.reject(new Error("no")))).rejects.toThrow("no")
    await withBody(body, async () => {})
    expect(returned).toHaveBeenCalledTimes(1)
  })

  it.each(KINDS)("cancels %s once where it is still read", async (kind) => {
    const { body, cancelled } = streamOf(kind, [bytes(1), bytes(2)])
    const source = await withBody(body, async () => {
      const source = sourceOf(body)
      await source.next()
      return source
    })
    await expect(source.next()).rejects.toEqual(invalid("body"))
    await expect.poll(() => cancelled.mock.calls.length).toBe(1)
  })

  it.each(KINDS)("leaves %s to the call that took it first", async (kind) => {
    const { body, cancelled } = streamOf(kind, [bytes(1)])
    const reading = withBody(body, async () => {
      const source = sourceOf(body)
      await withBody(body, async () => sourceOf(body)).catch(() => {})
      return read(source)
    })
    expect(await reading).toEqual([1])
    expect(cancelled).not.toHaveBeenCalled()
  })

  it("leaves a stream to whoever reads it", async () => {
    const cancel = vi.fn()
    const body = new ReadableStream({ cancel })
    const reader = body.getReader()
    await withBody(body, async () => {})
    expect(cancel).not.toHaveBeenCalled()
    reader.releaseLock()
  })

  it.each([undefined, null, 1, "text", bytes(1), new Blob([]), {}, sourceOf(new Blob([]))])(
    "gives what the call gives for %o",
    async (body) => {
      expect(await withBody(body, async () => "given")).toBe("given")
    },
  )

  it("bears a stream that cannot be opened", async () => {
    const body = {
      [Symbol.asyncIterator]() {
        throw new Error("no")
      },
    }
    expect(await withBody(body, async () => "given")).toBe("given")
  })
})

describe("tell", () => {
  it("bears an onProgress that throws, and none", async () => {
    const fails = () => {
      throw new Error("no")
    }
    tell(fails, 1)
    tell(undefined, 1)
    expect(await read(sourceOf(streamOf("a generator", [bytes(1)]).body, { onProgress: fails }))).toEqual([1])
  })
})

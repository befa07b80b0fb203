import { Readable } from "node:stream"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import {
  type Body,
  type SendOptions,
  type Storage,
  storageMethods,
  type UploadSession,
} from "../../contracts/storage/storage.ts"
import { FaultPlan, withFaults } from "../../testing/faults/with-faults.ts"
import { withTimeout } from "../foundation/timeout.ts"
import { wrap } from "../foundation/wrap.ts"
import type { BodySource } from "./body-source.ts"
import { asStorage } from "./portable-storage.ts"
import { infoOf, storageOf } from "./stub-storage.fixture.ts"

/** A body that is cancelled where it is not read to its end, and how often it was. */
type Kind = (cancelled: () => void) => Body

const KINDS: readonly (readonly [string, Kind])[] = [
  [
    "a ReadableStream",
    (cancel) => {
      let left = 2
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        if (left-- > 0) controller.enqueue(new Uint8Array(3))
        else controller.close()
      }
      return new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
    },
  ],
  [
    "an iterator",
    (cancelled) => {
      let left = 2
      const next = async () => ({ done: left-- <= 0, value: new Uint8Array(3) })
      const end = async () => {
        cancelled()
        return { done: true as const, value: undefined }
      }
      return { [Symbol.asyncIterator]: () => ({ next, return: end }) }
    },
  ],
  [
    "a Readable",
    (cancelled) => {
      let left = 2
      const read = function (this: Readable) {
        this.push(left-- > 0 ? new Uint8Array(3) : null)
      }
      const body = new Readable({ read, highWaterMark: 0 })
      const destroy = body.destroy.bind(body)
      body.destroy = (error) => {
        if (!body.readableEnded) cancelled()
        return destroy(error)
      }
      return body
    },
  ],
]

/** How a body is sent: `send` and a storage to be closed. */
interface Way {
  storage: Storage
  send: (body: Body, options?: SendOptions) => Promise<unknown>
}

const WAYS: readonly (readonly [string, (storage: Storage) => Promise<Way>])[] = [
  ["put", async (storage) => ({ storage, send: (body, options) => storage.put("files", "key", body, options) })],
  [
    "uploadPart",
    async (storage) => {
      const session = await storage.createUpload("files", "key")
      return { storage, send: (body, options) => session.uploadPart(1, body, options) }
    },
  ],
  [
    "uploadPart of a resumed upload",
    async (storage) => {
      const { token } = await storage.createUpload("files", "key")
      const session = await storage.resumeUpload(token)
      return { storage, send: (body, options) => session.uploadPart(1, body, options) }
    },
  ],
]

describe.each(WAYS)("a body of %s", (_, make) => {
  describe.each(KINDS)("that is %s", (_, kind) => {
    let cancelled: ReturnType<typeof vi.fn<() => void>>
    let body: Body
    beforeEach(() => {
      cancelled = vi.fn()
      body = kind(cancelled)
    })

    const memory = async () => {
      const storage = createMemoryStorage({ maxObjectBytes: 100 })
      await storage.createBucket("files")
      return storage
    }
    const isCancelledOnce = async () => {
      await expect.poll(() => cancelled.mock.calls.length).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      expect(cancelled).toHaveBeenCalledTimes(1)
    }

    it("is not cancelled where it was stored", async () => {
      const { send } = await make(await memory())
      await send(body, { size: 6 })
      await new Promise((resolve) => setImmediate(resolve))
      expect(cancelled).not.toHaveBeenCalled()
    })

    it("is cancelled once where an option is refused", async () => {
      const { send } = await make(await memory())
      await expect(send(body, { size: -1 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
      await isCancelledOnce()
    })

    it("is cancelled once where a limit refuses it", async () => {
      const { send } = await make(await memory())
      await expect(send(body, { size: 101 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
      await isCancelledOnce()
    })

    it("is cancelled once where it breaks its size", async () => {
      const { send } = await make(await memory())
      await expect(send(body, { size: 1 })).rejects.toMatchObject({ details: { reason: "size" } })
      await isCancelledOnce()
    })

    it("is cancelled once after close", async () => {
      const { send, storage } = await make(await memory())
      await storage.close()
      await expect(send(body)).rejects.toMatchObject({ code: "CLOSED" })
      await isCancelledOnce()
    })

    it("is cancelled once where a layer answers", async () => {
      const layered = wrap(await memory(), ({ method }, next) =>
        /put|uploadPart/.test(method) ? Promise.reject(new Error("no")) : next(),
      )
      const { send } = await make(layered)
      await expect(send(body)).rejects.toMatchObject({ code: "INTERNAL" })
      await isCancelledOnce()
    })

    it("is cancelled once where the signal has aborted", async () => {
      const { send } = await make(await memory())
      await expect(send(body, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" })
      await isCancelledOnce()
    })

    it("is cancelled once where the store fails, read or not", async () => {
      for (const pieces of [0, 1]) {
        cancelled.mockClear()
        const fail = async (sent: Body) => {
          for (let piece = 0; piece < pieces; piece++) await (sent as BodySource).next()
          throw new Error("no")
        }
        const session = {
          token: "token",
          uploadPart: (_number: number, sent: Body) => fail(sent),
        } as unknown as UploadSession
        const store = storageOf({
          put: (_bucket, _key, sent) => fail(sent),
          createUpload: async () => session,
          resumeUpload: async () => session,
        })
        const { send } = await make(asStorage(store))
        await expect(send(kind(cancelled))).rejects.toMatchObject({ code: "INTERNAL" })
        await isCancelledOnce()
      }
    })

    it("is cancelled once where the store does not read it", async () => {
      const session = { token: "token", uploadPart: async () => undefined } as unknown as UploadSession
      const sessions = { createUpload: async () => session, resumeUpload: async () => session }
      const { send } = await make(asStorage(storageOf(sessions)))
      await send(body)
      await isCancelledOnce()
    })

    it("is cancelled once where a layer has timed out", async () => {
      const hang = (sent: Body) => (sent as BodySource).next().then(() => new Promise<never>(() => {}))
      const session = {
        token: "token",
        uploadPart: (_number: number, sent: Body) => hang(sent),
      } as unknown as UploadSession
      const store = storageOf({
        put: (_bucket, _key, sent) => hang(sent),
        createUpload: async () => session,
        resumeUpload: async () => session,
      })
      const { send } = await make(withTimeout(asStorage(store), { timeoutMs: 1 }))
      await expect(send(body)).rejects.toMatchObject({ code: "TIMEOUT" })
      await isCancelledOnce()
    })
  })
})

describe("a body that waits", () => {
  it.each(WAYS)("ends %s at its signal", async (_, make) => {
    const storage = createMemoryStorage()
    await storage.createBucket("files")
    const { send } = await make(storage)
    const controller = new AbortController()
    const cancel = vi.fn()
    const sending = send(new ReadableStream({ pull: () => new Promise(() => {}), cancel }), {
      signal: controller.signal,
    })
    controller.abort("enough")
    await expect(sending).rejects.toMatchObject({ code: "ABORTED", cause: "enough" })
    expect(cancel).toHaveBeenCalledTimes(1)
    expect(await storage.head("files", "key")).toBeUndefined()
  })
})

describe("a storage that stands in front of another", () => {
  it.each(KINDS)("cancels %s once where both refuse it", async (_name, kind) => {
    const inner = createMemoryStorage()
    await inner.createBucket("files")
    const outer = withTimeout(withFaults(inner, new FaultPlan(), storageMethods), { timeoutMs: 30_000 })
    const cancelled = vi.fn()
    const error = outer.put("files", "key", kind(cancelled), { signal: AbortSignal.abort() })
    await expect(error).rejects.toMatchObject({ code: "ABORTED" })
    expect(cancelled).toHaveBeenCalledTimes(1)
  })
})

describe("a Node.js stream", () => {
  it("that fails before the store reads it ends no process", async () => {
    const body = new Readable({ read() {} })
    const store = storageOf({
      async put(_bucket, _key, sent) {
        body.destroy(new Error("boom"))
        await new Promise((resolve) => setImmediate(resolve))
        await (sent as BodySource).next()
        return infoOf()
      },
    })
    const error = asStorage(store).put("files", "key", body)
    await expect(error).rejects.toMatchObject({ code: "INVALID_ARGUMENT", details: { reason: "body" } })
  })

  it("that was read is refused, in part or to its end", async () => {
    const storage = createMemoryStorage()
    await storage.createBucket("files")
    const ended = Readable.from([Buffer.from("abc")])
    for await (const _ of ended);
    const begun = Readable.from([Buffer.from("abc"), Buffer.from("def")])
    begun.read()
    await new Promise((resolve) => begun.once("readable", resolve))
    begun.read()
    for (const body of [ended, begun]) {
      await expect(storage.put("files", "key", body)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    }
    expect([await storage.head("files", "key"), begun.destroyed]).toEqual([undefined, true])
  })

  it("that was destroyed is refused", async () => {
    const storage = createMemoryStorage()
    await storage.createBucket("files")
    const body = Readable.from([Buffer.from("abc")])
    body.destroy()
    const error = { code: "INVALID_ARGUMENT", details: { reason: "body" } }
    await expect(storage.put("files", "key", body)).rejects.toMatchObject(error)
  })
})

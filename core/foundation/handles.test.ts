import { inspect } from "node:util"
import { describe, expect, it } from "vitest"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { StoredObject } from "../../contracts/storage/storage.ts"
import { asStorage } from "../storage/portable-storage.ts"
import { infoOf, storageOf } from "../storage/stub-storage.fixture.ts"
import { withTimeout } from "./timeout.ts"
import { wrap } from "./wrap.ts"

describe("what a call resolved", () => {
  const hanging: StoredObject = {
    info: infoOf(),
    bytes: () => new Promise(() => {}),
    text: () => Promise.reject(new TypeError("secret of a driver")),
    stream: () => new ReadableStream({ pull: () => new Promise(() => {}) }),
    cancel: async () => {},
  }
  const holding = (object: StoredObject) => {
    const clock = createManualClock()
    return { clock, storage: asStorage(storageOf({ get: async () => object }), { clock }) }
  }

  it("is bounded by withTimeout", async () => {
    const { clock, storage } = holding(hanging)
    const object = await withTimeout(storage, { timeoutMs: 100, clock }).get("files", "key")
    const outcomes = [object.bytes(), object.stream().getReader().read()].map((call) => call.catch((error) => error))
    await clock.advance(100)
    const [bytes, chunk] = await Promise.all(outcomes)
    expect(bytes).toMatchObject({ code: "TIMEOUT", operation: "get.bytes" })
    expect(chunk).toMatchObject({ code: "TIMEOUT", operation: "get.stream" })
  })

  it("fails with INTERNAL where it fails with a foreign error", async () => {
    const object = await holding(hanging).storage.get("files", "key")
    await expect(object.text()).rejects.toMatchObject({ code: "INTERNAL", operation: "get.text" })
  })

  it("rejects CLOSED after close, and is read through otherwise", async () => {
    const storage = createMemoryStorage()
    await storage.createBucket("files")
    await storage.put("files", "key", "text")
    const object = await storage.get("files", "key")
    expect([object.info.size, await object.text()]).toEqual([4, "text"])
    await storage.close()
    await expect(object.text()).rejects.toMatchObject({ code: "CLOSED" })
    await expect(object.stream().getReader().read()).rejects.toMatchObject({ code: "CLOSED" })
  })
})

describe("the stream of what a call resolved", () => {
  const secret = new Error("password=hunter2")

  /** An object whose stream is this one, and what happened to it. */
  async function streaming(source: UnderlyingByteSource | UnderlyingDefaultSource | (() => never)) {
    const log: unknown[] = []
    const clock = createManualClock()
    const stream = () => {
      log.push("opened")
      if (typeof source === "function") return source()
      const cancel = async (reason: unknown) => {
        log.push(reason)
        await source.cancel?.(reason)
      }
      return new ReadableStream({ ...source, cancel } as UnderlyingDefaultSource)
    }
    const object = {
      ...{ info: infoOf(), stream, bytes: async () => new Uint8Array() },
      ...{ text: async () => "", cancel: async () => {} },
    }
    const storage = asStorage(storageOf({ get: async () => object }), { clock })
    return { clock, log, storage, object: await withTimeout(storage, { timeoutMs: 100, clock }).get("files", "key") }
  }

  it("is not opened after close", async () => {
    const { log, object, storage } = await streaming({})
    await storage.close()
    await expect(object.stream().getReader().read()).rejects.toMatchObject({ code: "CLOSED" })
    expect(log).toEqual([])
  })

  it("is cancelled when a step fails in a layer", async () => {
    const { clock, log, object } = await streaming({ pull: () => new Promise<void>(() => {}) })
    const outcome = object
      .stream()
      .getReader()
      .read()
      .catch((error: unknown) => error)
    await clock.advance(100)
    expect(await outcome).toMatchObject({ code: "TIMEOUT" })
    expect(log).toEqual(["opened", expect.objectContaining({ code: "TIMEOUT" })])
  })

  it("fails where it is read when it cannot be opened, and shows no foreign error", async () => {
    const { object } = await streaming(() => {
      throw secret
    })
    const outcome = object.stream().getReader().read()
    await expect(outcome).rejects.toMatchObject({ code: "INTERNAL", operation: "get.stream", cause: secret })
  })

  it("maps what its cancel fails with, and hands the reason on", async () => {
    const { log, object } = await streaming({ cancel: () => Promise.reject(secret) })
    await expect(object.stream().cancel("enough")).rejects.toMatchObject({ code: "INTERNAL", cause: secret })
    expect(log).toEqual(["opened", "enough"])
  })

  it("stays a byte stream", async () => {
    const { object } = await streaming({
      type: "bytes",
      pull(controller: ReadableByteStreamController) {
        controller.enqueue(new Uint8Array([1, 2]))
        controller.close()
      },
    })
    const reader = object.stream().getReader({ mode: "byob" })
    expect((await reader.read(new Uint8Array(8))).value).toEqual(new Uint8Array([1, 2]))
    expect((await reader.read(new Uint8Array(8))).done).toBe(true)
  })

  it("shows layers nothing before it is read, also where it cannot be opened", async () => {
    const { storage } = await streaming(() => {
      throw secret
    })
    const seen: string[] = []
    const layered = wrap(storage, ({ method }, next) => {
      seen.push(method)
      return next()
    })
    const stream = (await layered.get("files", "key")).stream()
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual(["get"])
    await expect(stream.getReader().read()).rejects.toMatchObject({ code: "INTERNAL" })
    expect(seen).toEqual(["get", "get.stream"])
  })

  it("fails with INTERNAL where a layer answers a step with nothing", async () => {
    const { storage } = await streaming({})
    const layered = wrap(storage, ({ method }, next) => (method === "get" ? next() : Promise.resolve()))
    const object = await layered.get("files", "key")
    await expect(object.stream().getReader().read()).rejects.toMatchObject({ code: "INTERNAL" })
  })
})

describe("a handle", () => {
  it("looks like what it stands for", async () => {
    const storage = createMemoryStorage()
    await storage.createBucket("files")
    await storage.put("files", "key", "text")
    const object = await storage.get("files", "key")
    expect(`${object}`).toBe("[object Object]")
    expect(Object.hasOwn(object, "nope")).toBe(false)
    expect(inspect(object)).toContain("info")
  })

  it("hands on the arguments that a layer replaces", async () => {
    const seen: unknown[] = []
    const object = { bytes: async (...args: unknown[]) => seen.push(args) }
    const storage = wrap(asStorage(storageOf({ get: async () => object as never })), ({ method }, next) =>
      method === "get.bytes" ? next(["replaced"]) : next(),
    )
    await (await storage.get("files", "key")).bytes()
    expect(seen).toEqual([["replaced"]])
  })

  it("gives what its methods reject with to layers as ServiceErrors", async () => {
    const object = { bytes: () => Promise.reject(new TypeError("no")) }
    let seen: unknown
    const storage = wrap(asStorage(storageOf({ get: async () => object as never })), (_call, next) =>
      next().catch((error: unknown) => {
        seen = error
        throw error
      }),
    )
    await (await storage.get("files", "key")).bytes().catch(() => {})
    expect(ServiceError.is(seen)).toBe(true)
  })
})

import { afterEach, describe, expect, it } from "vitest"
import type { Cache } from "../../contracts/cache/cache.ts"
import type { Queue } from "../../contracts/queue/queue.ts"
import { type Storage, storageMethods } from "../../contracts/storage/storage.ts"
import { Recorder } from "../engine/recorder.ts"
import type { ForkedClient } from "../engine/subject.ts"
import { forkClient } from "./fork-client.ts"

let forked: Pick<ForkedClient<unknown>, "kill"> | undefined

afterEach(() => forked?.kill())

async function fork<Client extends object>(
  adapter: "cache" | "queue" | "storage",
  make: string,
  ...args: object[]
): Promise<ForkedClient<Client>> {
  const made = await forkClient<Client>({
    module: new URL(`../../adapters/${adapter}/memory.ts`, import.meta.url),
    make,
    args,
  })
  forked = made
  return made
}

const forkCache = (...args: object[]) => fork<Cache>("cache", "createMemoryCache", ...args)
const forkStorage = () => fork<Storage>("storage", "createMemoryStorage")
const forkQueue = (...args: object[]) => fork<Queue>("queue", "createMemoryQueue", ...args)

describe("forkClient", () => {
  it("calls methods in the other process, with data of every kind", async () => {
    const { client } = await forkCache({ maxEntries: 10 })
    const value = { date: new Date(0), map: new Map([["a", 1n]]), bytes: Uint8Array.of(1, 2) }
    await client.set("key", value)
    expect(await client.get("key")).toEqual(value)
  })

  it("hands on what a call rejects with", async () => {
    const { client } = await forkCache()
    await expect(client.set("", 1)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", adapter: "memory" })
  })

  it("says why no client could be made", async () => {
    await expect(forkCache({ maxEntries: 0 })).rejects.toThrow("maxEntries")
  })

  it("rejects calls under way when it is killed, and later ones", async () => {
    const { client, kill } = await forkCache()
    const settled = Promise.allSettled([client.stats(), client.set("key", "x".repeat(1_000_000))])
    await kill()
    await kill()
    for (const outcome of await settled) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "TIMEOUT" })
    }
    await expect(client.get("key")).rejects.toMatchObject({ code: "CLOSED" })
  })

  it("walks streams", async () => {
    const { client } = await forkCache()
    await client.set("key", 1)
    const keys: string[] = []
    for await (const key of client.keys()) keys.push(key)
    expect(keys).toEqual(["key"])
  })

  it("resolves objects with methods", async () => {
    const { client } = await forkStorage()
    await client.createBucket("files")
    await client.put("files", "hello.txt", "hello")
    const object = await client.get("files", "hello.txt")
    expect(object.info.size).toBe(5)
    expect(await object.text()).toBe("hello")
  })

  it("reads their streams at once, as clauses do", async () => {
    const { client } = await forkStorage()
    const storage = new Recorder<Storage>(storageMethods, undefined).record("fork", client)
    await storage.createBucket("files")
    await storage.put("files", "hello.txt", "hello")
    const object = await storage.get("files", "hello.txt")
    expect(await new Response(object.stream()).text()).toBe("hello")
  })
})

describe("a handler of a forked client", () => {
  it("gets what the other process has, and its result counts", async () => {
    const { client } = await forkQueue()
    const seen: unknown[] = []
    await client.subscribe("mail", ({ attempts, data }) => {
      seen.push([data, attempts])
      if (attempts === 1) throw new Error("not yet")
    })
    await client.publish("mail", { to: "ada@example.org" })
    await expect
      .poll(() => seen)
      .toEqual([
        [{ to: "ada@example.org" }, 1],
        [{ to: "ada@example.org" }, 2],
      ])
    await client.unsubscribe("mail")
    expect(await client.getQueueSize("mail")).toBe(0)
  })

  it("sees its signal abort", async () => {
    const { client } = await forkQueue({ shutdownTimeoutMs: 1 })
    let signal: AbortSignal | undefined
    await client.subscribe("mail", (_, context) => {
      signal = context.signal
      return new Promise(() => {})
    })
    await client.publish("mail", 1)
    await expect.poll(() => signal?.aborted).toBe(false)
    await client.close()
    expect(signal?.aborted).toBe(true)
  })

  it("answers nobody once the other process was killed", async () => {
    const { client, kill } = await forkQueue()
    let finish: ((error: Error) => void) | undefined
    await client.subscribe("mail", () => new Promise((_, reject) => (finish = reject)))
    await client.publish("mail", 1)
    await expect.poll(() => finish).toBeDefined()
    await kill()
    finish?.(new Error("late"))
    await expect(client.close()).rejects.toMatchObject({ code: "CLOSED" })
  })
})

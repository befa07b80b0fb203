import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { createGcsStorage } from "../gcs.ts"
import { keysOf, openDouble, openFake, textOf } from "./open-gcs.fixture.ts"

const refused = (reason: string) => expect.objectContaining({ code: "PRECONDITION_FAILED", details: { reason } })

const PARTS = { partBytes: 262_144 }

/** Both servers refuse conditions of uploads; the double alone those of copies. */
describe.each(["gcs-double", "fake-gcs-server"])("conditions at %s", (server) => {
  let storage: Storage

  beforeEach(async (context) => {
    storage = (await (server === "gcs-double" ? openDouble(PARTS) : openFake(context, PARTS))).storage
  })

  it("create where nothing stands, once", async () => {
    await storage.put("files", "a", "one", { ifNoneMatch: "*" })
    await expect(storage.put("files", "a", "two", { ifNoneMatch: "*" })).rejects.toThrow(refused("exists"))
    expect(await textOf(storage, "a")).toBe("one")
    await storage.delete("files", "a")
    await storage.put("files", "a", "three", { ifNoneMatch: "*" })
    expect(await textOf(storage, "a")).toBe("three")
  })

  it("let one of 20 creators win, in one request and in chunks", async () => {
    for (const size of [10, 300_000]) {
      const key = `of ${size}`
      const puts = Array.from({ length: 20 }, (_, index) =>
        storage.put("files", key, new Uint8Array(size).fill(index), { ifNoneMatch: "*" }),
      )
      const outcomes = await Promise.allSettled(puts)
      const won = outcomes.flatMap((outcome, index) => (outcome.status === "fulfilled" ? index : []))
      expect(won).toHaveLength(1)
      expect((await (await storage.get("files", key)).bytes())[0]).toBe(won[0])
      for (const outcome of outcomes)
        if (outcome.status === "rejected") expect(outcome.reason).toEqual(refused("exists"))
    }
  })

  it("replace the version that was named, and no other", async () => {
    const first = await storage.put("files", "a", "one")
    const second = await storage.put("files", "a", "two", { ifMatch: first.etag })
    await expect(storage.put("files", "a", "three", { ifMatch: first.etag })).rejects.toThrow(refused("changed"))
    expect(await textOf(storage, "a")).toBe("two")
    expect(second.etag).not.toBe(first.etag)
  })

  it("guard the version: A, B and A again is another A", async () => {
    const { etag } = await storage.put("files", "a", "A")
    await storage.put("files", "a", "B")
    await storage.put("files", "a", "A")
    await expect(storage.put("files", "a", "C", { ifMatch: etag })).rejects.toThrow(refused("changed"))
  })

  it.each(["0", "1", "abc", "007", "9".repeat(30)])("never match with %j, which is no generation", async (etag) => {
    await expect(storage.put("files", "a", "x", { ifMatch: etag })).rejects.toThrow(refused("changed"))
    expect(await keysOf(storage)).toEqual([])
  })

  it("of a get are looked at here, whatever the server does", async () => {
    const { etag } = await storage.put("files", "a", "one")
    expect(await (await storage.get("files", "a", { ifMatch: etag })).text()).toBe("one")
    expect(await (await storage.get("files", "a", { ifNoneMatch: "1" })).text()).toBe("one")
    await expect(storage.get("files", "a", { ifMatch: "1" })).rejects.toThrow(refused("changed"))
    await expect(storage.get("files", "a", { ifNoneMatch: etag })).rejects.toThrow(refused("not-modified"))
    await expect(storage.get("files", "b", { ifMatch: etag })).rejects.toThrow(
      expect.objectContaining({ code: "NOT_FOUND", details: { reason: "object" } }),
    )
  })
})

describe("conditions of copies at gcs-double", () => {
  it("hold for what stands at the target", async () => {
    const { storage } = await openDouble()
    const from = { bucket: "files", key: "from" }
    const to = { bucket: "files", key: "to" }
    await storage.put("files", "from", "one", { metadata: { n: "1" } })
    const made = await storage.copy(from, to, { ifNoneMatch: "*" })
    expect([made.metadata, await textOf(storage, "to")]).toEqual([{ n: "1" }, "one"])
    await expect(storage.copy(from, to, { ifNoneMatch: "*" })).rejects.toThrow(refused("exists"))
    await storage.put("files", "from", "two")
    await expect(storage.copy(from, to, { ifMatch: "1" })).rejects.toThrow(refused("changed"))
    expect(await textOf(storage, "to")).toBe("one")
    await storage.copy(from, to, { ifMatch: made.etag })
    expect(await textOf(storage, "to")).toBe("two")
  })

  it("let one of 20 copies win", async () => {
    const { storage } = await openDouble()
    await storage.put("files", "from", "one")
    const copies = Array.from({ length: 20 }, () =>
      storage.copy({ bucket: "files", key: "from" }, { bucket: "files", key: "to" }, { ifNoneMatch: "*" }),
    )
    const outcomes = await Promise.allSettled(copies)
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1)
  })
})

it("conditions that an emulator may ignore are refused, unless the options say that it keeps them", async () => {
  const { double } = await openDouble()
  const storage = createGcsStorage({ endpoint: double.endpoint })
  onTestFinished(() => storage.close())
  const before = double.requests.length
  const unsupported = expect.objectContaining({ code: "UNSUPPORTED" })
  await expect(storage.put("files", "a", "x", { ifNoneMatch: "*" })).rejects.toThrow(unsupported)
  await expect(storage.put("files", "a", "x", { ifMatch: "1" })).rejects.toThrow(unsupported)
  const ref = { bucket: "files", key: "a" }
  await expect(storage.copy(ref, ref, { ifMatch: "1" })).rejects.toThrow(unsupported)
  await expect(storage.createUpload("files", "a", { ifNoneMatch: "*" })).rejects.toThrow(unsupported)
  expect(double.requests.length).toBe(before)
})

import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import type { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { createCounter } from "./counting.fixture.ts"
import { FileLocks } from "./file-locks.ts"
import { fileOf, forkedCounter, forkedStorage, openedStorage, textOf, treeOf } from "./opened-storage.fixture.ts"
import { processIdentity } from "./process-identity.ts"

/** What came of calls: values, and codes of errors. */
async function outcomesOf(calls: readonly Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(calls)
  return settled.map((each) =>
    each.status === "fulfilled" ? "done" : ((each.reason as ServiceError).code ?? String(each.reason)),
  )
}

/** How many files have their trailer, and wait for nothing but to be moved. */
async function wholeFilesIn(directory: string): Promise<number> {
  const names = await readdir(directory)
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), "utf8").catch(() => "")))
  return texts.filter((text) => text.endsWith("OBJFILE1")).length
}

const countOf = (outcomes: readonly string[], outcome: string) => outcomes.filter((each) => each === outcome).length

it("of 60 puts with ifNoneMatch by three processes one stores", async () => {
  const { root, storage } = await openedStorage()
  const clients = [
    storage,
    ...(await Promise.all([forkedStorage(root), forkedStorage(root)])).map(({ client }) => client),
  ]
  for (const key of ["key", "new/directory/key"]) {
    const calls = Array.from({ length: 60 }, (_, index) => {
      return (clients[index % 3] as Storage).put("files", key, `put ${index}`, { ifNoneMatch: "*" })
    })
    const outcomes = await outcomesOf(calls)
    expect(countOf(outcomes, "done")).toBe(1)
    expect(countOf(outcomes, "PRECONDITION_FAILED")).toBe(59)
    expect(await textOf(storage, key)).toBe(`put ${outcomes.indexOf("done")}`)
  }
  expect(await readdir(join(root, "staging"))).toEqual([])
})

it("of 30 puts with ifMatch by three processes one stores", async () => {
  const { root, storage } = await openedStorage()
  const clients = [
    storage,
    ...(await Promise.all([forkedStorage(root), forkedStorage(root)])).map(({ client }) => client),
  ]
  const { etag } = await storage.put("files", "key", "first")
  const calls = Array.from({ length: 30 }, (_, index) => {
    return (clients[index % 3] as Storage).put("files", "key", `put ${index}`, { ifMatch: etag })
  })
  const outcomes = await outcomesOf(calls)
  expect(countOf(outcomes, "done")).toBe(1)
  expect(countOf(outcomes, "PRECONDITION_FAILED")).toBe(29)
  expect(await readdir(join(root, "locks"))).toEqual([])
})

it("no increment with ifMatch is lost, by calls of three processes", async () => {
  const { root, storage } = await openedStorage()
  const forks = await Promise.all([forkedCounter(root), forkedCounter(root)])
  const counters = [createCounter(root), ...forks.map(({ client }) => client)]
  await storage.put("files", "count", "0")
  await Promise.all(counters.flatMap((counter) => [counter.count("count", 60), counter.count("count", 60)]))
  expect(await textOf(storage, "count")).toBe("360")
  expect(await readdir(join(root, "locks"))).toEqual([])
})

it("an unconditional put in this process is not lost to one with ifMatch that looked before", async () => {
  const { storage } = await openedStorage()
  for (let round = 0; round < 30; round++) {
    const { etag } = await storage.put("files", "key", "first")
    const [matched, put] = await Promise.allSettled([
      storage.put("files", "key", "matched", { ifMatch: etag }),
      storage.put("files", "key", "put"),
    ])
    expect(put.status).toBe("fulfilled")
    // Either the other one saw the put, or the put came last.
    const last = await textOf(storage, "key")
    expect(last).toBe("put")
    if (matched.status === "rejected") expect(matched.reason).toMatchObject({ code: "PRECONDITION_FAILED" })
  }
})

it("a put that is aborted while it waits for others stores nothing", async () => {
  const { root, storage } = await openedStorage()
  const { etag } = await storage.put("files", "key", "old")
  const controller = new AbortController()
  const { signal } = controller
  await new FileLocks(join(root, "locks"), await processIdentity()).hold(fileOf(root, "key"), async () => {
    const matching = storage.put("files", "key", "new", { ifMatch: etag, signal })
    const behind = storage.put("files", "key", "newer", { signal })
    for (const put of [matching, behind]) put.catch(() => {})
    await expect.poll(() => wholeFilesIn(join(root, "staging"))).toBe(2)
    controller.abort()
    await expect(matching).rejects.toMatchObject({ code: "ABORTED" })
    await expect(behind).rejects.toMatchObject({ code: "ABORTED" })
  })
  expect(await textOf(storage, "key")).toBe("old")
  expect(await readdir(join(root, "staging"))).toEqual([])
})

it("puts succeed while others delete the last object of their directory", async () => {
  const { root, storage } = await openedStorage()
  const { client } = await forkedStorage(root)
  const lanes = [storage, storage, client].map(async (each, lane) => {
    for (let round = 0; round < 60; round++) {
      const key = `a/b/c/${lane}`
      await each.put("files", key, `${round}`)
      expect(await (await each.get("files", key)).text()).toBe(`${round}`)
      await each.delete("files", key)
      expect(await each.head("files", key)).toBeUndefined()
    }
  })
  await Promise.all(lanes)
  expect(await treeOf(join(root, "buckets/files/objects"))).toEqual([])
})

it("a delete removes directories that it leaves empty, and no others", async () => {
  const { root, storage } = await openedStorage()
  for (const key of ["a/b/c/d", "a/b/e", "f//"]) await storage.put("files", key, "")
  await storage.delete("files", "a/b/c/d")
  await storage.delete("files", "f//")
  await storage.delete("files", "a/x/y")
  expect(await treeOf(join(root, "buckets/files/objects"))).toEqual(["a+", "a+/b+", "a+/b+/e@"])
})

it("deleteBucket and puts at the same time lose no object that was stored", async () => {
  const { root, storage } = await openedStorage()
  const { client } = await forkedStorage(root)
  for (let round = 0; round < 40; round++) {
    await storage.createBucket("racing")
    const [deleted, ...puts] = await Promise.allSettled([
      (round % 2 === 0 ? storage : client).deleteBucket("racing"),
      storage.put("racing", "a/1", "", round % 3 === 0 ? { ifNoneMatch: "*" } : {}),
      client.put("racing", "a/2", ""),
      storage.put("racing", "3", ""),
    ])
    const stored = puts.filter(({ status }) => status === "fulfilled").length
    if (deleted?.status === "fulfilled") {
      expect(stored).toBe(0)
      for (const put of puts)
        expect(put).toMatchObject({ reason: { code: "NOT_FOUND", details: { reason: "bucket" } } })
    } else {
      expect(deleted?.reason).toMatchObject({ code: "PRECONDITION_FAILED" })
      expect((await storage.list("racing")).objects.length).toBe(stored)
      await storage.deleteBucket("racing", { force: true })
    }
  }
  expect((await storage.listBuckets()).map(({ name }) => name)).toEqual(["files"])
})

it("createBucket by three processes makes one bucket, and all tell the same time", async () => {
  const { root, storage } = await openedStorage()
  const clients = [
    storage,
    ...(await Promise.all([forkedStorage(root), forkedStorage(root)])).map(({ client }) => client),
  ]
  const infos = await Promise.all(
    Array.from({ length: 12 }, (_, index) => (clients[index % 3] as Storage).createBucket("made")),
  )
  expect(new Set(infos.map(({ createdAt }) => createdAt?.getTime())).size).toBe(1)
  expect(await readdir(join(root, "staging"))).toEqual([])
})

it("buckets that are made and deleted at the same time are whole or gone", async () => {
  const { root, storage } = await openedStorage()
  const { client } = await forkedStorage(root)
  await Promise.all(
    [storage, client].map(async (each) => {
      for (let round = 0; round < 30; round++) {
        await each.createBucket("fleeting")
        const outcomes = await outcomesOf([
          each.put("fleeting", "a/b", ""),
          each.deleteBucket("fleeting", { force: true }),
        ])
        expect(
          outcomes.every((outcome) => ["done", "NOT_FOUND"].includes(outcome)),
          outcomes.join(),
        ).toBe(true)
      }
    }),
  )
  await storage.createBucket("fleeting")
  expect(await storage.list("fleeting")).toEqual({ objects: [], prefixes: [] })
  expect(await readdir(join(root, "staging"))).toEqual([])
})

it("readers see a whole object, old or new, while it is replaced by another process", async () => {
  const { root, storage } = await openedStorage()
  const { client } = await forkedStorage(root)
  const bodyOf = (round: number) => new Uint8Array(300_000 + round).fill(round)
  await storage.put("files", "key", bodyOf(0), { metadata: { round: "0" } })
  let isWriting = true
  const writing = (async () => {
    for (let round = 1; round <= 40; round++) {
      await client.put("files", "key", bodyOf(round), { metadata: { round: String(round) } })
    }
    isWriting = false
  })()
  let last = 0
  while (isWriting) {
    const object = await storage.get("files", "key")
    const round = Number(object.info.metadata["round"])
    const bytes = await object.bytes()
    expect(bytes.length).toBe(300_000 + round)
    expect(bytes.every((byte) => byte === round)).toBe(true)
    expect(round).toBeGreaterThanOrEqual(last)
    last = round
  }
  await writing
})

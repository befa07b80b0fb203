import { getEventListeners } from "node:events"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import type { ListPage, Storage } from "../../contracts/storage/storage.ts"
import { type ListAllOptions, listAll } from "./list-all.ts"

let storage: Storage
beforeEach(async () => {
  storage = createMemoryStorage()
  await storage.createBucket("files")
  for (const key of ["a", "b/1", "b/2", "b/c/3", "d"]) await storage.put("files", key, "x")
})

async function keysOf(options?: ListAllOptions, over: Pick<Storage, "list"> = storage): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of listAll(over, "files", options)) keys.push(key)
  return keys
}

/** A store that gives these pages, one after the other. */
const pagesOf = (...pages: (Partial<ListPage> | Promise<ListPage>)[]) => ({
  list: vi.fn(async () => ({ objects: [], prefixes: [], ...(await pages.shift()) })),
})

describe("listAll", () => {
  it("gives every object once, whatever the size of pages", async () => {
    for (const pageSize of [undefined, 1, 2, 1000]) {
      expect(await keysOf({ pageSize })).toEqual(["a", "b/1", "b/2", "b/c/3", "d"])
    }
    expect(await keysOf()).toHaveLength(5)
    expect(await keysOf({ prefix: "b/", pageSize: 1 })).toEqual(["b/1", "b/2", "b/c/3"])
    expect(await keysOf({ prefix: "b/", delimiter: "/", pageSize: 1 })).toEqual(["b/1", "b/2"])
    expect(await keysOf({ prefix: "z" })).toEqual([])
  })

  it("goes on over pages that are empty", async () => {
    const [object] = (await storage.list("files")).objects
    const store = pagesOf({ cursor: "1" }, { cursor: "2" }, { objects: object ? [object] : [] })
    expect(await keysOf({}, store)).toEqual(["a"])
  })

  it("asks for a page when the one before was read", async () => {
    const list = vi.spyOn(storage, "list")
    const objects = listAll(storage, "files", { pageSize: 2 })
    expect(list).not.toHaveBeenCalled()
    await objects.next()
    await objects.next()
    expect(list).toHaveBeenCalledTimes(1)
    await objects.return()
    expect(list).toHaveBeenCalledTimes(1)
  })

  it.each([
    ["the cursor before", ["1", "1"]],
    ["an earlier cursor", ["1", "2", "1"]],
  ])("rejects UNAVAILABLE where the store repeats %s", async (_, cursors) => {
    const store = pagesOf(...cursors.map((cursor) => ({ cursor })))
    await expect(keysOf({}, store)).rejects.toMatchObject({ code: "UNAVAILABLE", details: { reason: "protocol" } })
    expect(store.list).toHaveBeenCalledTimes(cursors.length)
  })

  it("rejects what list rejects", async () => {
    const absent = listAll(storage, "absent").next()
    await expect(absent).rejects.toMatchObject({ code: "NOT_FOUND", details: { reason: "bucket" } })
    await expect(keysOf({ pageSize: 0 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
  })

  it("rejects ABORTED at its signal: before, between objects and while a page is on its way", async () => {
    await expect(keysOf({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" })
    const between = new AbortController()
    const objects = listAll(storage, "files", { signal: between.signal })
    await objects.next()
    between.abort("enough")
    await expect(objects.next()).rejects.toMatchObject({ code: "ABORTED", cause: "enough" })
    const waiting = new AbortController()
    let fail = (_: Error) => {}
    const page = new Promise<ListPage>((_, reject) => {
      fail = reject
    })
    const outcome = keysOf({ signal: waiting.signal }, pagesOf(page))
    await Promise.resolve()
    waiting.abort()
    await expect(outcome).rejects.toMatchObject({ code: "ABORTED" })
    // Nobody waits for it any more.
    fail(new Error("late"))
  })

  it("leaves no listener with its signal", async () => {
    const { signal } = new AbortController()
    await keysOf({ signal, pageSize: 1 })
    expect(getEventListeners(signal, "abort")).toEqual([])
  })
})

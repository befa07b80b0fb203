import { rmSync } from "node:fs"
import { basename, join } from "node:path"
import { beforeEach, describe, expect, it, vi } from "vitest"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { openedStorage } from "./opened-storage.fixture.ts"

/**
 * What is synced, and whether it can be: files and directories by the path that they have just then. `moved` is called
 * when a file or directory has just been moved.
 */
const synced = await vi.hoisted(async () => {
  const { default: fs } = await import("node:fs")
  const { syncBuiltinESMExports } = await import("node:module")
  const state = { paths: [] as string[], failing: undefined as RegExp | undefined, moved: (_path: string) => {} }
  const { fsync, rename } = fs
  fs.rename = ((from: string, to: string, done: (error: Error | null) => void) => {
    rename(from, to, (error) => {
      if (error === null) state.moved(to)
      done(error)
    })
  }) as typeof rename
  fs.fsync = ((descriptor: number, done: (error: Error | null) => void) => {
    const path = fs.readlinkSync(`/proc/self/fd/${descriptor}`)
    state.paths.push(path)
    if (state.failing?.test(path)) done(Object.assign(new Error("EIO: i/o error, fsync"), { code: "EIO" }))
    else fsync(descriptor, done)
  }) as typeof fsync
  syncBuiltinESMExports()
  return state
})

let root: string
let storage: Storage

const LARGE = new Uint8Array(300_000)

/** What a call syncs, below the bucket; a file in staging is `staged`. */
async function syncsOf(call: () => Promise<unknown>): Promise<string[]> {
  synced.paths = []
  await call()
  return synced.paths.map((path) => {
    return basename(join(path, "..")) === "staging" ? "staged" : path.slice(join(root, "buckets/").length)
  })
}

beforeEach(() => {
  synced.failing = undefined
  synced.moved = () => {}
})

describe("durability fsync", () => {
  beforeEach(async () => {
    ;({ root, storage } = await openedStorage({ durability: "fsync" }))
  })

  it("syncs the file of an object before it is moved, and its directory afterwards", async () => {
    const { etag } = await storage.put("files", "a", "x")
    const bodies = [() => "x", () => LARGE, () => new Blob([LARGE]).stream()]
    for (const [index, bodyOf] of bodies.entries()) {
      expect(await syncsOf(() => storage.put("files", "a", bodyOf()))).toEqual(["staged", "files/objects"])
      expect(await syncsOf(() => storage.put("files", `new ${index}`, bodyOf(), { ifNoneMatch: "*" }))).toEqual([
        "staged",
        "files/objects",
      ])
    }
    await storage.put("files", "b", "x")
    const now = await storage.head("files", "a")
    expect(now?.etag).not.toBe(etag)
    expect(await syncsOf(() => storage.put("files", "a", "x", { ifMatch: now?.etag }))).toEqual([
      "staged",
      "files/objects",
    ])
    const copied = syncsOf(() => storage.copy({ bucket: "files", key: "a" }, { bucket: "files", key: "c" }))
    expect(await copied).toEqual(["staged", "files/objects"])
  })

  it("syncs the directories that are made, from above, and those that are removed", async () => {
    expect(await syncsOf(() => storage.put("files", "a/b/c", "x"))).toEqual([
      "staged",
      "files/objects",
      "files/objects/a+",
      "files/objects/a+/b+",
    ])
    expect(await syncsOf(() => storage.delete("files", "a/b/c"))).toEqual(["files/objects"])
  })

  it("syncs buckets, uploads and parts", async () => {
    expect((await syncsOf(() => storage.createBucket("more"))).at(-1)).toBe("")
    expect((await syncsOf(() => storage.deleteBucket("more"))).at(-1)).toBe("")
    const upload = await storage.createUpload("files", "up")
    const syncs = await syncsOf(() => upload.uploadPart(1, "part"))
    expect(syncs).toEqual(["staged", expect.stringMatching(/^files\/uploads\/[^/]+\/parts$/)])
    expect(await syncsOf(() => upload.complete())).toEqual(["staged", "staged", "files/objects"])
  })

  it("stores nothing where the file cannot be synced", async () => {
    await storage.put("files", "a", "old")
    synced.failing = /staging/
    await expect(storage.put("files", "a", "new")).rejects.toMatchObject({ code: "UNAVAILABLE" })
    synced.failing = undefined
    expect(await (await storage.get("files", "a")).text()).toBe("old")
  })

  it("needs no directory that another process has just removed, and syncs the nearest that is left", async () => {
    const upload = await storage.createUpload("files", "up")
    const removing = (path: string) => {
      synced.moved = () => rmSync(join(root, "buckets", path), { recursive: true })
    }
    removing("files/objects/a+")
    expect(await syncsOf(() => storage.put("files", "a/b/c", "x"))).toEqual([
      ...["staged", "files/objects", "files/objects/a+"],
      "files/objects",
    ])
    removing("files/uploads")
    expect(await syncsOf(() => upload.uploadPart(1, "part"))).toEqual(["staged", "files"])
    synced.moved = () => {}
    await storage.createBucket("more")
    removing("more")
    expect((await syncsOf(() => storage.createUpload("more", "up"))).at(-1)).toBe("")
    expect(await storage.listBuckets()).toMatchObject([{ name: "files" }])
  })

  it("says that it does not know where the directory cannot be synced", async () => {
    const unknown = { code: "TIMEOUT", details: { outcome: "unknown" } }
    synced.failing = /objects$/
    await expect(storage.put("files", "a", "new")).rejects.toMatchObject(unknown)
    await expect(storage.delete("files", "a")).rejects.toMatchObject(unknown)
    synced.failing = undefined
    await storage.put("files", "a", "new")
  })
})

describe("durability rename", () => {
  it("syncs nothing", async () => {
    ;({ root, storage } = await openedStorage())
    const calls = async () => {
      await storage.put("files", "a/b", "x")
      await storage.put("files", "b", LARGE, { ifNoneMatch: "*" })
      await storage.delete("files", "a/b")
      const upload = await storage.createUpload("files", "up")
      await upload.uploadPart(1, "part")
      await upload.complete()
    }
    expect(await syncsOf(calls)).toEqual([])
  })
})

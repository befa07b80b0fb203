import { cp, mkdir, readdir, rename, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { createFilesystemStorage } from "../filesystem.ts"
import { fileOf, forkedStorage, openedStorage, temporaryFolder, textOf } from "./opened-storage.fixture.ts"
import { processIdentity } from "./process-identity.ts"

const OLD = "old ".repeat(30_000)
const NEW = "new! ".repeat(60_000)

describe("a process that is killed in the middle of 1,000 puts", () => {
  it("leaves each object old or new, whole, and nothing in staging for long", async () => {
    const { root, storage } = await openedStorage()
    const keys = Array.from({ length: 100 }, (_, index) => `dir ${index % 5}/${index}`)
    for (const key of keys.slice(0, 50)) await storage.put("files", key, OLD, { metadata: { of: "old" } })
    const { client, kill } = await forkedStorage(root)
    let done = 0
    const puts = Array.from({ length: 1000 }, (_, index) => {
      const given = { metadata: { of: "new" }, ...(index % 7 === 0 && { ifNoneMatch: "*" as const }) }
      return client.put("files", keys[index % 100] as string, NEW, given).then(
        () => done++,
        () => {},
      )
    })
    await expect.poll(() => done, { interval: 1 }).toBeGreaterThan(60)
    await kill()
    await Promise.all(puts)
    expect(done).toBeLessThan(1000)
    for (const key of keys) {
      const object = await storage.get("files", key).catch(() => undefined)
      const seen = object && [await object.text(), object.info.metadata["of"]].join("|")
      const isOld = keys.indexOf(key) < 50 ? seen === `${OLD}|old` : seen === undefined
      expect(isOld || seen === `${NEW}|new`, key).toBe(true)
    }
    const left = await readdir(join(root, "staging"))
    expect(left.length).toBeGreaterThan(0)
    const next = createFilesystemStorage({ root })
    await next.listBuckets()
    await expect.poll(() => readdir(join(root, "staging"))).toEqual([])
    await expect.poll(() => next.getMetrics()).toMatchObject({ leftoversRemoved: left.length })
    await next.close()
  })
})

describe("what is left in staging", () => {
  it("goes when its process has ended, or when it is old, and stays else", async () => {
    const root = await temporaryFolder()
    const staging = join(root, "staging")
    const identity = await processIdentity()
    const [space = ""] = identity.split(".")
    const hour = 3_600_000
    await mkdir(staging)
    const old = ["0123456789abcdef.1.1.x.old", "no-name-of-ours"]
    const names = [`${space}.999999999.5.x.0`, `${identity}.other.0`, "0123456789abcdef.1.1.x.young", ...old]
    for (const name of names) await writeFile(join(staging, name), "")
    await mkdir(join(staging, `${space}.999999999.5.x.1/objects/deep`), { recursive: true })
    for (const name of old) await utimes(join(staging, name), new Date(), new Date(Date.now() - hour - 1000))
    const storage = createFilesystemStorage({ root })
    await storage.listBuckets()
    await expect.poll(() => readdir(staging)).toEqual(["0123456789abcdef.1.1.x.young", `${identity}.other.0`].sort())
    await storage.close()
  })

  it("is looked at in the background, and close() waits for it", async () => {
    const root = await temporaryFolder()
    await mkdir(join(root, "staging"))
    for (let index = 0; index < 2000; index++) await writeFile(join(root, "staging", `0.0.0.${index}`), "")
    const storage = createFilesystemStorage({ root })
    await storage.createBucket("files")
    expect((await readdir(join(root, "staging"))).length).toBeGreaterThan(0)
    await storage.close()
  })
})

describe("a root", () => {
  it("that is gone is no miss, and works again when it is back", async () => {
    const { root, storage } = await openedStorage({ root: join(await temporaryFolder(), "root") })
    await storage.put("files", "a/b", "here")
    const upload = await storage.createUpload("files", "up")
    const gone = { code: "UNAVAILABLE", retryable: true }
    await rename(root, `${root}-away`)
    for (const isMounted of [false, true]) {
      // An empty directory is what is left of a volume that is not mounted.
      if (isMounted) await mkdir(root)
      await expect(storage.get("files", "a/b")).rejects.toMatchObject(gone)
      await expect(storage.head("files", "a/b")).rejects.toMatchObject(gone)
      await expect(storage.put("files", "a/b", "new")).rejects.toMatchObject(gone)
      await expect(storage.put("files", "a/b", new Blob(["new"]).stream())).rejects.toMatchObject(gone)
      await expect(storage.delete("files", "a/b")).rejects.toMatchObject(gone)
      await expect(storage.deleteMany("files", ["a/b"])).rejects.toMatchObject(gone)
      await expect(storage.copy({ bucket: "files", key: "a/b" }, { bucket: "files", key: "c" })).rejects.toMatchObject(
        gone,
      )
      await expect(storage.list("files")).rejects.toMatchObject(gone)
      await expect(storage.listBuckets()).rejects.toMatchObject(gone)
      await expect(storage.createBucket("more")).rejects.toMatchObject(gone)
      await expect(storage.deleteBucket("files", { force: true })).rejects.toMatchObject(gone)
      await expect(storage.createUpload("files", "up")).rejects.toMatchObject(gone)
      await expect(storage.sweepUploads("files", 0)).rejects.toMatchObject(gone)
      await expect(upload.uploadPart(1, "part")).rejects.toMatchObject(gone)
      await expect(upload.parts()).rejects.toMatchObject(gone)
      await expect(upload.complete()).rejects.toMatchObject(gone)
      expect(await storage.healthCheck()).toMatchObject({ status: "unhealthy" })
    }
    await rename(`${root}-away`, root)
    expect(await textOf(storage, "a/b")).toBe("here")
    await storage.put("files", "a/b", "new")
    await upload.uploadPart(1, "part")
    expect((await upload.complete()).size).toBe(4)
    expect(await storage.healthCheck()).toMatchObject({ status: "healthy" })
  })

  it("that was copied is the same storage", async () => {
    const { root, storage } = await openedStorage()
    const put = await storage.put("files", "a/É", "here", { metadata: { n: "1" } })
    const copied = join(await temporaryFolder(), "copied")
    await cp(root, copied, { recursive: true })
    const { storage: other } = await openedStorage({ root: copied })
    expect(await other.head("files", "a/É")).toEqual(put)
    expect(await other.listBuckets()).toEqual(await storage.listBuckets())
  })

  it("with a bucket whose removal was broken off takes a new one of its name", async () => {
    const { root, storage } = await openedStorage()
    await storage.createUpload("files", "up")
    await rename(join(root, "buckets/files/objects"), join(await temporaryFolder(), "objects"))
    expect(await storage.listBuckets()).toEqual([])
    await expect(storage.put("files", "a", "x")).rejects.toMatchObject({
      code: "NOT_FOUND",
      details: { reason: "bucket" },
    })
    await storage.createBucket("files")
    expect(await storage.list("files")).toEqual({ objects: [], prefixes: [] })
    expect(await storage.sweepUploads("files", 0)).toBe(0)
    expect(await readdir(join(root, "staging"))).toEqual([])
  })

  it("with directories that a broken put left has an empty bucket", async () => {
    const { root, storage } = await openedStorage()
    await mkdir(join(fileOf(root, "a/b/c"), ".."), { recursive: true })
    await storage.deleteBucket("files")
    expect(await storage.listBuckets()).toEqual([])
  })

  it("with a file that it did not make keeps the bucket, unless it is forced", async () => {
    const { root, storage } = await openedStorage()
    await writeFile(join(root, "buckets/files/objects/notes.txt"), "mine")
    await expect(storage.deleteBucket("files")).rejects.toMatchObject({ code: "PRECONDITION_FAILED" })
    await storage.deleteBucket("files", { force: true })
  })
})

import { existsSync, readFileSync } from "node:fs"
import { cp, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { beforeEach, expect, it } from "vitest"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { createFilesystemStorage } from "../filesystem.ts"
import { fileOf, openedStorage, temporaryFolder, textOf, treeOf } from "./opened-storage.fixture.ts"

let root: string
let storage: Storage
/** Where links lead to: the files of another storage, so that nothing but the link is wrong. */
let outside: string
let before: string[]

const notFound = (reason: string) => ({ code: "NOT_FOUND", details: { reason } })
const foreign = { code: "CORRUPT", details: { reason: "foreign" } }
const at = (...path: string[]) => join(root, ...path)

beforeEach(async () => {
  ;({ root, storage } = await openedStorage())
  const other = await openedStorage()
  outside = other.root
  for (const key of ["key", "dir/key", "dir/deep/key"]) {
    await other.storage.put("files", key, "secret")
    await storage.put("files", key, "ours")
  }
  await (await other.storage.createUpload("files", "up")).uploadPart(1, "secret")
  before = await treeOf(outside)
})

/** Nothing was made, changed or removed where the link leads to. */
async function expectOutsideUntouched() {
  expect(await treeOf(outside)).toEqual(before)
  for (const key of ["key", "dir/key", "dir/deep/key"]) {
    expect(readFileSync(fileOf(outside, key), "utf8").startsWith("secret{")).toBe(true)
  }
}

async function replaceByLink(path: string, target: string) {
  await rename(path, `${await temporaryFolder()}/away`)
  await symlink(target, path)
}

it.each([
  ["a file", "key", "key"],
  ["a directory", "dir/key", "dir+"],
  ["a directory above", "dir/deep/key", "dir+"],
  ["a directory below another", "dir/deep/key", "dir+/deep+"],
])("%s that is a link is not there", async (_, key, place) => {
  const path = place === "key" ? "key@" : place
  await replaceByLink(at("buckets/files/objects", path), join(outside, "buckets/files/objects", path))
  await expect(storage.get("files", key)).rejects.toMatchObject(notFound("object"))
  expect(await storage.head("files", key)).toBeUndefined()
  await expect(storage.copy({ bucket: "files", key }, { bucket: "files", key: "x" })).rejects.toMatchObject(
    notFound("object"),
  )
  expect((await storage.list("files")).objects.map(({ key }) => key)).not.toContain(key)
  expect((await storage.list("files", { prefix: key })).objects).toEqual([])
  expect((await storage.list("files", { delimiter: "/" })).prefixes).toEqual(place === "dir+" ? [] : ["dir/"])
  await expectOutsideUntouched()
})

it("a link in the place of an object is replaced and deleted, and what it leads to stays", async () => {
  for (const write of [
    () => storage.put("files", "key", "new"),
    () => storage.copy({ bucket: "files", key: "dir/key" }, { bucket: "files", key: "key" }),
    () => storage.delete("files", "key"),
  ]) {
    await rm(fileOf(root, "key"), { force: true })
    await symlink(fileOf(outside, "key"), fileOf(root, "key"))
    await write()
    await expectOutsideUntouched()
  }
  expect(existsSync(fileOf(root, "key"))).toBe(false)
})

it.each(["dir+", "dir+/deep+"])("nothing is written or deleted through a link at %s", async (place) => {
  await replaceByLink(at("buckets/files/objects", place), join(outside, "buckets/files/objects", place))
  const key = "dir/deep/key"
  const to = { bucket: "files", key }
  await expect(storage.put("files", key, "new")).rejects.toMatchObject(foreign)
  await expect(storage.put("files", key, new Blob(["new"]).stream())).rejects.toMatchObject(foreign)
  await expect(storage.put("files", "dir/deep/more/key", "new")).rejects.toMatchObject(foreign)
  await expect(storage.put("files", key, "new", { ifNoneMatch: "*" })).rejects.toMatchObject(foreign)
  await expect(storage.put("files", key, "new", { ifMatch: "any" })).rejects.toMatchObject({
    code: expect.stringMatching(/CORRUPT|PRECONDITION/),
  })
  await expect(storage.copy({ bucket: "files", key: "key" }, to)).rejects.toMatchObject(foreign)
  const upload = await storage.createUpload("files", key)
  await upload.uploadPart(1, "new")
  await expect(upload.complete()).rejects.toMatchObject(foreign)
  await expect(storage.delete("files", key)).rejects.toMatchObject(foreign)
  expect((await storage.deleteMany("files", [key])).failed).toMatchObject([{ key, code: "CORRUPT" }])
  await expectOutsideUntouched()
  expect(await readdir(at("staging"))).toEqual([])
})

it.each(["buckets/files", "buckets/files/objects"])("a bucket is not there where %s is a link", async (place) => {
  await replaceByLink(at(place), join(outside, place))
  const bucket = notFound("bucket")
  await expect(storage.get("files", "key")).rejects.toMatchObject(bucket)
  await expect(storage.put("files", "key", "new")).rejects.toMatchObject(bucket)
  await expect(storage.put("files", "dir/new/key", "new")).rejects.toMatchObject(bucket)
  await expect(storage.delete("files", "key")).rejects.toMatchObject(bucket)
  await expect(storage.list("files")).rejects.toMatchObject(bucket)
  await expect(storage.createUpload("files", "key")).rejects.toMatchObject(bucket)
  await expect(storage.sweepUploads("files", 0)).rejects.toMatchObject(bucket)
  await expect(storage.deleteBucket("files", { force: true })).rejects.toMatchObject(bucket)
  expect(await storage.head("files", "key")).toBeUndefined()
  expect(await storage.listBuckets()).toEqual([])
  await expectOutsideUntouched()
})

it("a bucket is not made where a link stands", async () => {
  await symlink(join(outside, "buckets/files"), at("buckets/linked"))
  await expect(storage.createBucket("linked")).rejects.toMatchObject(foreign)
  await expectOutsideUntouched()
  expect(await readdir(at("staging"))).toEqual([])
})

it.each([
  ["that of all uploads", ""],
  ["that of an upload", "id"],
  ["that of its parts", "id/parts"],
])("uploads are not reached where a directory, %s, is a link", async (_, directory) => {
  const upload = await storage.createUpload("files", "key")
  await upload.uploadPart(1, "ours")
  const [id = ""] = await readdir(at("buckets/files/uploads"))
  const place = join("buckets/files/uploads", directory.replace("id", id))
  await cp(at("buckets/files/uploads", id), join(outside, "buckets/files/uploads", id), { recursive: true })
  before = await treeOf(outside)
  await replaceByLink(at(place), join(outside, place))
  await storage.sweepUploads("files", 0).catch(() => {})
  await expectOutsideUntouched()
  await upload.abort()
  await expectOutsideUntouched()
  // As it is when the object has just been stored.
  const completing = { ...(await storage.head("files", "key")), lastModified: 0 }
  await writeFile(join(outside, "buckets/files/uploads", id, "completing.json"), JSON.stringify(completing))
  before = await treeOf(outside)
  for (const call of [() => upload.uploadPart(2, "new"), () => upload.parts(), () => upload.complete()]) {
    await expect(call()).rejects.toMatchObject({ code: expect.stringMatching(/CORRUPT|NOT_FOUND/) })
    await expectOutsideUntouched()
  }
  expect(await textOf(storage, "key")).toBe("ours")
})

it.each(["buckets", "staging", "locks"])("a root whose %s is a link is not opened", async (name) => {
  await storage.close()
  await replaceByLink(at(name), join(outside, name))
  const again = createFilesystemStorage({ root })
  await expect(again.listBuckets()).rejects.toMatchObject(foreign)
  await expect(again.put("files", "key", "new")).rejects.toMatchObject(foreign)
  await expectOutsideUntouched()
})

it.each(["buckets", "staging"])("nothing goes through %s once it has become a link", async (name) => {
  await replaceByLink(at(name), join(outside, name))
  await storage.put("files", "key", "new").catch(() => {})
  await storage.put("files", "key", "new", { ifNoneMatch: "*" }).catch(() => {})
  await storage.createBucket("more").catch(() => {})
  await storage.deleteBucket("files", { force: true }).catch(() => {})
  await storage.listBuckets().catch(() => {})
  await expectOutsideUntouched()
})

it("what a killed process left in staging is removed without following links", async () => {
  await storage.close()
  await mkdir(at("staging", "0.0.0.left"))
  await symlink(outside, at("staging", "0.0.0.left", "link"))
  await symlink(outside, at("staging", "0.0.0.link"))
  await writeFile(at("staging", "0.0.0.file"), "")
  const again = createFilesystemStorage({ root, sweepAfterMs: 60_000 })
  await again.listBuckets()
  await again.close()
  await expectOutsideUntouched()
})

it("the root may be a link itself", async () => {
  const link = join(await temporaryFolder(), "link")
  await symlink(root, link)
  const { storage: linked } = await openedStorage({ root: link })
  expect(await textOf(linked, "dir/key")).toBe("ours")
  await linked.put("files", "dir/new", "new")
  expect(await textOf(storage, "dir/new")).toBe("new")
})

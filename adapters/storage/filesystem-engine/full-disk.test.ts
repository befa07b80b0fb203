import { execFileSync } from "node:child_process"
import { readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { createFilesystemStorage } from "../filesystem.ts"
import { openedStorage, temporaryFolder, textOf } from "./opened-storage.fixture.ts"
import { processIdentity } from "./process-identity.ts"

/** A disk of so many bytes for one test; undefined where the system lets nobody mount one. */
async function mountedDisk(size: string): Promise<string | undefined> {
  const folder = await temporaryFolder()
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], { stdio: "ignore" })
  } catch {
    return undefined
  }
  onTestFinished(() => void execFileSync("umount", [folder]))
  return folder
}

const full = { code: "UNAVAILABLE", retryable: true, details: { reason: "full" } }
const HALF = new Uint8Array(600_000).fill(1)
const MORE = new Uint8Array(500_000).fill(2)

describe("a disk that is full", () => {
  let root: string
  let storage: Storage

  beforeEach(async ({ skip }) => {
    const disk = await mountedDisk("1m")
    if (disk === undefined) return skip("mounting a small disk needs root on Linux")
    ;({ root, storage } = await openedStorage({ root: disk }))
    await storage.put("files", "a", HALF)
  })

  const staged = () => readdir(join(root, "staging"))

  it.each([
    ["bytes", () => MORE],
    ["a stream", () => new Blob([MORE]).stream()],
    [
      "a stream of small pieces",
      async function* () {
        for (let at = 0; at < MORE.length; at += 5000) yield MORE.subarray(at, at + 5000)
      },
    ],
  ] as const)("refuses %s and keeps what it has, until there is room", async (_, body) => {
    for (const key of ["a", "b"]) {
      await expect(storage.put("files", key, body())).rejects.toMatchObject(full)
      await expect(storage.put("files", "b", body(), { ifNoneMatch: "*" })).rejects.toMatchObject(full)
    }
    expect(await staged()).toEqual([])
    expect((await storage.list("files")).objects.map(({ key, size }) => [key, size])).toEqual([["a", HALF.length]])
    expect((await (await storage.get("files", "a")).bytes()).length).toBe(HALF.length)
    await storage.delete("files", "a")
    await storage.put("files", "b", body())
    expect((await storage.head("files", "b"))?.size).toBe(MORE.length)
  })

  it("refuses copies, and parts and their object, and the upload can be completed later", async () => {
    await expect(storage.copy({ bucket: "files", key: "a" }, { bucket: "files", key: "b" })).rejects.toMatchObject(full)
    const upload = await storage.createUpload("files", "up")
    await expect(upload.uploadPart(1, MORE)).rejects.toMatchObject(full)
    await upload.uploadPart(1, MORE.subarray(0, 250_000))
    await expect(upload.complete()).rejects.toMatchObject(full)
    expect(await staged()).toEqual([])
    await storage.delete("files", "a")
    expect((await upload.complete()).size).toBe(250_000)
  })

  it("has no room for an inode either", async () => {
    for (let index = 0; ; index++) {
      const outcome = await storage.put("files", `small/${index}`, "x").catch((error: unknown) => error)
      if (outcome instanceof Error) {
        expect(outcome).toMatchObject(full)
        break
      }
    }
    expect(await staged()).toEqual([])
    await expect(storage.put("files", "new/directory/a", "x")).rejects.toMatchObject(full)
    await expect(storage.createBucket("more")).rejects.toMatchObject(full)
    expect((await storage.listBuckets()).map(({ name }) => name)).toEqual(["files"])
    expect(await textOf(storage, "small/0")).toBe("x")
    expect(await storage.healthCheck()).not.toMatchObject({ status: "healthy" })
    expect(await storage.getMetrics()).toMatchObject({ freeBytes: expect.any(Number) })
    await storage.deleteBucket("files", { force: true })
    await storage.createBucket("files")
    await storage.put("files", "a", "x")
    expect(await storage.healthCheck()).toMatchObject({ status: "healthy" })
  })

  it("has room again once a storage has removed what a killed process left", async () => {
    const [space = ""] = (await processIdentity()).split(".")
    const left = [`${space}.999999999.5.x.0`, `${space}.999999999.5.x.1`]
    for (const name of left) await writeFile(join(root, "staging", name), new Uint8Array(100_000))
    await writeFile(join(root, "staging", "0123456789abcdef.1.1.x.0"), "")
    await writeFile(join(root, "of another program"), MORE).catch(() => {})
    await expect(storage.put("files", "b", "x")).rejects.toMatchObject(full)
    const next = createFilesystemStorage({ root })
    onTestFinished(() => next.close())
    await next.listBuckets()
    await expect.poll(() => next.getMetrics()).toMatchObject({ leftoversRemoved: left.length })
    await next.put("files", "b", "x")
    expect(await staged()).toEqual(["0123456789abcdef.1.1.x.0"])
  })

  it("tells nobody where it is", async () => {
    const error = await storage.put("files", "b", MORE).catch((error: unknown) => error)
    expect(JSON.stringify(error)).not.toContain(root)
    expect(String(error)).not.toContain(root)
  })
})

import { mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { afterEach, describe, expect, it, vi } from "vitest"
import { createServices, describeConfig } from "../../index.ts"
import { filesystemStorageSubject } from "../../subjects/storage.ts"
import { bindContract } from "../../testing/bind.ts"
import { storageContract } from "../../testing/storage/contract.ts"
import { createFilesystemStorage, filesystemStorage } from "./filesystem.ts"
import { openedStorage, temporaryFolder, textOf } from "./filesystem-engine/opened-storage.fixture.ts"

bindContract({ describe, it }, storageContract, filesystemStorageSubject)

describe("options", () => {
  const root = "/tmp/never-made"

  it.each([
    [{}, "root"],
    [{ root: "" }, "root"],
    [{ root: 1 }, "root"],
    [{ root: "a\0b" }, "root"],
    [{ root: "/" }, "root"],
    [{ root: "/tmp/.." }, "root"],
    [{ root: `/${"x".repeat(3600)}` }, "root"],
    [{ root, durability: "none" }, "durability"],
    [{ root, maxObjectBytes: 0 }, "maxObjectBytes"],
    [{ root, idleTimeoutMs: 0 }, "idleTimeoutMs"],
    [{ root, sweepAfterMs: 1000 }, "sweepAfterMs"],
    [{ root, defaultBucket: "No" }, "defaultBucket"],
    [{ root, secret: "short" }, "secret"],
    [{ root, baseUrl: "ftp://example.org" }, "baseUrl"],
    [{ root, baseUrl: "https://example.org" }, "baseUrl"],
    [{ root, previousSecret: "0123456789abcdef" }, "previousSecret"],
    [{ root, unknown: 1 }, "unknown"],
  ])("number %# are refused by name", (options, name) => {
    expect(() => createFilesystemStorage(options as never)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })

  it("are those of the adapter of file:", () => {
    expect(filesystemStorage).toMatchObject({ service: "storage", name: "filesystem", schemes: ["file"] })
  })

  it("may be the defaults, said aloud", () => {
    createFilesystemStorage({ root, baseUrl: "http://localhost/storage", durability: "rename" })
  })

  it.each([
    ["file:///srv/files", "/srv/files"],
    ["file:///srv/my%20files/%C3%A9", "/srv/my files/é"],
    ["file:/srv/files?durability=fsync", "/srv/files"],
    ["file://localhost/srv/files", "/srv/files"],
  ])("of %s have its path as root", async (url, path) => {
    const { instances } = await describeConfig({ services: ["storage"], env: { STORAGE_URL: url } })
    expect(instances[0]?.options).toContainEqual(expect.objectContaining({ key: "root", value: JSON.stringify(path) }))
  })

  it.each([
    ["file:", "an absolute path"],
    ["file:data", "an absolute path"],
    ["file:./data?durability=fsync", "an absolute path"],
    ["file:../data", "an absolute path"],
    ["file:\\data", "an absolute path"],
    ["file://", "not that of the whole disk"],
    ["file:///", "not that of the whole disk"],
    ["file:///srv/..", "not that of the whole disk"],
    ["file:///srv/files?root=/etc", "root"],
    ["file://server/files", "this machine"],
    ["file:///srv%2Ffiles", "%2F"],
    ["file:///srv/files?previousSecret=0123456789abcdef", "previousSecret"],
    ["file:///srv/files?baseUrl=https://example.org", "baseUrl"],
  ])("of %s are refused, with what to do", async (url, what) => {
    const refused = describeConfig({ services: ["storage"], env: { STORAGE_URL: url } })
    await expect(refused).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      details: { issues: [{ path: expect.stringContaining("STORAGE_URL") }] },
      message: expect.stringContaining(what),
    })
  })

  it("say by capabilities what they make of it", async () => {
    const plain = createFilesystemStorage({ root, maxObjectBytes: 10, defaultBucket: "files" })
    expect(plain.capabilities).toMatchObject({
      presign: false,
      verifyPresigned: false,
      presignMethods: [],
      maxObjectBytes: 10,
    })
    expect(plain.capabilities.maxKeyBytes).toBe(1024)
    expect(plain.defaultBucket).toBe("files")
    await expect(plain.presign("files", "a", { method: "GET", expiresIn: 1 })).rejects.toMatchObject({
      code: "UNSUPPORTED",
    })
    const signing = createFilesystemStorage({ root, secret: "0123456789abcdef" })
    expect(signing.capabilities).toMatchObject({ presign: true, verifyPresigned: true })
    const { method, url } = await signing.presign("files", "a", { method: "GET", expiresIn: 1 })
    const other = createFilesystemStorage({ root, secret: "0123456789abcdef", baseUrl: "https://example.org/storage" })
    expect(await other.verifyPresigned({ method, url })).toMatchObject({ bucket: "files", key: "a" })
  })

  it("may have a root from here, and one that takes all keys although it is long", async () => {
    const folder = await temporaryFolder()
    const { storage } = await openedStorage({ root: join(folder, "a".repeat(200), "b".repeat(200), "c".repeat(200)) })
    expect(storage.capabilities.maxKeyBytes).toBe(1024)
    for (const key of ["*".repeat(1024), "é/".repeat(341), "/".repeat(1024), `${"*".repeat(42)}/`.repeat(23)]) {
      await storage.put("files", key, "x")
      expect(await textOf(storage, key)).toBe("x")
    }
  })

  it("whose root leaves less room for keys say so by maxKeyBytes, and keep those keys", async () => {
    const folder = await temporaryFolder()
    const { storage } = await openedStorage({ root: join(folder, `${"d".repeat(250)}/`.repeat(8)) })
    const { maxKeyBytes } = storage.capabilities
    expect(maxKeyBytes).toBeLessThan(1024)
    await storage.put("files", "*".repeat(maxKeyBytes), "x")
    expect(await textOf(storage, "*".repeat(maxKeyBytes))).toBe("x")
    await expect(storage.put("files", "*".repeat(maxKeyBytes + 1), "x")).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    })
  })
})

describe("a root", () => {
  afterEach(() => rm(".never", { force: true, recursive: true }))

  it("is made by the first call, and not before", async () => {
    const root = join(await temporaryFolder(), "not", "there")
    const storage = createFilesystemStorage({ root })
    await expect(stat(root)).rejects.toMatchObject({ code: "ENOENT" })
    expect(await storage.listBuckets()).toEqual([])
    expect((await readdir(root)).sort()).toEqual(["buckets", "locks", "staging"])
    await storage.close()
  })

  it("is the directory that it was when the storage was made, wherever the process goes", async () => {
    const folder = await temporaryFolder()
    const cwd = vi.spyOn(process, "cwd").mockReturnValue(folder)
    const storage = createFilesystemStorage({ root: ".never" })
    cwd.mockRestore()
    await storage.listBuckets()
    expect((await readdir(join(folder, ".never"))).sort()).toEqual(["buckets", "locks", "staging"])
    await storage.close()
  })

  it.each(["that is there", "that is yet to be made"])(
    "%s behind a link has room for the keys of maxKeyBytes",
    async (when) => {
      const folder = await temporaryFolder()
      const long = join(folder, `${"d".repeat(250)}/`.repeat(8))
      await mkdir(long, { recursive: true })
      await symlink(long, join(folder, "link"))
      const root = when === "that is there" ? "link" : "link/root"
      const { storage } = await openedStorage({ root: join(folder, root) })
      const { maxKeyBytes } = storage.capabilities
      await storage.put("files", "*".repeat(maxKeyBytes), "x")
      expect(await textOf(storage, "*".repeat(maxKeyBytes))).toBe("x")
    },
  )

  it("that cannot be made is told by the first call, which can be tried again", async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, "file"), "")
    const storage = createFilesystemStorage({ root: join(folder, "file", "root") })
    await expect(storage.listBuckets()).rejects.toMatchObject({ code: "CORRUPT" })
    expect(await storage.healthCheck()).toMatchObject({ status: "unhealthy", details: { code: "CORRUPT" } })
    await rm(join(folder, "file"))
    await mkdir(join(folder, "file"))
    expect(await storage.listBuckets()).toEqual([])
  })

  it("is chosen by a URL, and opened by ready()", async () => {
    const folder = await temporaryFolder()
    const url = `file://${folder}/files?defaultBucket=files&durability=fsync`
    const services = await createServices({ services: ["storage"], env: { STORAGE_URL: url } })
    await services.ready()
    expect((await readdir(join(folder, "files"))).sort()).toEqual(["buckets", "locks", "staging"])
    expect(services.storage.defaultBucket).toBe("files")
    await services.close()
  })
})

describe("health and metrics", () => {
  it("tell of the room on the volume, and of what was done", async () => {
    const { root, storage } = await openedStorage()
    await storage.put("files", "a", "x")
    await storage.get("files", "a")
    const { details, status } = await storage.healthCheck()
    expect(status).toMatch(/healthy|degraded/)
    expect(details).toEqual({ freeBytes: expect.any(Number), totalBytes: expect.any(Number) })
    expect(await storage.getMetrics()).toMatchObject({ gets: 1, puts: 1, openObjects: 0, leftoversRemoved: 0 })
    expect(await readdir(join(root, "staging"))).toEqual([])
  })
})

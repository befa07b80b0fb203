import { execFileSync } from "node:child_process"
import { mkdirSync, readdirSync, readlinkSync, symlinkSync } from "node:fs"
import { appendFile, readdir, readFile, truncate, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { crc32 } from "../../kit/checksums.ts"
import { fileOf, openedStorage, textOf } from "./opened-storage.fixture.ts"
import { encodeTrailer } from "./trailer.ts"

const LARGE = new Uint8Array(300_000).fill(7)
const corrupt = { code: "CORRUPT", details: { reason: "file" } }

/** Files below a directory that this process has open. */
function openFiles(root: string): string[] {
  return readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`)
      return path.startsWith(`${root}/`) ? [path] : []
    } catch {
      return []
    }
  })
}

/** A trailer that is right in itself, whatever it says. */
function trailerOf(json: string): Buffer {
  const trailer = Buffer.from(`${json}????????OBJFILE1`)
  trailer.writeUInt32BE(json.length, json.length)
  trailer.writeUInt32BE(crc32(Buffer.from(json)), json.length + 4)
  return trailer
}

it("is the bytes of the object, and what is known of it behind them", async () => {
  const { root, storage } = await openedStorage()
  await storage.put("files", "a", "the bytes", { metadata: { n: "é" } })
  const file = await readFile(fileOf(root, "a"), "utf8")
  expect(file.startsWith('the bytes{"size":9,')).toBe(true)
  expect(file).toContain('"metadata":{"n":"é"}')
})

it("is refused wherever it was cut, and with whatever stands behind it", async () => {
  const { root, storage } = await openedStorage()
  await storage.put("files", "a", "some bytes", { metadata: { n: "1" } })
  const path = fileOf(root, "a")
  const whole = await readFile(path)
  for (let length = 0; length < whole.length; length++) {
    await writeFile(path, whole.subarray(0, length))
    await expect(storage.get("files", "a"), `${length} bytes`).rejects.toMatchObject(corrupt)
    await expect(storage.head("files", "a"), `${length} bytes`).rejects.toMatchObject(corrupt)
  }
  await writeFile(path, whole)
  expect(await textOf(storage, "a")).toBe("some bytes")
  for (const more of [" ", whole]) {
    await appendFile(path, more)
    await expect(storage.get("files", "a")).rejects.toMatchObject(corrupt)
    await writeFile(path, whole)
  }
})

it("is refused with any byte of it changed, small or large", async () => {
  const { root, storage } = await openedStorage()
  const checksum = { algorithm: "crc32", value: "R9XQyg==" } as const
  await storage.put("files", "small", "some bytes")
  await storage.put("files", "large", LARGE)
  expect((await storage.put("files", "summed", "", {})).checksums).toEqual({})
  await expect(storage.put("files", "summed", LARGE, { checksum })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
  for (const [key, from] of [
    ["small", 0],
    ["large", LARGE.length],
  ] as const) {
    const whole = await readFile(fileOf(root, key))
    for (let at = from; at < whole.length; at++) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 1
      await writeFile(fileOf(root, key), changed)
      await expect(textOf(storage, key), `byte ${at} of ${key}`).rejects.toMatchObject({ code: "CORRUPT" })
    }
  }
})

it("is told by its own end alone, wherever its bytes look like the end of another", async () => {
  const { storage } = await openedStorage()
  const trailerOf = (size: number) =>
    encodeTrailer({ size, etag: "forged", lastModified: 0, contentType: "text/html", metadata: {}, checksums: {} })
  for (const end of [66 * 1024 - 1, 66 * 1024, 66 * 1024 + 1, 512, 256 * 1024]) {
    const size = end - trailerOf(end - 200).length
    for (const more of [0, 10, 100_000]) {
      const body = Buffer.concat([Buffer.alloc(size), trailerOf(size), Buffer.alloc(more)])
      const put = await storage.put("files", "a", body)
      const object = await storage.get("files", "a")
      expect(object.info, `${more} bytes behind ${end}`).toEqual(put)
      expect(body.equals(await object.bytes())).toBe(true)
    }
  }
})

it("that was cut is listed, deleted and replaced, and no other object is kept from being listed", async () => {
  const { root, storage } = await openedStorage()
  for (const key of ["a", "b", "c"]) await storage.put("files", key, key)
  await truncate(fileOf(root, "b"), 3)
  expect((await storage.list("files")).objects.map(({ key, size }) => [key, size])).toEqual([
    ["a", 1],
    ["b", 3],
    ["c", 1],
  ])
  await expect(storage.copy({ bucket: "files", key: "b" }, { bucket: "files", key: "d" })).rejects.toMatchObject(
    corrupt,
  )
  await storage.put("files", "b", "new")
  expect(await textOf(storage, "b")).toBe("new")
  await truncate(fileOf(root, "b"), 0)
  await storage.delete("files", "b")
  expect((await storage.list("files")).objects.map(({ key }) => key)).toEqual(["a", "c"])
})

it.each(["null", "1", '"text"', "[]", "{}", '{"size":null}', '{"size":"0"}', '{"size":0.5}', '{"size":-1}', "{"])(
  "that ends with a whole trailer of %s is cut, and keeps no other from being listed",
  async (json) => {
    const { root, storage } = await openedStorage()
    await storage.put("files", "b", "b")
    await writeFile(fileOf(root, "a"), trailerOf(json))
    await expect(storage.get("files", "a")).rejects.toMatchObject(corrupt)
    await expect(storage.head("files", "a")).rejects.toMatchObject(corrupt)
    expect((await storage.list("files")).objects.map(({ key }) => key)).toEqual(["a", "b"])
    await storage.delete("files", "a")
    expect((await storage.list("files")).objects.map(({ key }) => key)).toEqual(["b"])
  },
)

it.each([
  ["a pipe", (path: string) => execFileSync("mkfifo", [path])],
  ["a directory", (path: string) => mkdirSync(path)],
  ["a link", (path: string) => symlinkSync("/etc/hostname", path)],
])("is not there where %s stands, over which nothing is stored by ifNoneMatch", async (_, plant) => {
  const { root, storage } = await openedStorage()
  await storage.put("files", "other", "x")
  plant(fileOf(root, "a"))
  const missing = { code: "NOT_FOUND", details: { reason: "object" } }
  const foreign = { code: "CORRUPT", details: { reason: "foreign" } }
  await expect(storage.get("files", "a")).rejects.toMatchObject(missing)
  expect(await storage.head("files", "a")).toBeUndefined()
  expect((await storage.list("files")).objects.map(({ key }) => key)).toEqual(["other"])
  for (const body of ["x", new Blob(["x"]).stream()]) {
    await expect(storage.put("files", "a", body, { ifNoneMatch: "*" })).rejects.toMatchObject(foreign)
  }
  await storage.delete("files", "a")
  await expect(storage.get("files", "a")).rejects.toMatchObject(missing)
  expect(await readdir(join(root, "staging"))).toEqual([])
})

it("has room for all metadata that is allowed", async () => {
  const { storage } = await openedStorage()
  for (const length of [1, 200, 300, 500, 2000]) {
    const metadata = { n: "x".repeat(length) }
    const cacheControl = `max-age=${"1".repeat(200)}`
    for (const body of ["small", LARGE]) {
      const put = await storage.put("files", "a", body, { metadata, cacheControl })
      expect(await storage.head("files", "a")).toEqual(put)
      const { info } = await storage.get("files", "a")
      expect(info).toEqual(put)
    }
  }
})

it("keeps no descriptor of a small object", async () => {
  const { root, storage } = await openedStorage()
  await storage.put("files", "a", new Uint8Array(65_536))
  const object = await storage.get("files", "a")
  await expect.poll(() => openFiles(root)).toEqual([])
  expect((await object.bytes()).length).toBe(65_536)
})

it.each([
  ["is read", (object) => object.bytes()],
  ["is cancelled", (object) => object.cancel()],
  ["is cancelled as a stream", (object) => object.stream().cancel()],
  ["is refused", (object) => object.bytes({ maxBytes: 10 }).catch(() => {})],
] satisfies [
  string,
  (object: Awaited<ReturnType<Awaited<ReturnType<typeof openedStorage>>["storage"]["get"]>>) => unknown,
][])("keeps the descriptor of a large object until it %s", async (_, end) => {
  const { root, storage } = await openedStorage()
  await storage.put("files", "a", LARGE)
  const object = await storage.get("files", "a")
  expect(openFiles(root).length).toBe(1)
  expect(await storage.getMetrics()).toMatchObject({ openObjects: 1 })
  await end(object)
  await expect.poll(() => openFiles(root)).toEqual([])
  expect(await storage.getMetrics()).toMatchObject({ openObjects: 0 })
})

it("keeps the descriptor of a large object until its time is over, its signal aborts, or the storage closes", async () => {
  const clock = createManualClock()
  const { root, storage } = await openedStorage({ idleTimeoutMs: 1000 }, { clock })
  await storage.put("files", "a", LARGE)
  const controller = new AbortController()
  const idle = await storage.get("files", "a")
  const reading = (await storage.get("files", "a")).stream().getReader()
  await reading.read()
  await clock.advance(1000)
  await expect(idle.bytes()).rejects.toMatchObject({ code: "TIMEOUT" })
  await expect(reading.read()).rejects.toMatchObject({ code: "TIMEOUT" })
  const given = await storage.get("files", "a", { signal: controller.signal })
  controller.abort()
  await expect(given.bytes()).rejects.toMatchObject({ code: "ABORTED" })
  await expect.poll(() => openFiles(root)).toEqual([])
  const left = await storage.get("files", "a")
  await storage.close()
  await expect(left.bytes()).rejects.toMatchObject({ code: "CLOSED" })
  await expect.poll(() => openFiles(root)).toEqual([])
})

it("keeps none of a large object that was found while the storage closed", async () => {
  const { root, storage } = await openedStorage()
  await storage.put("files", "a", LARGE)
  const got = storage.get("files", "a").catch((error: unknown) => error)
  await storage.close()
  expect(await got).toMatchObject({ code: "CLOSED" })
  await expect.poll(() => openFiles(root)).toEqual([])
})

it("keeps none where the object is refused", async () => {
  const { root, storage } = await openedStorage()
  const { etag } = await storage.put("files", "a", LARGE)
  await expect(storage.get("files", "a", { ifMatch: "other" })).rejects.toMatchObject({ code: "PRECONDITION_FAILED" })
  await expect(storage.get("files", "a", { ifNoneMatch: etag })).rejects.toMatchObject({ code: "PRECONDITION_FAILED" })
  await expect(storage.get("files", "a", { range: { start: 300_000 } })).rejects.toMatchObject({
    details: { reason: "range", size: 300_000 },
  })
  await expect(storage.get("files", "a", { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" })
  await storage.head("files", "a")
  await storage.list("files")
  await expect.poll(() => openFiles(root)).toEqual([])
})

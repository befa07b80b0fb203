/** All of it at gcs-double, which loses answers after it has carried a request out. */
import { describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import type { Body, ObjectInfo, Storage, WriteConditions } from "../../../contracts/storage/storage.ts"
import type { GcsDouble } from "../../../servers/gcs-double.ts"
import { isUpload, openDouble, patternOf, settled, streamOf, textOf, told } from "./open-gcs.fixture.ts"

type Fault = Parameters<GcsDouble["fail"]>[1]

const unknown = expect.objectContaining({ code: "TIMEOUT", details: { outcome: "unknown" } })
const refused = (reason: string) => expect.objectContaining({ code: "PRECONDITION_FAILED", details: { reason } })

/** The writes that have conditions: what is sent, and for which request an answer is lost. */
const writes: readonly {
  readonly name: string
  readonly isLast: (request: { readonly path: string; readonly headers: object }) => boolean
  write(storage: Storage, conditions: WriteConditions): Promise<ObjectInfo>
}[] = [
  { name: "put", isLast: isUpload, write: (storage, conditions) => storage.put("files", "a", "ours", conditions) },
  {
    name: "put in chunks",
    isLast: ({ headers }) => "x-goog-hash" in headers,
    write: (storage, conditions) => storage.put("files", "a", patternOf(300_000), conditions),
  },
  {
    name: "copy",
    isLast: ({ path }) => path.includes("/rewriteTo/"),
    write: (storage, conditions) =>
      storage.copy({ bucket: "files", key: "from" }, { bucket: "files", key: "a" }, conditions),
  },
]

async function open() {
  const clock = createManualClock(Date.now())
  const opened = await openDouble({ partBytes: 262_144 }, { clock })
  await opened.other.put("files", "from", "ours")
  return { ...opened, clock }
}

describe.each(writes)("$name with a condition", ({ isLast, write }) => {
  const lose = (double: GcsDouble, times: number, fault: Fault = "lost answer", which = isLast) =>
    double.fail(times, fault, which)

  it("resolves with what it has stored, though the answer was lost", async () => {
    const { clock, double, other, storage } = await open()
    lose(double, 1)
    const created = await settled(clock, write(storage, { ifNoneMatch: "*" }))
    expect(await other.head("files", "a")).toEqual(created)
    lose(double, 2)
    const replaced = await settled(clock, write(storage, { ifMatch: created.etag }))
    expect(await other.head("files", "a")).toEqual(replaced)
    expect(created.metadata).toEqual({})
  })

  it("is sent again where the request was lost on its way", async () => {
    const { clock, double, other, storage } = await open()
    lose(double, 1, "cut")
    const created = await settled(clock, write(storage, { ifNoneMatch: "*" }))
    expect(await other.head("files", "a")).toEqual(created)
  })

  it.each([503, 500])("is sent again where the server answers %i", async (status) => {
    const { clock, double, other, storage } = await open()
    lose(double, 2, status)
    const created = await settled(clock, write(storage, { ifNoneMatch: "*" }))
    expect(await other.head("files", "a")).toEqual(created)
  })

  it("rejects TIMEOUT where no answer ever comes, and looking is in vain", async () => {
    const { clock, double, storage } = await open()
    lose(double, 1)
    lose(double, 1000, "cut", () => double.requests.some(({ status }) => status === 0))
    await expect(settled(clock, write(storage, { ifNoneMatch: "*" }))).rejects.toThrow(unknown)
  })
})

describe("a put with a condition", () => {
  /** Another client does something between the lost answer and the next attempt. */
  async function between(
    conditions: (stored: ObjectInfo) => WriteConditions,
    fault: Fault,
    meddle: (other: Storage) => Promise<unknown>,
  ): Promise<ObjectInfo> {
    const { clock, double, other, storage } = await open()
    const stood = await other.put("files", "a", "before")
    const before = double.requests.length
    double.fail(1, fault, isUpload)
    const call = storage.put("files", "a", "ours", conditions(stood))
    call.catch(() => {})
    await expect.poll(() => double.requests.length).toBe(before + 1)
    await meddle(other)
    return settled(clock, call)
  }

  it.each(["lost answer", "cut", 500] as const)(
    "rejects TIMEOUT where another has written meanwhile: %s",
    async (fault) => {
      const overwrite = (other: Storage) => other.put("files", "a", "theirs")
      await expect(between(({ etag }) => ({ ifMatch: etag }), fault, overwrite)).rejects.toThrow(unknown)
    },
  )

  it("rejects PRECONDITION_FAILED where another has written, and no attempt before was carried out", async () => {
    const overwrite = (other: Storage) => other.put("files", "a", "theirs")
    await expect(between(({ etag }) => ({ ifMatch: etag }), 503, overwrite)).rejects.toThrow(refused("changed"))
  })

  it("never reads as lost where another has read what it stored, and replaced it", async () => {
    const replace = async (other: Storage) => {
      const stored = await other.head("files", "a")
      expect(await textOf(other, "a")).toBe("ours")
      await other.put("files", "a", "theirs", { ifMatch: stored?.etag })
    }
    await expect(between(({ etag }) => ({ ifMatch: etag }), "lost answer", replace)).rejects.toThrow(unknown)
  })

  it("knows its own from one with the same bytes", async () => {
    const same = (other: Storage) => other.put("files", "a", "ours")
    await expect(between(({ etag }) => ({ ifMatch: etag }), "cut", same)).rejects.toThrow(unknown)
  })

  it("in chunks rejects PRECONDITION_FAILED where the last was not taken, and another has written", async () => {
    const { clock, double, other, storage } = await open()
    const { etag } = await other.put("files", "a", "before")
    const isLast = ({ headers }: { headers: object }) => "x-goog-hash" in headers
    double.fail(1, 503, isLast)
    const call = storage.put("files", "a", patternOf(300_000), { ifMatch: etag })
    call.catch(() => {})
    await expect.poll(() => double.requests.some(({ status }) => status === 503)).toBe(true)
    await other.put("files", "a", "theirs")
    await expect(settled(clock, call)).rejects.toThrow(refused("changed"))
  })

  it("rejects TIMEOUT where it is refused after an answer that was lost", async () => {
    const { clock, double, storage } = await open()
    double.fail(1, "lost answer", isUpload)
    double.fail(1, 403, isUpload)
    double.fail(1, 404, ({ path }) => path.endsWith("/o/a"))
    await expect(settled(clock, storage.put("files", "a", "ours", { ifNoneMatch: "*" }))).rejects.toThrow(unknown)
  })

  it("rejects TIMEOUT where what it wrote, or what it was to replace, is gone", async () => {
    const remove = (other: Storage) => other.delete("files", "a")
    await expect(between(({ etag }) => ({ ifMatch: etag }), "lost answer", remove)).rejects.toThrow(unknown)
  })

  it("is refused at once where another's object stands", async () => {
    const { double, storage } = await open()
    await storage.put("files", "a", "one")
    const before = double.requests.length
    await expect(storage.put("files", "a", "two", { ifNoneMatch: "*" })).rejects.toThrow(refused("exists"))
    expect(double.requests.length).toBe(before + 1)
  })
})

it("a copy whose answer was lost resolves with its own though the source is another one by now", async () => {
  const { clock, double, other, storage } = await open()
  const isCopy = ({ path }: { path: string }) => path.includes("/rewriteTo/")
  double.fail(1, "lost answer", isCopy)
  const call = storage.copy({ bucket: "files", key: "from" }, { bucket: "files", key: "a" }, { ifNoneMatch: "*" })
  call.catch(() => {})
  await expect.poll(() => double.requests.some(({ status }) => status === 0)).toBe(true)
  await other.put("files", "from", "changed")
  expect(await settled(clock, call)).toEqual(await other.head("files", "a"))
  expect(await textOf(other, "a")).toBe("ours")
})

it("a complete whose answer was lost rejects TIMEOUT where another has replaced what it made, and never NOT_FOUND", async () => {
  const { clock, double, other, storage } = await open()
  const session = await storage.createUpload("files", "a")
  await session.uploadPart(1, "ours")
  double.fail(1, "lost answer", ({ method, query }) => method === "POST" && query.has("uploadId"))
  const call = session.complete()
  call.catch(() => {})
  await expect.poll(() => double.requests.some(({ status }) => status === 0)).toBe(true)
  await other.put("files", "a", "theirs")
  await expect(settled(clock, call)).rejects.toThrow(unknown)
  await expect(session.complete()).rejects.toThrow(unknown)
})

describe("writes without a condition", () => {
  it("are sent again until they are stored", async () => {
    const { clock, double, storage } = await open()
    double.fail(2, "lost answer", isUpload)
    await settled(clock, storage.put("files", "a", "x"))
    expect(await settled(clock, textOf(storage, "a"))).toBe("x")
  })

  it("reject TIMEOUT with an unknown outcome where all answers are lost, and keep old or new", async () => {
    const { clock, double, other, storage } = await open()
    await other.put("files", "a", "old")
    double.fail(100, "lost answer", isUpload)
    await expect(settled(clock, storage.put("files", "a", "new"))).rejects.toThrow(unknown)
    expect(["old", "new"]).toContain(await textOf(other, "a"))
  })

  it.each<[string, () => Body]>([
    ["bytes", () => patternOf(700_000)],
    ["a stream", () => streamOf(patternOf(700_000))],
  ])(
    "in chunks go on after each kind of failure: %s",
    async (_, body) => {
      const { clock, double, other, storage } = await open()
      for (const fault of ["lost answer", "cut", 503, 500, 429] as const) {
        // The second chunk, and its status too.
        double.fail(2, fault, ({ headers }) => String(headers["content-range"]).startsWith("bytes 262144-"))
        await settled(clock, storage.put("files", "a", body()))
        const stored = await (await other.get("files", "a")).bytes()
        expect(Buffer.compare(stored, patternOf(700_000))).toBe(0)
      }
    },
    30_000,
  )

  it("delete, and make buckets, as if they had been asked once", async () => {
    const { clock, double, other, storage } = await open()
    await other.put("files", "a", "x")
    double.fail(1, "lost answer")
    await settled(clock, storage.delete("files", "a"))
    double.fail(1, "lost answer")
    const made = await settled(clock, storage.createBucket("another"))
    expect(made.name).toBe("another")
    double.fail(1, "lost answer")
    await settled(clock, storage.deleteBucket("another"))
    expect(await other.listBuckets()).toHaveLength(1)
  })
})

it("two deletes that overlap leave the retry of later calls alone", async () => {
  const { clock, double, storage } = await open()
  await Promise.all([storage.delete("files", "a"), storage.delete("files", "b")])
  double.fail(1, 503, isUpload)
  await settled(clock, storage.put("files", "a", "x"))
  expect(told(double.requests).slice(-2)).toEqual(["POST multipart 503", "POST multipart 200"])
})

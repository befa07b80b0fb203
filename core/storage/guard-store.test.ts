import { describe, expect, it, vi } from "vitest"
import type { Body, PutOptions, UploadSession } from "../../contracts/storage/storage.ts"
import { BodySource } from "./body-source.ts"
import { asStorage } from "./portable-storage.ts"
import { infoOf, storageOf } from "./stub-storage.fixture.ts"

/** A storage that keeps what its implementation was given. */
function recording(capabilities = {}) {
  const seen: { body: Body; options: PutOptions | undefined }[] = []
  const uploadPart = async (_number: number, body: Body, options?: PutOptions) => {
    seen.push({ body, options })
    return { number: 1, size: 1, etag: "1" }
  }
  const session = {
    ...{ bucket: "files", key: "key", token: "token", uploadPart },
    ...{ parts: async () => [], complete: async () => infoOf(), abort: async () => {} },
  }
  const implementation = storageOf({
    async put(_bucket, _key, body, options) {
      seen.push({ body, options })
      return infoOf()
    },
    createUpload: async () => session,
    resumeUpload: async () => session,
    sweepUploads: async () => 0,
  })
  return { seen, session, storage: asStorage(implementation, { capabilities }) }
}

describe("what an implementation is given", () => {
  it("is a Uint8Array, or a BodySource that knows its size", async () => {
    const { seen, storage } = recording()
    const session = await storage.createUpload("files", "key")
    for (const body of ["text", new Uint8Array(4), new Blob(["text"]), new ReadableStream()]) {
      await storage.put("files", "key", body, { size: 4 })
    }
    await session.uploadPart(1, "text")
    await session.uploadPart(1, new ReadableStream(), { size: 4 })
    const kinds = seen.map(({ body }) => (body instanceof BodySource ? body.size : body.constructor))
    expect(kinds).toEqual([Uint8Array, Uint8Array, 4, 4, Uint8Array, 4])
  })

  it("is the content type of the key, and a disposition in ASCII", async () => {
    const { seen, storage } = recording()
    await storage.put("files", "a.txt", "", { contentDisposition: "inline; filename=é" })
    await storage.put("files", "a.txt", "", { contentType: "a/b" })
    expect(seen.map(({ options }) => options)).toEqual([
      {
        contentDisposition: `inline; filename="_"; filename*=UTF-8''%C3%A9`,
        contentType: "text/plain; charset=utf-8",
      },
      { contentType: "a/b" },
    ])
  })

  it("is nothing over a limit, and no checksum that it does not check", async () => {
    const { seen, storage } = recording({ maxObjectBytes: 3, maxMetadataBytes: 10, checksumsWrite: ["crc32"] })
    const session = await storage.createUpload("files", "key")
    const limit = { code: "LIMIT_EXCEEDED" }
    await expect(storage.put("files", "key", "text")).rejects.toMatchObject(limit)
    await expect(storage.put("files", "key", "", { size: 4 })).rejects.toMatchObject(limit)
    await expect(session.uploadPart(1, "text")).rejects.toMatchObject(limit)
    await expect(session.uploadPart(1, "", { size: 4 })).rejects.toMatchObject(limit)
    const metadata = { name: "é" }
    for (const call of [
      storage.put("files", "key", "", { metadata }),
      storage.createUpload("files", "key", { metadata }),
      storage.copy({ bucket: "files", key: "a" }, { bucket: "files", key: "b" }, { metadata }),
    ]) {
      await expect(call).rejects.toMatchObject(limit)
    }
    const checksum = { algorithm: "md5", value: "1B2M2Y8AsgTpgAmY7PhCfg==" } as const
    for (const call of [
      storage.put("files", "key", "", { checksum }),
      session.uploadPart(1, "", { checksum }),
      (await storage.resumeUpload("token")).uploadPart(1, "", { checksum }),
    ]) {
      await expect(call).rejects.toMatchObject({ code: "UNSUPPORTED" })
    }
    expect(seen).toEqual([])
  })
})

describe("a call whose signal has aborted", () => {
  it("asks the implementation for nothing", async () => {
    const never = vi.fn()
    const storage = asStorage(storageOf({ get: never, copy: never, put: never }))
    const ref = { bucket: "files", key: "key" }
    const options = { signal: AbortSignal.abort("enough") }
    for (const call of [
      storage.get("files", "key", options),
      storage.copy(ref, ref, options),
      storage.put("files", "key", "text", options),
    ]) {
      await expect(call).rejects.toMatchObject({ code: "ABORTED", cause: "enough" })
    }
    expect(never).not.toHaveBeenCalled()
  })
})

describe("an upload", () => {
  it("tells bucket, key and token, and hands its methods on", async () => {
    const { session, storage } = recording()
    for (const upload of [await storage.createUpload("files", "key"), await storage.resumeUpload("token")]) {
      expect(upload).toMatchObject({ bucket: "files", key: "key", token: "token" })
      expect([await upload.parts(), await upload.complete(), await upload.abort()]).toEqual([[], infoOf(), undefined])
    }
    session.complete = vi.fn().mockRejectedValue(new Error("secret"))
    const upload = await storage.createUpload("files", "key")
    await expect(upload.complete()).rejects.toMatchObject({ code: "INTERNAL", operation: "createUpload.complete" })
  })

  it("refuses bad arguments of a part, and names the call", async () => {
    const { seen, storage } = recording()
    const upload: UploadSession = await storage.createUpload("files", "key")
    for (const call of [
      upload.uploadPart(0, ""),
      upload.uploadPart(1, 1 as unknown as Body),
      upload.uploadPart(1, "", { size: -1 }),
      upload.uploadPart(1, "", null as unknown as undefined),
    ]) {
      await expect(call).rejects.toMatchObject({ code: "INVALID_ARGUMENT", operation: "createUpload.uploadPart" })
    }
    expect(seen).toEqual([])
  })
})

describe("close", () => {
  it("gives up streams that are on their way, each once", async () => {
    const cancel = vi.fn()
    const idle = () => new ReadableStream<Uint8Array>({ cancel }, { highWaterMark: 0 })
    const storage = asStorage(
      storageOf({
        async put(_bucket, _key, body) {
          await (body as BodySource).next()
          return infoOf()
        },
        close: async () => {},
      }),
    )
    const puts = [storage.put("files", "a", idle()), storage.put("files", "b", idle())]
    await storage.close()
    for (const put of puts) await expect(put).rejects.toMatchObject({ code: "CLOSED", operation: "put" })
    expect(cancel).toHaveBeenCalledTimes(2)
  })
})

import { describe, expect, it } from "vitest"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { STORAGE_PRESIGN_METHODS } from "../../contracts/storage/arguments.ts"
import { describeConfig } from "../../core/config/config.ts"
import { createMemoryStorage, type MemoryStorageOptions, memoryStorage } from "./memory.ts"

const get = { method: "GET", expiresIn: 60 } as const
const secret = "a secret of tests"

describe("signed URLs of memory storage", () => {
  it("are for every method, without the object or the bucket being there", async () => {
    const storage = createMemoryStorage()
    expect(storage.capabilities).toMatchObject({ presign: true, verifyPresigned: true })
    expect(storage.capabilities.presignMethods).toEqual(STORAGE_PRESIGN_METHODS)
    for (const method of STORAGE_PRESIGN_METHODS) {
      const { fields, url } = await storage.presign("nowhere", "a/b", { method, expiresIn: 60 })
      expect(url).toMatch(/^http:\/\/localhost\/storage\/nowhere\/a\/b/)
      expect(await storage.verifyPresigned({ method, url, fields })).toMatchObject({ bucket: "nowhere", key: "a/b" })
    }
  })

  it("are good for one instance alone, and with a secret for all that have it", async () => {
    const { url } = await createMemoryStorage().presign("files", "a", get)
    const refused = { code: "PERMISSION_DENIED", details: { reason: "signature" }, operation: "verifyPresigned" }
    const other = createMemoryStorage().verifyPresigned({ method: "GET", url })
    await expect(other).rejects.toMatchObject(refused)
    const shared = await createMemoryStorage({ secret }).presign("files", "a", get)
    const next = createMemoryStorage({ secret: `${secret} 2`, previousSecret: secret })
    expect(await next.verifyPresigned(shared)).toMatchObject({ key: "a" })
  })

  it("expire by the clock of the storage, and have its base URL", async () => {
    const clock = createManualClock()
    const storage = createMemoryStorage({ baseUrl: "https://example.org/files/" }, { clock })
    const request = await storage.presign("bucket", "a", get)
    expect(request.url.startsWith("https://example.org/files/bucket/a?")).toBe(true)
    expect(request.expiresAt).toEqual(new Date(clock.now() + 60_000))
    await clock.advance(60_000)
    await expect(storage.verifyPresigned(request)).rejects.toMatchObject({ details: { reason: "expired" } })
  })

  it("have a disposition that a header takes", async () => {
    const storage = createMemoryStorage()
    const request = await storage.presign("files", "a", { ...get, disposition: "inline; filename=é" })
    const { options } = await storage.verifyPresigned(request)
    expect(options.disposition).toBe(`inline; filename="_"; filename*=UTF-8''%C3%A9`)
  })

  it("are refused where the request to verify is none", async () => {
    const storage = createMemoryStorage()
    const invalid = { code: "INVALID_ARGUMENT", operation: "verifyPresigned" }
    await expect(storage.verifyPresigned(undefined as never)).rejects.toMatchObject(invalid)
    await expect(storage.verifyPresigned({ method: "GET" } as never)).rejects.toMatchObject(invalid)
  })

  it.each([
    [{ secret: "fifteen letters" }, "secret"],
    [{ secret: 1 }, "secret"],
    [{ secret, previousSecret: "short" }, "previousSecret"],
    [{ baseUrl: "/storage" }, "baseUrl"],
    [{ baseUrl: "ftp://example.org" }, "baseUrl"],
    [{ baseUrl: "https://example.org?a=b" }, "baseUrl"],
    [{ baseUrl: "https://example.org#a" }, "baseUrl"],
    [{ baseUrl: "https://ada:secret@example.org" }, "baseUrl"],
  ])("refuse the options %o, and do not show them", (options, name) => {
    const create = () => createMemoryStorage(options as MemoryStorageOptions)
    expect(create).toThrow(expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }))
    for (const value of Object.values(options)) {
      expect(create).not.toThrow(expect.objectContaining({ message: expect.stringContaining(String(value)) }))
    }
  })

  it("are configured by the URL, whose secret is not shown", async () => {
    const url = `memory:?secret=${encodeURIComponent(secret)}&baseUrl=${encodeURIComponent("https://example.org/a")}`
    const described = String(await describeConfig({ env: { STORAGE_URL: url }, adapters: [memoryStorage] }))
    expect(described).toContain("secret")
    expect(described).not.toContain(secret)
  })
})

import { Storage as GoogleStorage } from "@google-cloud/storage"
import { describe, expect, it, onTestFinished } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { makeServiceAccount } from "../../../servers/gcs-double.ts"
import { createGcsStorage } from "../gcs.ts"
import type { GcsClient } from "./client.ts"
import { credentialsError } from "./errors.ts"
import { openDouble, openStorage, patternOf } from "./open-gcs.fixture.ts"

const error = (code: string) => expect.objectContaining({ code })

/** A client of the library whose tokens are those of a test. */
function clientOf(endpoint: string, headers: () => object | Promise<object>): GcsClient & { asked: number } {
  const client = new GoogleStorage({
    apiEndpoint: endpoint,
    projectId: "test-project",
    useAuthWithCustomEndpoint: true,
  })
  const fake = {
    asked: 0,
    apiEndpoint: client.apiEndpoint,
    customEndpoint: client.customEndpoint,
    useAuthWithCustomEndpoint: client.useAuthWithCustomEndpoint,
    authClient: {
      getCredentials: async () => ({}),
      sign: async () => "",
      getRequestHeaders: async () => {
        fake.asked++
        return headers()
      },
    },
    getProjectId: async () => "test-project",
  }
  return fake
}

const TOKEN = { token: "secret-token" }

describe("a client that the application has made", () => {
  it.each([
    ["a plain object, as @google-cloud/storage 7 gives it", () => ({ Authorization: "Bearer secret-token" })],
    ["Headers, as @google-cloud/storage 8 does", () => new Headers({ authorization: "Bearer secret-token" })],
  ])("lets every request in by its token: %s", async (_, headers) => {
    const { double } = await openDouble({}, {}, TOKEN)
    const storage = openStorage({ client: clientOf(double.endpoint, headers), partBytes: 262_144 })
    await storage.createBucket("files")
    await storage.put("files", "a", "x", { ifNoneMatch: "*" })
    await storage.put("files", "b", patternOf(300_000))
    await storage.copy({ bucket: "files", key: "a" }, { bucket: "files", key: "c" })
    const session = await storage.createUpload("files", "d")
    await session.uploadPart(1, "x")
    await session.complete()
    expect(await (await storage.get("files", "b")).bytes()).toHaveLength(300_000)
    expect((await storage.list("files")).objects).toHaveLength(4)
    expect(await storage.deleteMany("files", ["a", "b"])).toMatchObject({ deleted: 2 })
    await storage.deleteBucket("files", { force: true })
    expect(await storage.listBuckets()).toEqual([])
    expect(double.requests.every(({ status }) => status < 400)).toBe(true)
  })

  it("is taken as it is, with all that the library makes of it", async () => {
    const { double } = await openDouble()
    const client = new GoogleStorage({ apiEndpoint: double.endpoint, projectId: "test-project" })
    const storage = createGcsStorage({ client })
    onTestFinished(() => storage.close())
    await storage.put("files", "a", "x")
    expect((await storage.list("files")).objects).toHaveLength(1)
    expect((await storage.listBuckets()).map(({ name }) => name)).toEqual(["files"])
  })

  it.each([
    ["no token", () => Promise.reject(new Error("Could not load the default credentials.")), "PERMISSION_DENIED"],
    ["no answer", () => new Promise<object>(() => {}), "UNAVAILABLE"],
  ])("that gives %s rejects, and sends nothing", async (_, headers, code) => {
    const { double } = await openDouble()
    const before = double.requests.length
    const clock = createManualClock()
    const storage = openStorage({ client: clientOf(double.endpoint, headers), timeoutMs: 1000 }, { clock })
    const listed = storage.list("files")
    listed.catch(() => {})
    await clock.advance(1001)
    await expect(listed).rejects.toThrow(error(code))
    expect(double.requests.length).toBe(before)
  })

  it("that gives no token is waited for until the signal", async () => {
    const { double } = await openDouble()
    const storage = openStorage({ client: clientOf(double.endpoint, () => new Promise<object>(() => {})) })
    const controller = new AbortController()
    const put = storage.put("files", "a", "x", { signal: controller.signal })
    setImmediate(() => controller.abort())
    await expect(put).rejects.toThrow(error("ABORTED"))
  })

  it("is not closed with the storage", async () => {
    const { double } = await openDouble()
    const client = new GoogleStorage({ apiEndpoint: double.endpoint, projectId: "test-project" })
    const storage = createGcsStorage({ client })
    await storage.put("files", "a", "x")
    await storage.close()
    await expect(storage.list("files")).rejects.toThrow(error("CLOSED"))
    expect((await client.bucket("files").exists())[0]).toBe(true)
  })
})

it("a token never goes over http: credentials sign, and requests are anonymous", async () => {
  const signer = makeServiceAccount()
  const { double, storage } = await openDouble({
    credentials: { client_email: signer.clientEmail, private_key: signer.privateKey },
  })
  await storage.list("files")
  expect(double.requests.every(({ headers }) => headers["authorization"] === undefined)).toBe(true)
})

it("STORAGE_EMULATOR_HOST leads to the emulator, whose paths are those of GCS", async () => {
  const { double } = await openDouble()
  const before = process.env["STORAGE_EMULATOR_HOST"]
  process.env["STORAGE_EMULATOR_HOST"] = double.endpoint
  onTestFinished(() => {
    if (before === undefined) delete process.env["STORAGE_EMULATOR_HOST"]
    else process.env["STORAGE_EMULATOR_HOST"] = before
  })
  const storage = createGcsStorage({ projectId: "test-project" })
  onTestFinished(() => storage.close())
  await storage.put("files", "a", "x")
  expect((await storage.listBuckets()).map(({ name }) => name)).toEqual(["files"])
  expect(storage.capabilities.conditionalCreate).toBe(false)
})

describe("an error of the library", () => {
  it.each<[what: string, error: unknown, code: string]>([
    ["a status as a text", Object.assign(new Error("x"), { code: "401" }), "PERMISSION_DENIED"],
    ["a status as a number", Object.assign(new Error("x"), { code: 400 }), "PERMISSION_DENIED"],
    ["a status beside it", Object.assign(new Error("x"), { status: 503 }), "UNAVAILABLE"],
    ["a status in its text", new Error("Request failed with status code 429"), "UNAVAILABLE"],
    ["a status in another text", new Error("status: 403, secret"), "PERMISSION_DENIED"],
    ["no network", Object.assign(new Error("x"), { code: "ENOTFOUND" }), "UNAVAILABLE"],
    ["a lost connection", Object.assign(new Error("x"), { code: "ECONNRESET" }), "UNAVAILABLE"],
    ["no file", Object.assign(new Error("/secret"), { code: "ENOENT" }), "INVALID_CONFIG"],
    ["a file that is no JSON", new SyntaxError("secret"), "INVALID_CONFIG"],
    ["a key that is none", Object.assign(new Error("secret"), { code: "ERR_OSSL_UNSUPPORTED" }), "INVALID_CONFIG"],
    ["nothing found", new Error("Could not load the default credentials. secret"), "PERMISSION_DENIED"],
    ["no error at all", "secret", "PERMISSION_DENIED"],
    ["nothing", undefined, "PERMISSION_DENIED"],
  ])("is one of ours, without its words: %s", (_, given, code) => {
    const mapped = credentialsError(given)
    expect([mapped.code, mapped.cause]).toEqual([code, given])
    expect(JSON.stringify(mapped)).not.toContain("secret")
  })
})

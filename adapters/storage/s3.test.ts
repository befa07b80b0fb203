import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { parseConfig } from "../../index.ts"
import { createS3Storage, type S3StorageOptions, s3Storage } from "./s3.ts"
import { isPathStyle } from "./s3-engine/options.ts"
import { presets } from "./s3-engine/presets.ts"
import { openDouble, refuse, startDouble, tell } from "./s3-engine/s3-double.fixture.ts"

/** What the options would be of a URL in the environment. */
async function optionsOf(url: string): Promise<Record<string, unknown>> {
  const [planned] = await parseConfig({ services: ["storage"], env: { STORAGE_URL: url } })
  return planned?.options as Record<string, unknown>
}

describe("options", () => {
  it.each([
    [{ unknown: 1 }, "unknown"],
    [{ endpoint: "localhost:9000" }, "endpoint"],
    [{ endpoint: "http://user:pass@localhost" }, "endpoint"],
    [{ endpoint: "http://localhost?a=b" }, "endpoint"],
    [{ preset: "s3" }, "preset"],
    [{ defaultBucket: "No" }, "defaultBucket"],
    [{ bucketPrefix: "-a" }, "bucketPrefix"],
    [{ partBytes: 5_000_000 }, "partBytes"],
    [{ timeoutMs: 0 }, "timeoutMs"],
    [{ checksumsWrite: ["sha1"] }, "checksumsWrite"],
    [{ region: "eu central-1" }, "region"],
    [{ region: "a/b" }, "region"],
    [{ region: "evil.example.org/" }, "region"],
    [{ region: "*" }, "region"],
    [{ region: "-a" }, "region"],
    [{ accessKeyId: "a" }, "secretAccessKey"],
    [{ secretAccessKey: "a" }, "accessKeyId"],
    [{ sessionToken: "a" }, "accessKeyId"],
    [{ client: {} }, "client"],
    [{ client: new S3Client({ region: "us-east-1" }), region: "us-east-1" }, "region"],
  ])("%j are refused by name", (options, name) => {
    expect(() => createS3Storage(options as never)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })

  it("are those of the adapter of s3:", () => {
    expect(s3Storage).toMatchObject({ service: "storage", name: "s3", schemes: ["s3"] })
  })

  it("are read from a URL", async () => {
    const query =
      "region=eu-central-1&endpoint=http://localhost:9000&forcePathStyle=true&preset=ceph&conditionalMatch=true"
    const lists = "checksumsWrite=crc32,sha256&presignMethods=GET&checksumsRead="
    expect(await optionsOf(`s3://key:s%2Fecret@files.example?${query}&${lists}`)).toMatchObject({
      defaultBucket: "files.example",
      accessKeyId: "key",
      secretAccessKey: "s/ecret",
      region: "eu-central-1",
      endpoint: "http://localhost:9000",
      forcePathStyle: true,
      preset: "ceph",
      conditionalMatch: true,
      checksumsWrite: ["crc32", "sha256"],
      presignMethods: ["GET"],
      checksumsRead: [],
    })
    for (const url of ["s3://bucket/folder", "s3://bucket:80"]) {
      await expect(optionsOf(url)).rejects.toMatchObject({ code: "INVALID_CONFIG" })
    }
  })
})

describe("capabilities", () => {
  const of = (options: S3StorageOptions) => createS3Storage(options).capabilities
  const NOTHING = {
    conditionalCreate: false,
    conditionalMatch: false,
    conditionalComplete: false,
    conditionalCopy: false,
    exactKeys: false,
    checksumsRead: [],
    checksumsWrite: [],
  }

  it("of AWS are all, and of an endpoint that nobody knows few", () => {
    expect(of({})).toMatchObject({ conditionalCreate: true, conditionalCopy: true, exactKeys: true, etag: "content" })
    expect(of({ endpoint: "http://localhost:9000" })).toMatchObject(NOTHING)
    expect(of({ client: new S3Client({ endpoint: "http://localhost:9000", region: "us-east-1" }) })).toMatchObject(
      NOTHING,
    )
  })

  it("are what the options say, before what the preset says", () => {
    const options = { endpoint: "http://localhost:9000", preset: "versitygw", conditionalCreate: false } as const
    expect(of(options)).toMatchObject({ conditionalCreate: false, conditionalMatch: true, conditionalCopy: false })
    expect(of({ ...options, presignMethods: ["GET"], exactKeys: true })).toMatchObject({
      presignMethods: ["GET"],
      exactKeys: true,
    })
  })
})

describe("an endpoint", () => {
  it.each([
    ["http://127.0.0.1:9000", true],
    ["http://[::1]:9000", true],
    ["http://localhost:9000", true],
    ["http://files.localhost", true],
    ["http://minio:9000", true],
    ["https://files.example", false],
    [undefined, false],
  ])("%s has buckets in the path: %s", (endpoint, isInPath) => {
    expect(isPathStyle(endpoint, presets.custom)).toBe(isInPath)
    expect(isPathStyle(endpoint, presets.ceph)).toBe(endpoint !== undefined)
  })

  it("has its buckets in the path where the options say it", async () => {
    const { double, storage } = await openDouble((_, response) => tell(response, { "content-length": 0 }))
    await storage.head("bucket", "a")
    expect(double.requests.map(({ url }) => url)).toEqual(["/bucket/a"])
  })
})

describe("credentials", () => {
  it("are those of the environment where none are given", async () => {
    const { double } = await openDouble((_, response) => tell(response, { "content-length": 0 }))
    vi.stubEnv("AWS_ACCESS_KEY_ID", "from-environment")
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret")
    onTestFinished(() => void vi.unstubAllEnvs())
    const storage = createS3Storage({ endpoint: double.endpoint })
    onTestFinished(() => storage.close())
    await storage.head("bucket", "a")
    expect(double.requests[0]?.headers.authorization).toContain("Credential=from-environment/")
  })

  it("that are nowhere are told, and so is a region that is nowhere", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION"])
      vi.stubEnv(name, undefined)
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true")
    vi.stubEnv("AWS_CONFIG_FILE", "/nowhere")
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    onTestFinished(() => void vi.unstubAllEnvs())
    const anonymous = createS3Storage({ region: "us-east-1" })
    await expect(anonymous.head("bucket", "a")).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      details: { reason: "credentials" },
    })
    const homeless = createS3Storage({ accessKeyId: "a", secretAccessKey: "b" })
    await expect(homeless.head("bucket", "a")).rejects.toMatchObject({ code: "INVALID_CONFIG" })
  })
})

describe("a client of the application", () => {
  const modes = { requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED" } as const

  async function open(config: S3ClientConfig, answer: Parameters<typeof openDouble>[0]) {
    const double = await startDouble(answer)
    const credentials = { accessKeyId: "any-access", secretAccessKey: "any-secret" }
    const client = new S3Client({
      endpoint: double.endpoint,
      region: "us-east-1",
      credentials,
      forcePathStyle: true,
      ...config,
    })
    const storage = createS3Storage({ client, preset: "aws" })
    onTestFinished(async () => {
      await storage.close()
      client.destroy()
      await double.close()
    })
    return { client, double, storage }
  }

  it("makes no second request on its own, and waits for no 100 Continue", async () => {
    const { double, storage } = await open({ ...modes, maxAttempts: 5 }, (_, response) =>
      refuse(response, 503, "SlowDown"),
    )
    const put = storage.put("bucket", "a", new Blob([new Uint8Array(3_000_000)]), { ifNoneMatch: "*" })
    await expect(put).rejects.toMatchObject({ code: "RATE_LIMITED" })
    expect(double.requests.filter(({ method }) => method === "PUT")).toHaveLength(1)
    expect(double.requests[0]?.headers).not.toHaveProperty("expect")
  })

  it("whose credentials never come ends each call in time, of which nothing was sent", async () => {
    const { double } = await openDouble((_, response) => tell(response))
    const client = new S3Client({
      ...{ ...modes, endpoint: double.endpoint, region: "us-east-1", forcePathStyle: true },
      credentials: () => new Promise(() => {}),
    })
    const storage = createS3Storage({ client, preset: "aws", timeoutMs: 100, idleTimeoutMs: 100 })
    onTestFinished(() => storage.close())
    for (const call of [
      () => storage.put("bucket", "a", "text"),
      () => storage.put("bucket", "a", "text", { ifNoneMatch: "*" }),
      () => storage.put("bucket", "a", new Uint8Array(100_000)),
      () => storage.delete("bucket", "a"),
      () => storage.head("bucket", "a"),
      () => storage.presign("bucket", "a", { method: "GET", expiresIn: 60 }),
      () => storage.presign("bucket", "a", { method: "POST", expiresIn: 60 }),
    ]) {
      const error: unknown = await call().catch((each) => each)
      expect(error).toMatchObject({ code: "TIMEOUT", retryable: true })
      expect(error).not.toMatchObject({ details: { outcome: "unknown" } })
    }
    expect(double.requests).toEqual([])
  })

  it("is refused where it would send checksums that nobody asked for", async () => {
    const { double, storage } = await open({}, (_, response) => tell(response))
    await expect(storage.put("bucket", "a", "text")).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      message: expect.stringContaining("requestChecksumCalculation"),
    })
    expect(double.requests).toEqual([])
  })

  it("stays open when the storage is closed", async () => {
    const { client, storage } = await open(modes, (_, response) => tell(response, { "content-length": 0 }))
    const destroy = vi.spyOn(client, "destroy")
    await storage.head("bucket", "a")
    await storage.close()
    expect(destroy).not.toHaveBeenCalled()
  })
})

describe("a storage", () => {
  it("that is closed settles what is under way", async () => {
    const { double, storage } = await openDouble(() => {})
    const call = storage.head("bucket", "a").catch((error) => error)
    await expect.poll(() => double.requests.length).toBe(1)
    await storage.close()
    expect(await call).toMatchObject({ code: "UNAVAILABLE" })
    await expect(storage.head("bucket", "a")).rejects.toMatchObject({ code: "CLOSED" })
  })

  it("is healthy where its bucket can be listed", async () => {
    const { double, storage } = await openDouble(
      (_, response) => response.end("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"),
      { defaultBucket: "files" },
    )
    expect(storage.defaultBucket).toBe("files")
    expect(await storage.healthCheck()).toMatchObject({ status: "healthy" })
    expect(double.requests.map(({ url }) => url)).toEqual([expect.stringMatching(/^\/files\/\?.*max-keys=1/)])
  })
})

import { describe, expect, it } from "vitest"
import { builtinAdapters } from "../../adapters/manifest.ts"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { describeConfig } from "../config/config.ts"
import { createServices } from "../services.ts"
import type { BucketConfig } from "./bucket-config.ts"
import type { StorageInstanceConfig } from "./document.ts"
import { documentAdapters, shortDocuments } from "./documents.fixture.ts"
import { asStorage } from "./portable-storage.ts"
import type { ObjectStorageConfig } from "./storage-config.ts"
import { storageOf } from "./stub-storage.fixture.ts"

const s3 = shortDocuments["s3"] as ObjectStorageConfig
const minio = shortDocuments["minio"] as ObjectStorageConfig
const local = shortDocuments["local"] as ObjectStorageConfig

function bucket(more: object = {}): BucketConfig {
  return { name: "uploads", label: "Uploads", bucketName: "my-uploads", provider: "s3", ...more }
}

const input = (storage: object, adapters = documentAdapters().adapters) => ({
  services: ["storage"] as const,
  adapters,
  env: {},
  config: { storage },
})

async function open(document: StorageInstanceConfig, store = createMemoryStorage()) {
  const { adapters, made } = documentAdapters(() => store)
  const services = await createServices({ ...input(document, adapters), services: ["storage"] })
  return { ...services, made, store }
}

async function optionsOf(document: StorageInstanceConfig): Promise<unknown> {
  const { close, made } = await open(document)
  await close()
  return made[0]
}

async function refusals(document: object) {
  const error = await createServices(input(document)).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: "INVALID_CONFIG", details: { issues: expect.any(Array) } })
  return (error as { details: { issues: { path: string; message: string }[] } }).details.issues
}

/** A memory storage that tells which methods were called. */
function watched(failures: Record<string, () => unknown> = {}) {
  const store = createMemoryStorage()
  const calls: string[] = []
  const call =
    (method: "list" | "createBucket" | "put" | "head") =>
    async (...args: unknown[]) => {
      calls.push(method)
      const failure = failures[method]?.()
      if (failure !== undefined) throw failure
      return (store[method] as (...args: unknown[]) => Promise<never>)(...args)
    }
  const methods = { list: call("list"), createBucket: call("createBucket"), put: call("put"), head: call("head") }
  const presign = async () => ({ url: "https://x.test", method: "GET" as const, headers: {}, expiresAt: new Date(0) })
  const capabilities = { presign: true, presignMethods: ["GET"] }
  return { calls, storage: asStorage({ ...storageOf(methods), presign }, { adapter: "watched", capabilities }) }
}

describe("the provider of an object storage document", () => {
  it("chooses the adapter, and what the connection says are its options", async () => {
    const keys = { accessKeyId: "id", secretAccessKey: "key", sessionToken: "token" }
    const connection = { ...keys, region: "eu-central-1", endpoint: "https://s3.test", timeout: 500 }
    expect(await optionsOf({ ...s3, connection })).toEqual({
      ...keys,
      region: "eu-central-1",
      endpoint: "https://s3.test",
      timeoutMs: 500,
    })
    expect(await optionsOf({ ...local, location: "/srv/files" })).toEqual({ root: "/srv/files" })
  })

  it("takes of the JSON of a service account what its adapter takes", async () => {
    const credentials = { client_email: "a@b.test", private_key: "key" }
    const json = JSON.stringify({ type: "service_account", project_id: "shop", ...credentials })
    const document = { ...s3, provider: "gcs" } as const
    const wanted = { projectId: "shop", credentials, timeoutMs: 10_000 }
    expect(await optionsOf({ ...document, connection: { credentials: json } })).toEqual(wanted)
    expect(await optionsOf({ ...document, connection: { credentials: json, projectId: "other" } })).toEqual({
      ...wanted,
      projectId: "other",
    })
  })

  it.each([
    ["minio", "minio"],
    ["r2", "r2"],
    ["spaces", "custom"],
    ["wasabi", "wasabi"],
    ["backblaze", "b2"],
  ] as const)("%s is s3 with the preset %s", async (provider, preset) => {
    expect(await optionsOf({ ...minio, provider })).toMatchObject({ preset, endpoint: "https://minio.test" })
  })

  it("gives way to a preset of the options", async () => {
    expect(await optionsOf({ ...minio, options: { preset: "versitygw" } })).toMatchObject({ preset: "versitygw" })
  })

  it("that is another product than AWS needs an endpoint", async () => {
    expect(await refusals({ ...minio, connection: {} })).toEqual([
      { path: "config.storage.connection.endpoint", message: "must be given, since minio is not at AWS" },
    ])
  })

  it("azure_blob is refused with the adapters there are", async () => {
    const connection = { accountName: "shop", accountKey: "key" }
    expect(await refusals({ ...s3, provider: "azure_blob", connection })).toEqual([
      {
        path: "config.storage.provider",
        message: "unknown adapter azure_blob; the adapters are s3, gcs, filesystem",
      },
    ])
  })

  it("takes other options as those of every adapter", async () => {
    expect(await optionsOf({ ...s3, options: { bucketPrefix: "test-" } })).toMatchObject({ bucketPrefix: "test-" })
  })
})

describe("the built-in adapters", () => {
  const keys = { accessKeyId: "id", secretAccessKey: "key", sessionToken: "token" }
  const remote = { ...keys, endpoint: "https://store.test", region: "eu-west-1", timeout: 500 }
  const credentials = JSON.stringify({ client_email: "a@b.test", private_key: "key", project_id: "shop" })
  const google = { endpoint: "https://store.test", timeout: 500, credentials }

  it.each<[StorageInstanceConfig["provider"], object, object]>([
    ["s3", remote, { pathStyle: true, multipartConfig: { partSize: 16_777_216 } }],
    ["minio", remote, {}],
    ["r2", remote, {}],
    ["spaces", remote, {}],
    ["wasabi", remote, {}],
    ["backblaze", remote, {}],
    ["gcs", google, {}],
    ["local", {}, {}],
  ])("take what a document of %s says", async (provider, connection, more) => {
    const location = provider === "local" ? "/srv/files" : undefined
    const buckets = [bucket({ provider, ...more })]
    const document = { ...s3, provider, connection, buckets, defaultBucket: "uploads", location }
    const { instances } = await describeConfig({ ...input(document), adapters: builtinAdapters })
    const given = instances[0]?.options.filter(({ source }) => source.startsWith("config.storage.")) ?? []
    const sources = new Set(given.map(({ source }) => source))
    for (const key of Object.keys(connection)) expect(sources).toContain(`config.storage.connection.${key}`)
    expect(sources).toContain("config.storage.defaultBucket")
  })
})

describe("the endpoint of an object storage document", () => {
  it.each<[string, object, string]>([
    ["without a scheme", { endpoint: "minio.test:9000" }, "https://minio.test:9000"],
    ["with useSSL false", { endpoint: "minio.test:9000", useSSL: false }, "http://minio.test:9000"],
    ["with its own scheme", { endpoint: "http://minio.test:9000" }, "http://minio.test:9000"],
    ["with both", { endpoint: "http://minio.test:9000", useSSL: false }, "http://minio.test:9000"],
  ])("%s", async (_, connection, endpoint) => {
    expect(await optionsOf({ ...minio, connection })).toMatchObject({ endpoint })
  })

  it.each<[string, object]>([
    ["that is http with useSSL", { endpoint: "http://minio.test", useSSL: true }],
    ["that is https without useSSL", { endpoint: "https://minio.test", useSSL: false }],
    ["that is not there without useSSL", { useSSL: false }],
  ])("%s is refused", async (_, connection) => {
    expect((await refusals({ ...s3, connection })).map(({ path }) => path)).toEqual([
      "config.storage.connection.useSSL",
    ])
  })
})

describe("the buckets of an object storage document", () => {
  const buckets = [bucket(), bucket({ name: "exports", bucketName: "my-exports" })]

  it("are there before the first call", async () => {
    const { close, storage, store } = await open({ ...s3, buckets })
    expect(await store.listBuckets()).toEqual([])
    expect((await storage.listBuckets()).map(({ name }) => name)).toEqual(["my-exports", "my-uploads"])
    await close()
  })

  it("are there when ready() resolves", async () => {
    const { close, ready, store } = await open({ ...s3, buckets })
    await ready()
    expect((await store.listBuckets()).map(({ name }) => name)).toEqual(["my-exports", "my-uploads"])
    await close()
  })

  it("are looked at once, and left alone where they are there", async () => {
    const { calls, storage: store } = watched()
    await store.createBucket("my-uploads")
    calls.length = 0
    const { close, ready, storage } = await open({ ...s3, buckets: [bucket()] }, store)
    await Promise.all([storage.put("my-uploads", "a", "1"), storage.put("my-uploads", "b", "2"), ready()])
    await storage.head("my-uploads", "a")
    expect(calls).toEqual(["list", "put", "put", "head"])
    await close()
  })

  it("are taken to be there where nobody may look", async () => {
    const denied = new ServiceError("PERMISSION_DENIED", "no")
    const { calls, storage: store } = watched({ list: () => denied, put: () => undefined })
    const { close, ready } = await open({ ...s3, buckets: [bucket()] }, store)
    await ready()
    expect(calls).toEqual(["list"])
    await close()
  })

  it("that cannot be made fail the call and ready(), and are made by the next one", async () => {
    let down = true
    const failure = () => (down ? new ServiceError("UNAVAILABLE", "down") : undefined)
    const { storage: store } = watched({ createBucket: failure })
    const { close, ready, storage } = await open({ ...s3, buckets: [bucket()] }, store)
    await expect(storage.put("my-uploads", "a", "1")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      operation: "createBucket",
    })
    await expect(ready()).rejects.toMatchObject({ code: "UNAVAILABLE" })
    down = false
    await storage.put("my-uploads", "a", "1")
    await close()
  })

  it("are not asked for by presign", async () => {
    const { calls, storage: store } = watched()
    const { close, storage } = await open({ ...s3, buckets: [bucket()] }, store)
    await storage.presign("my-uploads", "a", { method: "GET", expiresIn: 60 })
    expect(calls).toEqual([])
    await close()
  })

  it("with pathStyle force it", async () => {
    expect(await optionsOf({ ...s3, buckets: [bucket({ pathStyle: true })] })).toMatchObject({ forcePathStyle: true })
    expect(await optionsOf({ ...s3, buckets })).not.toHaveProperty("forcePathStyle")
  })

  it("with a partSize say how large parts are", async () => {
    const large = { multipartConfig: { partSize: 16_777_216 } }
    expect(await optionsOf({ ...s3, buckets: [bucket(large)] })).toMatchObject({ partBytes: 16_777_216 })
    expect(await optionsOf({ ...s3, buckets })).not.toHaveProperty("partBytes")
  })

  it.each([
    ["uploads", "my-uploads", buckets],
    ["my-exports", "my-exports", buckets],
    ["elsewhere", "elsewhere", []],
  ])("defaultBucket %s is %s", async (defaultBucket, wanted, buckets) => {
    const { close, made, storage } = await open({ ...s3, buckets, defaultBucket })
    expect(storage.defaultBucket).toBe(wanted)
    expect(made).toEqual([expect.objectContaining({ defaultBucket: wanted })])
    await close()
  })

  it("have a defaultBucket where the adapter has no such option", async () => {
    const { close, storage } = await open({ ...local, defaultBucket: "elsewhere" })
    expect(storage.defaultBucket).toBe("elsewhere")
    await close()
  })

  it("without defaultBucket leave the one of the adapter", async () => {
    const store = asStorage(Object.assign(storageOf({}), { defaultBucket: "of-the-url" }))
    const { close, storage } = await open({ ...s3, buckets: [] }, store)
    expect(storage.defaultBucket).toBe("of-the-url")
    await close()
  })
})

describe("an object storage document", () => {
  it("is described with where each value came from, and without secrets", async () => {
    const connection = { secretAccessKey: "hunter2", endpoint: "https://s3.test" }
    const document = { ...s3, connection, buckets: [bucket()], defaultBucket: "uploads", description: "All files" }
    const text = String(await describeConfig(input(document)))
    expect(text).toContain("storage: s3 (config.storage)")
    expect(text).toContain("endpoint = https://s3.test/ (config.storage.connection.endpoint)")
    expect(text).toContain('description = "All files" (config.storage.description)')
    expect(text).toContain('buckets = ["my-uploads"] (config.storage.buckets)')
    expect(text).toContain('defaultBucket = "my-uploads" (config.storage.defaultBucket)')
    expect(text).not.toContain("hunter2")
  })

  it("is asked where the store is, and the environment says it", async () => {
    const { adapters } = documentAdapters()
    const [planned] = await describeConfig({
      ...input(s3, adapters),
      env: { STORAGE_URL: "s3://x?region=eu-west-1" },
    }).then(({ instances }) => instances)
    expect(planned?.options).toContainEqual({
      key: "region",
      value: '"eu-west-1"',
      source: "STORAGE_URL?region",
    })
  })

  it.each<[string, object]>([
    ["name", { ...s3, name: "Files" }],
    ["label", { ...s3, label: undefined }],
    ["provider", { ...s3, provider: "ftp" }],
    ["connection", { ...s3, connection: undefined }],
    ["connection.user", { ...s3, connection: { user: "ada" } }],
    ["connection.timeout", { ...s3, connection: { timeout: 0 } }],
    ["connection.projectId", { ...s3, connection: { projectId: "shop" } }],
    ["connection.region", { ...local, connection: { region: "eu" } }],
    ["connection.endpoint", { ...local, connection: { endpoint: "https://x.test" } }],
    ["connection.credentials", { ...s3, provider: "gcs", connection: { credentials: "/etc/key.json" } }],
    ["scope", { ...s3, scope: "tenant" }],
    ["enabled", { ...s3, enabled: false }],
    ["quota", { ...s3, quota: 1_000_000 }],
    ["quota", { ...s3, quota: 0 }],
    ["location", { ...s3, location: "files" }],
    ["defaultBucket", { ...s3, defaultBucket: "Not A Bucket" }],
    ["defaultBucket", { ...s3, defaultBucket: "other", buckets: [bucket()] }],
    ["colour", { ...s3, colour: "red" }],
  ])("is refused at %s %#", async (path, document) => {
    expect((await refusals(document)).map((issue) => issue.path)).toEqual([`config.storage.${path}`])
  })

  it.each<[string, object]>([
    ["name", { name: "U" }],
    ["bucketName", { bucketName: "My_Uploads" }],
    ["region", { region: "eu-west-1" }],
    ["provider", { provider: "minio" }],
    ["endpoint", { endpoint: "https://elsewhere.test" }],
    ["versioning", { versioning: true }],
    ["encryption.enabled", { encryption: { enabled: true } }],
    ["encryption.algorithm", { encryption: { algorithm: "rot13" } }],
    ["accessControl.acl", { accessControl: { acl: "public_read" } }],
    ["accessControl.corsEnabled", { accessControl: { corsEnabled: true } }],
    ["accessControl.allowedOrigins", { accessControl: { allowedOrigins: ["https://x.test"] } }],
    ["accessControl.maxAge", { accessControl: { maxAge: 60 } }],
    ["accessControl.blockedIps", { accessControl: { blockedIps: ["10.0.0.0/8"] } }],
    ["accessControl.publicAccess.allowPublicRead", { accessControl: { publicAccess: { allowPublicRead: true } } }],
    ["lifecyclePolicy.enabled", { lifecyclePolicy: { enabled: true } }],
    [
      "lifecyclePolicy.rules.0.targetStorageClass",
      { lifecyclePolicy: { rules: [{ id: "old_files", action: "transition" }] } },
    ],
    ["multipartConfig.enabled", { multipartConfig: { enabled: false } }],
    ["multipartConfig.partSize", { multipartConfig: { partSize: 1 } }],
    ["multipartConfig.threshold", { multipartConfig: { threshold: 0 } }],
    ["multipartConfig.maxConcurrent", { multipartConfig: { maxConcurrent: 1 } }],
    ["multipartConfig.abortIncompleteAfterDays", { multipartConfig: { abortIncompleteAfterDays: 1 } }],
    ["tags", { tags: { team: "shop" } }],
    ["enabled", { enabled: false }],
  ])("is refused at %s of a bucket %#", async (path, more) => {
    const issues = await refusals({ ...s3, buckets: [bucket(more)] })
    expect(issues.map((issue) => issue.path)).toEqual([`config.storage.buckets.0.${path}`])
  })

  it("is refused where two buckets share a name, or differ in what a storage has once", async () => {
    const second = bucket({ pathStyle: true, multipartConfig: { partSize: 16_777_216 } })
    expect((await refusals({ ...s3, buckets: [bucket(), second] })).map((issue) => issue.path)).toEqual([
      "config.storage.buckets.1.name",
      "config.storage.buckets.1.bucketName",
      "config.storage.buckets.1.pathStyle",
      "config.storage.buckets.1.multipartConfig.partSize",
    ])
  })

  it("is refused where the adapter has no such option", async () => {
    const given = bucket({ provider: "local", pathStyle: true, multipartConfig: { partSize: 16_777_216 } })
    expect((await refusals({ ...local, buckets: [given] })).map((issue) => issue.path)).toEqual([
      "config.storage.buckets.0.pathStyle",
      "config.storage.buckets.0.multipartConfig.partSize",
    ])
  })

  it("shows no bucket and no secret in what it refuses", async () => {
    const connection = { secretAccessKey: "hunter2", credentials: "hunter3" }
    const document = { ...s3, provider: "gcs", connection, buckets: [bucket({ bucketName: "Secret_Bucket" })] }
    const error = await createServices(input(document)).catch((reason: unknown) => reason)
    expect(String(error)).not.toMatch(/hunter|Secret_Bucket/)
  })

  it("is taken with a bucket that says what the connection says", async () => {
    const connection = { region: "eu-west-1", endpoint: "https://s3.test" }
    const { close } = await open({ ...s3, connection, buckets: [bucket({ ...connection })] })
    await close()
  })
})

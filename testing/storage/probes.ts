import { ServiceError } from "../../contracts/foundation/errors.ts"
import { objectKeyIssue } from "../../contracts/storage/arguments.ts"
import type { StorageCapabilities } from "../../contracts/storage/storage.ts"
import type { ContractProbes } from "../engine/clause.ts"
import type { RemovingProbes } from "../families/roles.ts"
import { FILES, listAll, type StorageClient, textOf } from "./clause.ts"

const missing = undefined as unknown as string

/** Of probes alone. */
const BUCKET = "probes"
const EMPTY_BUCKET = "empty-probes"
const PROBE = { bucket: BUCKET, key: "probe" }

export const storageProbes: ContractProbes<StorageClient> = {
  calls: {
    createBucket: (storage) => storage.createBucket(BUCKET),
    listBuckets: (storage) => storage.listBuckets(),
    deleteBucket: (storage) => storage.deleteBucket(EMPTY_BUCKET).catch(unlessNotFound),
    put: (storage) => inBucket(storage, () => storage.put(BUCKET, "put", "text")),
    get: (storage) => inBucket(storage, async () => (await storage.get(BUCKET, "probe")).text()),
    head: (storage) => inBucket(storage, () => storage.head(BUCKET, "probe")),
    delete: (storage) => inBucket(storage, () => storage.delete(BUCKET, "populated")),
    list: (storage) => inBucket(storage, () => storage.list(BUCKET)),
    deleteMany: (storage) => inBucket(storage, () => storage.deleteMany(BUCKET, ["populated", "absent"])),
    copy: (storage) => inBucket(storage, () => storage.copy(PROBE, { bucket: BUCKET, key: "copied" })),
    presign: (storage) => storage.presign(BUCKET, "probe", { method: "GET", expiresIn: 60 }),
    async verifyPresigned(storage) {
      const { method, url } = await storage.presign(BUCKET, "probe", { method: "GET", expiresIn: 60 })
      await storage.verifyPresigned({ method, url })
    },
    createUpload: (storage) => inBucket(storage, async () => (await storage.createUpload(BUCKET, "uploaded")).abort()),
    resumeUpload: (storage) =>
      inBucket(storage, async () => {
        const { token } = await storage.createUpload(BUCKET, "resumed")
        const session = await storage.resumeUpload(token)
        await session.abort()
      }),
    sweepUploads: (storage) => inBucket(storage, () => storage.sweepUploads(BUCKET, 3_600_000)),
  },
  local: ["presign", "verifyPresigned"],
  badCalls: {
    createBucket: (storage) => storage.createBucket(missing),
    deleteBucket: (storage) => storage.deleteBucket("a_b"),
    put: (storage) => storage.put(BUCKET, "", "text"),
    get: (storage) => storage.get(BUCKET, "probe", { range: { start: 2, end: 1 } }),
    head: (storage) => storage.head(BUCKET, missing),
    delete: (storage) => storage.delete(BUCKET, missing),
    list: (storage) => storage.list(BUCKET, { limit: 0 }),
    deleteMany: (storage) => storage.deleteMany(BUCKET, missing as never),
    copy: (storage) => storage.copy(PROBE, { bucket: BUCKET, key: "" }),
    presign: (storage) => storage.presign(BUCKET, "probe", { method: "GET", expiresIn: 0 }),
    createUpload: (storage) => storage.createUpload(BUCKET, missing),
    resumeUpload: (storage) => storage.resumeUpload(""),
    sweepUploads: (storage) => storage.sweepUploads(BUCKET, -1),
  },
  refusedWithSecret: [
    (storage, secret) => storage.put(BUCKET, `${secret}\n`, secret),
    (storage, secret) => storage.put(`${secret}_`, "key", secret),
    (storage, secret) => storage.put(BUCKET, "key", secret, { metadata: { Password: secret } }),
    (storage, secret) => storage.put(BUCKET, "key", secret, { contentType: `${secret}\n` }),
    (storage, secret) => storage.get(BUCKET, "key", { ifMatch: `W/${secret}` }),
    (storage, secret) => storage.list(BUCKET, { cursor: secret }),
  ],
  storeSecret: (storage, secret) => storage.put(BUCKET, secret, secret, { metadata: { password: secret } }),
  populate: (storage) =>
    inBucket(storage, async () => {
      await storage.createBucket(EMPTY_BUCKET)
      await storage.put(BUCKET, "populated", "text")
    }),
  snapshot,
}

/** All buckets, with the keys and ETags of their objects. */
async function snapshot(storage: StorageClient): Promise<unknown> {
  // The first call is the one that is told of: nothing comes before it.
  const buckets = await storage.listBuckets()
  if (!ready.has(storage)) return inBucket(storage, () => snapshot(storage))
  const lists = await Promise.all(buckets.map(({ name }) => listAll(storage, {}, name)))
  return buckets.map(({ name }, index) => [name, lists[index]?.objects.map(({ etag, key }) => [key, etag])])
}

/** The clients that have made their bucket, with an object in it. */
const ready = new WeakSet<StorageClient>()

/** Makes a call in the bucket of probes, which the first call of a client makes. */
async function inBucket<Answer>(storage: StorageClient, call: () => Promise<Answer>): Promise<Answer> {
  if (!ready.has(storage)) {
    await storage.createBucket(BUCKET)
    await storage.put(BUCKET, "probe", "probe")
    ready.add(storage)
  }
  return call()
}

/** Keys of objects: what is stored under one is text. */
export const storageKeyProbes: RemovingProbes<StorageClient, StorageCapabilities> = {
  stores: {
    put: (storage, key, value) => inFiles(storage, () => storage.put(FILES, key, value as string)),
    copy: (storage, key, value) =>
      inFiles(storage, async () => {
        const source = { bucket: SOURCES, key: `source ${++sources}` }
        await storage.put(SOURCES, source.key, value as string)
        await storage.copy(source, { bucket: FILES, key })
      }),
    createUpload: (storage, key, value) =>
      inFiles(storage, async () => {
        const session = await storage.createUpload(FILES, key)
        await session.uploadPart(1, value as string)
        await session.complete()
      }),
  },
  reads: {
    get: (storage, key) => inFiles(storage, () => textOf(storage, key).catch(unlessNotFound)),
    copy: (storage, key) =>
      inFiles(storage, async () => {
        const target = { bucket: SOURCES, key: `target ${++sources}` }
        const found = await storage.copy({ bucket: FILES, key }, target).catch(unlessNotFound)
        return found && textOf(storage, target.key, SOURCES)
      }),
  },
  finds: {
    head: (storage, key) => inFiles(storage, async () => (await storage.head(FILES, key)) !== undefined),
  },
  removes: {
    delete: (storage, key) => removing(storage, key, () => storage.delete(FILES, key)),
    deleteMany: (storage, key) => removing(storage, key, () => storage.deleteMany(FILES, [key])),
  },
  lists: {
    list: (storage, prefix) =>
      inFiles(storage, async () => (await listAll(storage, { prefix })).objects.map(({ key }) => key)),
  },
  maxNameBytes: ({ maxKeyBytes }) => maxKeyBytes,
  maxValueBytes: ({ maxObjectBytes }) => Math.min(maxObjectBytes, 1_048_576),
  isName: (text, { exactKeys, maxKeyBytes }) =>
    objectKeyIssue(text, maxKeyBytes) === undefined && (exactKeys || !text.includes("/")),
  sample: (number) => `value ${number}`,
  large: (kind, number, step) => `${number}${kind === 0 ? "," : ";"}`.repeat(1 + number * step),
}

const SOURCES = "copies-of-probes"
let sources = 0

/** The clients that have made their buckets of keys. */
const filled = new WeakSet<StorageClient>()

async function inFiles<Answer>(storage: StorageClient, call: () => Promise<Answer>): Promise<Answer> {
  if (!filled.has(storage)) {
    await storage.createBucket(FILES)
    await storage.createBucket(SOURCES)
    filled.add(storage)
  }
  return call()
}

/** Tells whether there was an object, which is not there any more. */
async function removing(storage: StorageClient, key: string, remove: () => Promise<unknown>): Promise<boolean> {
  return inFiles(storage, async () => {
    const found = await storage.head(FILES, key).catch(() => undefined)
    await remove()
    return found !== undefined && (await storage.head(FILES, key)) === undefined
  })
}

function unlessNotFound(error: unknown): undefined {
  if (!ServiceError.is(error) || error.code !== "NOT_FOUND") throw error
}

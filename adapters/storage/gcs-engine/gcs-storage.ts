import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type {
  Body,
  BucketInfo,
  CopyOptions,
  DeleteBucketOptions,
  DeleteReport,
  GetOptions,
  IStorageMultipart,
  IStoragePresign,
  IStorageService,
  ListOptions,
  ListPage,
  ObjectInfo,
  ObjectRef,
  PutOptions,
  StoredObject,
} from "../../../contracts/storage/storage.ts"
import { bucketNotFound, deleteEach, NO_BUCKET_SEEN } from "../../../core/storage/for-adapters.ts"
import { copy } from "./copy.ts"
import { type Engine, openEngine } from "./engine.ts"
import { get } from "./get.ts"
import { list, pageOf } from "./list.ts"
import type { ParsedOptions } from "./options.ts"
import { presign } from "./presign.ts"
import { put } from "./put.ts"
import { infoOf } from "./resource.ts"

/** Object storage in Google Cloud Storage, or in a server that speaks its APIs. Opens nothing before its first call. */
export class GcsStorage implements IStorageService, Partial<IStoragePresign & IStorageMultipart> {
  readonly defaultBucket: string | undefined
  readonly presign?: IStoragePresign["presign"]
  readonly createUpload?: IStorageMultipart["createUpload"]
  readonly resumeUpload?: IStorageMultipart["resumeUpload"]
  readonly sweepUploads?: IStorageMultipart["sweepUploads"]
  readonly #options: ParsedOptions
  readonly #clock: Clock
  readonly #random: () => number
  #engine: Promise<Engine> | undefined

  constructor(options: ParsedOptions, clock: Clock, random: () => number) {
    this.#options = options
    this.#clock = clock
    this.#random = random
    this.defaultBucket = options.defaultBucket
    if (options.presign) this.presign = async (...args) => presign(await this.#open(), ...args)
    if (!options.multipart) return
    this.createUpload = async (...args) => (await this.#open()).uploads.create(...args)
    this.resumeUpload = async (token) => (await this.#open()).uploads.resume(token)
    this.sweepUploads = async (...args) => (await this.#open()).uploads.sweep(...args)
  }

  async createBucket(bucket: string): Promise<BucketInfo> {
    return (await this.#open()).buckets.create(bucket)
  }

  async listBuckets(): Promise<BucketInfo[]> {
    return (await this.#open()).buckets.list()
  }

  async deleteBucket(bucket: string, { force = false }: DeleteBucketOptions = {}): Promise<void> {
    await (await this.#open()).buckets.delete(bucket, force)
  }

  async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
    const engine = await this.#open()
    return engine.closing.holds(put(engine, bucket, key, body, options))
  }

  async get(bucket: string, key: string, options: GetOptions = {}): Promise<StoredObject> {
    return get(await this.#open(), bucket, key, options)
  }

  async head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    const { api } = await this.#open()
    const found = await api.find(bucket, key)
    return found && infoOf(bucket, found)
  }

  async delete(bucket: string, key: string): Promise<void> {
    const engine = await this.#open()
    await deleteObject(engine, bucket, key, () => engine.api.hasBucket(bucket))
  }

  async deleteMany(bucket: string, keys: readonly string[]): Promise<DeleteReport> {
    const engine = await this.#open()
    let looked: Promise<boolean> | undefined
    // Of many keys that are not there, the first has the bucket looked at.
    const hasBucket = () => {
      looked ??= engine.api.hasBucket(bucket)
      return looked
    }
    return deleteEach({ delete: (_, key) => deleteObject(engine, bucket, key, hasBucket) }, bucket, keys)
  }

  async list(bucket: string, options: ListOptions = {}): Promise<ListPage> {
    return list((await this.#open()).api, bucket, options)
  }

  async copy(from: ObjectRef, to: ObjectRef, options: CopyOptions = {}): Promise<ObjectInfo> {
    return copy((await this.#open()).api, from, to, options)
  }

  /** A list proves the line, the token and the bucket, with rights that every role for objects has. */
  async healthCheck(signal?: AbortSignal): Promise<PluginHealthStatus> {
    const { api, buckets } = await this.#open()
    const how = { attempts: 1, signal }
    if (this.defaultBucket !== undefined) await pageOf(api, this.defaultBucket, { maxResults: 1 }, how)
    else if (!(await buckets.mayList(signal))) return NO_BUCKET_SEEN
    return { status: "healthy", latency: 0 }
  }

  async close(): Promise<void> {
    const engine = await this.#engine?.catch(() => undefined)
    await engine?.close()
  }

  #open(): Promise<Engine> {
    this.#engine ??= openEngine(this.#options, this.#clock, this.#random)
    return this.#engine
  }
}

/** Resolves as well where nothing stands under the key. */
async function deleteObject(
  { api }: Engine,
  bucket: string,
  key: string,
  hasBucket: () => Promise<boolean>,
): Promise<void> {
  const reply = await api.delete(api.objectPath(bucket, key), {}, [404])
  if (reply.status === 404 && !(await hasBucket())) throw bucketNotFound()
}

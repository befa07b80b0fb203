import type { Clock } from "../../../contracts/foundation/clock.ts"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type {
  Body,
  BucketInfo,
  CopyOptions,
  DeleteBucketOptions,
  GetOptions,
  IStorageMultipart,
  IStoragePresign,
  IStorageService,
  IStorageVerify,
  ListOptions,
  ListPage,
  ObjectInfo,
  ObjectRef,
  PresignedGrant,
  PresignedRequest,
  PresignOptions,
  PutOptions,
  StorageCapabilities,
  StoredObject,
  UploadOptions,
  UploadSession,
  WriteConditions,
} from "../../../contracts/storage/storage.ts"
import {
  aborted,
  bucketNotFound,
  byteRange,
  objectNotFound,
  openedObject,
  pageOfKeys,
  preconditionFailed,
  rangeLength,
  type UrlSigner,
} from "../../../core/storage/for-adapters.ts"
import { clonePlain } from "../../kit/clone.ts"
import { Bucket, type HeldObject } from "./bucket.ts"
import { checkedSums, heldBytes } from "./held-body.ts"
import { Uploads } from "./uploads.ts"

/** Bytes are at hand, so nobody is waited for. */
const IDLE_MS = 60_000

export class MemoryStorage implements IStorageService, IStorageMultipart, IStoragePresign, IStorageVerify {
  readonly #buckets = new Map<string, Bucket>()
  readonly #uploads: Uploads
  readonly #capabilities: StorageCapabilities
  readonly #clock: Clock
  readonly #signer: UrlSigner

  constructor(capabilities: StorageCapabilities, clock: Clock, signer: UrlSigner) {
    this.#capabilities = capabilities
    this.#clock = clock
    this.#signer = signer
    this.#uploads = new Uploads(capabilities, clock, (bucket, key, bytes, options) => {
      return this.#store(bucket, key, bytes, options)
    })
  }

  async createBucket(name: string): Promise<BucketInfo> {
    const bucket = this.#buckets.get(name) ?? new Bucket(name, new Date(this.#clock.now()))
    this.#buckets.set(name, bucket)
    return infoOf(bucket)
  }

  async listBuckets(): Promise<BucketInfo[]> {
    return [...this.#buckets.values()].map(infoOf).sort((a, b) => compareCodePoints(a.name, b.name))
  }

  async deleteBucket(name: string, { force = false }: DeleteBucketOptions = {}): Promise<void> {
    if (this.#bucket(name).size > 0 && !force) throw preconditionFailed("bucket")
    this.#buckets.delete(name)
    this.#uploads.forget(name)
  }

  async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
    this.#bucket(bucket).check(key, options)
    const bytes = await heldBytes(body, options, this.#capabilities.maxObjectBytes)
    if (options.signal?.aborted) throw aborted(options.signal)
    return this.#store(bucket, key, bytes, options)
  }

  async get(bucket: string, key: string, options: GetOptions = {}): Promise<StoredObject> {
    const { ifMatch, ifNoneMatch, signal } = options
    if (signal?.aborted) throw aborted(signal)
    const { bytes, info } = this.#object(bucket, key)
    if (ifMatch !== undefined && ifMatch !== info.etag) throw preconditionFailed("changed")
    if (ifNoneMatch === info.etag) throw preconditionFailed("not-modified")
    const range = options.range && byteRange(options.range, info.size)
    const length = options.range === undefined ? info.size : rangeLength(range)
    const start = range?.start ?? 0
    return openedObject({
      info: clonePlain(info),
      range,
      length,
      source: bytes.subarray(start, start + length),
      signal,
      idleMs: IDLE_MS,
      clock: this.#clock,
    })
  }

  async head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    return clonePlain(this.#buckets.get(bucket)?.get(key)?.info)
  }

  async delete(bucket: string, key: string): Promise<void> {
    this.#bucket(bucket).delete(key)
  }

  async list(bucket: string, options: ListOptions = {}): Promise<ListPage> {
    const held = this.#bucket(bucket)
    const { cursor, keys, prefixes } = pageOfKeys(held.keys(), options)
    const objects = keys.map((key) => {
      const { etag, lastModified, size } = (held.get(key) as HeldObject).info
      return { bucket, key, size, etag, lastModified: new Date(lastModified) }
    })
    return { objects, prefixes, ...(cursor !== undefined && { cursor }) }
  }

  async copy(from: ObjectRef, to: ObjectRef, options: CopyOptions = {}): Promise<ObjectInfo> {
    if (options.signal?.aborted) throw aborted(options.signal)
    const { bytes, info } = this.#object(from.bucket, from.key)
    const { cacheControl = info.cacheControl, contentType = info.contentType, metadata = info.metadata } = options
    return this.#store(to.bucket, to.key, bytes, {
      ...info,
      ...{ cacheControl, contentType, metadata, ifMatch: options.ifMatch, ifNoneMatch: options.ifNoneMatch },
    })
  }

  presign(bucket: string, key: string, options: PresignOptions): Promise<PresignedRequest> {
    return this.#signer.presign(bucket, key, options)
  }

  verifyPresigned(request: Parameters<IStorageVerify["verifyPresigned"]>[0]): Promise<PresignedGrant> {
    return this.#signer.verifyPresigned(request)
  }

  async createUpload(bucket: string, key: string, options: UploadOptions = {}): Promise<UploadSession> {
    this.#bucket(bucket)
    return this.#uploads.create(bucket, key, options)
  }

  async resumeUpload(token: string): Promise<UploadSession> {
    return this.#uploads.resume(token)
  }

  async sweepUploads(bucket: string, olderThanMs: number): Promise<number> {
    this.#bucket(bucket)
    return this.#uploads.sweep(bucket, olderThanMs)
  }

  #store(
    bucket: string,
    key: string,
    bytes: Uint8Array,
    options: PutOptions & Partial<Pick<ObjectInfo, "checksums">>,
  ): ObjectInfo {
    const held = this.#bucket(bucket)
    const checksums = options.checksums ?? checkedSums(bytes, options.checksum)
    held.check(key, options)
    const info = this.#infoOf(bucket, key, bytes.length, { ...options, checksums })
    held.set(key, { info, bytes })
    return clonePlain(info)
  }

  #infoOf(
    bucket: string,
    key: string,
    size: number,
    given: Omit<PutOptions, keyof WriteConditions> & Pick<ObjectInfo, "checksums">,
  ): ObjectInfo {
    const { cacheControl, contentDisposition, contentEncoding, contentLanguage, metadata = {} } = given
    const { checksums, contentType = "" } = given
    return {
      bucket,
      key,
      size,
      etag: crypto.randomUUID(),
      lastModified: new Date(this.#clock.now()),
      contentType,
      ...(cacheControl !== undefined && { cacheControl }),
      ...(contentDisposition !== undefined && { contentDisposition }),
      ...(contentEncoding !== undefined && { contentEncoding }),
      ...(contentLanguage !== undefined && { contentLanguage }),
      metadata: { ...metadata },
      checksums: { ...checksums },
    }
  }

  #bucket(name: string): Bucket {
    const found = this.#buckets.get(name)
    if (found === undefined) throw bucketNotFound()
    return found
  }

  #object(bucket: string, key: string): HeldObject {
    const found = this.#bucket(bucket).get(key)
    if (found === undefined) throw objectNotFound()
    return found
  }
}

function infoOf({ createdAt, name }: Bucket): BucketInfo {
  return { name, createdAt: new Date(createdAt) }
}

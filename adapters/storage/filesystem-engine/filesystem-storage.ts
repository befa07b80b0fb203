import { rm, statfs } from "node:fs/promises"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type { IConnectable } from "../../../contracts/foundation/lifecycle.ts"
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
  PutOptions,
  StorageCapabilities,
  StoredObject,
  UploadOptions,
  UploadSession,
} from "../../../contracts/storage/storage.ts"
import {
  aborted,
  admitBody,
  byteRange,
  objectNotFound,
  openedObject,
  preconditionFailed,
  rangeLength,
  readUploadToken,
  type UrlSigner,
  uploadTokenOf,
} from "../../../core/storage/for-adapters.ts"
import { Buckets } from "./buckets.ts"
import { storageClosed } from "./errors.ts"
import { FileLocks } from "./file-locks.ts"
import { quietlyClosed } from "./files.ts"
import { createJson } from "./json-file.ts"
import { sweepLeftovers } from "./leftovers.ts"
import { listObjects } from "./listing.ts"
import { bytesOf, findObject, type ObjectFile, verifying } from "./object-file.ts"
import type { ParsedOptions } from "./options.ts"
import { type PieceSource, StagedFile } from "./staged-file.ts"
import { type Contents, objectInfoOf, storedInfoOf } from "./trailer.ts"
import { Tree } from "./tree.ts"
import { type UploadPlace, Uploads } from "./uploads.ts"
import { Writes } from "./writes.ts"

/** Of a volume with less room its health is degraded. */
const LOW_SHARE = 0.01

/** What works on a root that is there. */
interface Engine {
  readonly tree: Tree
  readonly writes: Writes
  readonly buckets: Buckets
  readonly uploads: Uploads
  readonly sweeping: Promise<void>
}

export class FilesystemStorage implements IStorageService, IStorageMultipart, IConnectable {
  readonly defaultBucket: string | undefined
  /** Absent without a secret: one of this instance alone would be of no use to other processes of the root. */
  readonly presign?: IStoragePresign["presign"]
  readonly verifyPresigned?: IStorageVerify["verifyPresigned"]
  readonly #options: ParsedOptions
  readonly #capabilities: StorageCapabilities
  readonly #clock: Clock
  readonly #sync: boolean
  readonly #closing = new AbortController()
  readonly #openFiles = new Set<ObjectFile>()
  readonly #counts = { gets: 0, puts: 0, leftoversRemoved: 0 }
  #engine: Promise<Engine> | undefined

  constructor(
    options: ParsedOptions,
    capabilities: StorageCapabilities,
    { clock, signer }: { readonly clock: Clock; readonly signer: UrlSigner | undefined },
  ) {
    this.defaultBucket = options.defaultBucket
    this.#options = options
    this.#capabilities = capabilities
    this.#clock = clock
    this.#sync = options.durability === "fsync"
    if (signer === undefined) return
    this.presign = (bucket, key, given) => signer.presign(bucket, key, given)
    this.verifyPresigned = (request) => signer.verifyPresigned(request)
  }

  async connect(): Promise<void> {
    await this.#open()
  }

  async createBucket(bucket: string): Promise<BucketInfo> {
    const { buckets } = await this.#open()
    return buckets.create(bucket, this.#clock.now())
  }

  async listBuckets(): Promise<BucketInfo[]> {
    const { buckets } = await this.#open()
    return buckets.list()
  }

  async deleteBucket(bucket: string, { force = false }: DeleteBucketOptions = {}): Promise<void> {
    const { buckets } = await this.#open()
    await buckets.delete(bucket, force)
  }

  async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
    const engine = await this.#open()
    const admitted = admitBody(body, options, this.#capabilities.maxObjectBytes)
    if (!(admitted instanceof Uint8Array)) {
      // Before a stream is read in vain.
      await engine.tree.requireBucket(bucket)
      await engine.writes.check(bucket, key, options)
    }
    const info = await this.#store(engine, { bucket, key }, admitted, options)
    this.#counts.puts++
    return info
  }

  async get(bucket: string, key: string, options: GetOptions = {}): Promise<StoredObject> {
    const { ifMatch, ifNoneMatch, signal } = options
    const file = await this.#find({ bucket, key })
    try {
      if (signal?.aborted) throw aborted(signal)
      const { etag, size } = file.stored
      if (ifMatch !== undefined && ifMatch !== etag) throw preconditionFailed("changed")
      if (ifNoneMatch === etag) throw preconditionFailed("not-modified")
      const range = options.range && byteRange(options.range, size)
      const length = options.range === undefined ? size : rangeLength(range)
      this.#counts.gets++
      return openedObject({
        info: objectInfoOf(bucket, key, file.stored),
        range,
        length,
        source: this.#sourceOf(file, range?.start ?? 0, length),
        signal,
        idleMs: this.#options.idleTimeoutMs,
        clock: this.#clock,
        verify: length === size ? verifying(file.stored) : undefined,
      })
    } catch (error) {
      file.close()
      throw error
    }
  }

  async head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    const { tree } = await this.#open()
    const file = await findObject(tree, bucket, key)
    if (file === undefined) {
      // No matter whether it is the object or its bucket that is not there, if the root is.
      await tree.hasBucket(bucket)
      return undefined
    }
    file.close()
    return objectInfoOf(bucket, key, file.stored)
  }

  async delete(bucket: string, key: string): Promise<void> {
    const { writes } = await this.#open()
    await writes.remove(bucket, key)
  }

  async list(bucket: string, options: ListOptions = {}): Promise<ListPage> {
    const { tree } = await this.#open()
    return listObjects(tree, bucket, options)
  }

  async copy(from: ObjectRef, to: ObjectRef, options: CopyOptions = {}): Promise<ObjectInfo> {
    const { ifMatch, ifNoneMatch, signal } = options
    const engine = await this.#open()
    const file = await this.#find(from)
    const pieces = bytesOf(file)
    try {
      await engine.tree.requireBucket(to.bucket)
      await engine.writes.check(to.bucket, to.key, options)
      const { stored } = file
      const { cacheControl = stored.cacheControl, contentType = stored.contentType } = options
      const { metadata = stored.metadata } = options
      const source = {
        size: stored.size,
        next: async () => {
          if (signal?.aborted) throw aborted(signal)
          return (await pieces.next()).value ?? undefined
        },
      }
      const given = { ...stored, cacheControl, contentType, metadata, ifMatch, ifNoneMatch, signal }
      return await this.#store(engine, to, source, given, stored)
    } finally {
      await pieces.return()
      file.close()
    }
  }

  async createUpload(bucket: string, key: string, options: UploadOptions = {}): Promise<UploadSession> {
    const { uploads } = await this.#open()
    return this.#session({ bucket, key, id: await uploads.create(bucket, key, options) })
  }

  async resumeUpload(token: string): Promise<UploadSession> {
    const { bucket, id, key } = readUploadToken("filesystem", token)
    return this.#session({ bucket, key, id })
  }

  async sweepUploads(bucket: string, olderThanMs: number): Promise<number> {
    const { uploads } = await this.#open()
    return uploads.sweep(bucket, olderThanMs)
  }

  /** Whether files can be written, and there is room for them. */
  async healthCheck(): Promise<Omit<PluginHealthStatus, "latency"> & { latency: number }> {
    const start = this.#clock.monotonic()
    const { tree } = await this.#open()
    const probe = tree.staged()
    try {
      await createJson(probe, {}, false)
    } finally {
      await rm(probe, { force: true })
    }
    const { freeBytes, totalBytes } = await roomOf(tree.root)
    const isLow = freeBytes < totalBytes * LOW_SHARE
    return {
      status: isLow ? "degraded" : "healthy",
      ...(isLow && { message: "The volume of root is almost full." }),
      latency: this.#clock.monotonic() - start,
      details: { freeBytes, totalBytes },
    }
  }

  async getMetrics(): Promise<Record<string, number>> {
    const { tree } = await this.#open()
    return { ...this.#counts, openObjects: this.#openFiles.size, ...(await roomOf(tree.root)) }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const file of this.#openFiles) file.close()
    this.#openFiles.clear()
    await (await this.#engine?.catch(() => undefined))?.sweeping
    await quietlyClosed()
  }

  async #store(
    { tree, writes }: Engine,
    { bucket, key }: ObjectRef,
    body: Uint8Array | PieceSource,
    options: PutOptions,
    copied?: Contents,
  ): Promise<ObjectInfo> {
    const staged = await StagedFile.create(tree)
    try {
      const contents = await staged.fill(body, options)
      const stored = storedInfoOf(copied ?? contents, options, this.#clock.now())
      const prepared = writes.prepare(bucket, key)
      await Promise.all([staged.seal(stored, this.#sync), prepared.catch(() => {})])
      await prepared
      if (options.signal?.aborted) throw aborted(options.signal)
      await writes.store(bucket, key, staged.path, options)
      return objectInfoOf(bucket, key, stored)
    } catch (error) {
      await staged.discard()
      throw error
    }
  }

  async #find({ bucket, key }: ObjectRef): Promise<ObjectFile> {
    const { tree } = await this.#open()
    const file = await findObject(tree, bucket, key, { toRead: true })
    if (this.#closing.signal.aborted) {
      file?.close()
      throw storageClosed()
    }
    if (file !== undefined) return file
    await tree.requireBucket(bucket)
    throw objectNotFound()
  }

  /** Its file stays open until it is read, unless it was small. */
  #sourceOf(file: ObjectFile, start: number, length: number): Parameters<typeof openedObject>[0]["source"] {
    const { bytes } = file
    if (bytes !== undefined) return bytes.subarray(start, start + length)
    const reader = file.reader({ start, end: start + length - 1 })
    const release = () => {
      this.#openFiles.delete(file)
      reader.release()
    }
    this.#openFiles.add(file)
    return { next: reader.next, release }
  }

  #session(place: UploadPlace): UploadSession {
    const { bucket, id, key } = place
    return {
      bucket,
      key,
      token: uploadTokenOf({ adapter: "filesystem", bucket, key, id }),
      uploadPart: async (number, body, options = {}) => {
        const { uploads } = await this.#open()
        const admitted = admitBody(body, options, this.#capabilities.maxObjectBytes)
        return uploads.uploadPart(place, number, admitted, options)
      },
      parts: async () => (await this.#open()).uploads.parts(place),
      complete: async () => (await this.#open()).uploads.complete(place),
      abort: async () => (await this.#open()).uploads.abort(place),
    }
  }

  #open(): Promise<Engine> {
    this.#engine ??= this.#openRoot().catch((error: unknown) => {
      this.#engine = undefined
      throw error
    })
    return this.#engine
  }

  async #openRoot(): Promise<Engine> {
    const { root, sweepAfterMs } = this.#options
    const tree = await Tree.open(root)
    const sync = this.#sync
    const locks = new FileLocks(tree.locks, tree.identity)
    const writes = new Writes(tree, locks, sync)
    const sweeping = sweepLeftovers(tree, sweepAfterMs, this.#closing.signal).then(
      (removed) => {
        this.#counts.leftoversRemoved += removed
      },
      // What is left is swept by the next instance, and whoever writes is told what is wrong.
      () => {},
    )
    return {
      tree,
      writes,
      buckets: new Buckets(tree, locks, sync),
      uploads: new Uploads(tree, locks, writes, { sync, capabilities: this.#capabilities, clock: this.#clock }),
      sweeping,
    }
  }
}

async function roomOf(root: string): Promise<{ freeBytes: number; totalBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(root)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

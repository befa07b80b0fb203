import type { AdapterContext } from "../../../contracts/adapter.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type { IConnectable } from "../../../contracts/foundation/lifecycle.ts"
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
  PresignedRequest,
  PresignOptions,
  PutOptions,
  StorageCapabilities,
  StoredObject,
  UploadOptions,
  UploadSession,
} from "../../../contracts/storage/storage.ts"
import { NO_BUCKET_SEEN } from "../../../core/storage/for-adapters.ts"
import { Buckets } from "./buckets.ts"
import { S3Connection } from "./connection.ts"
import { Copier } from "./copying.ts"
import { deleteObject, deleteObjects } from "./deleting.ts"
import { emptyBucket, emptyVersions } from "./emptying.ts"
import { serviceError } from "./errors.ts"
import { Failure } from "./failures.ts"
import { proveBucket, proveServer } from "./health.ts"
import { listPage } from "./listing.ts"
import { isTakenForAws, type ParsedOptions, presetOf } from "./options.ts"
import { Reader } from "./reading.ts"
import { Requests } from "./requests.ts"
import { Signer } from "./signing.ts"
import { UploadRequests } from "./upload-requests.ts"
import { Uploads } from "./uploads.ts"
import { Writer } from "./writing.ts"

/** The most bytes that S3 takes, or copies, in one request. */
const SINGLE_BYTES = 5 * 2 ** 30

/** Object storage in a server that speaks S3. */
export class S3Storage implements IStorageService, IStoragePresign, IStorageMultipart, IConnectable {
  readonly defaultBucket: string | undefined
  readonly #connection: S3Connection
  readonly #requests: Requests
  readonly #buckets: Buckets
  readonly #reader: Reader
  readonly #uploadRequests: UploadRequests
  readonly #writer: Writer
  readonly #copier: Copier
  readonly #signer: Signer
  readonly #uploads: Uploads

  constructor(
    options: ParsedOptions,
    capabilities: StorageCapabilities,
    { clock, random }: Pick<AdapterContext, "clock" | "random">,
    singleBytes: number = SINGLE_BYTES,
  ) {
    const { bucketPrefix, idleTimeoutMs, partBytes, timeoutMs } = options
    const { checksumsRead, conditionalComplete, maxObjectBytes, minPartBytes } = capabilities
    const onlyAws = isTakenForAws(options)
    const connection = new S3Connection(options)
    const requests = new Requests(connection, { clock, random, timeoutMs, idleTimeoutMs, onlyAws, bucketPrefix })
    const reader = new Reader(requests, { clock, idleTimeoutMs, readsSums: checksumsRead.length > 0 })
    const uploads = new UploadRequests(requests, reader)
    const { equalParts, storesCutBodies } = presetOf(options)
    this.defaultBucket = options.defaultBucket
    this.#connection = connection
    this.#requests = requests
    this.#buckets = new Buckets(requests)
    this.#reader = reader
    this.#uploadRequests = uploads
    this.#writer = new Writer(requests, reader, uploads, {
      ...{ clock, idleTimeoutMs, partBytes, equalParts, storesCutBodies, maxObjectBytes, singleBytes },
      ...{ conditionalComplete, checksumsRead },
    })
    this.#copier = new Copier(requests, reader, uploads, { singleBytes, conditionalComplete })
    this.#signer = new Signer(connection, requests, { clock, onlyAws, timeoutMs })
    const clockOffset = () => connection.clockOffset
    this.#uploads = new Uploads(uploads, {
      ...{ requests, clock, clockOffset },
      ...{ idleTimeoutMs, minPartBytes, maxObjectBytes, singleBytes },
    })
  }

  /** A bucket that is not there yet is no reason not to start. */
  async connect(): Promise<void> {
    if (this.defaultBucket === undefined) await proveServer(this.#requests)
    else await this.#reader.hasBucket(this.defaultBucket)
  }

  createBucket(bucket: string): Promise<BucketInfo> {
    return this.#buckets.create(bucket)
  }

  listBuckets(): Promise<BucketInfo[]> {
    return this.#buckets.list()
  }

  async deleteBucket(bucket: string, { force = false }: DeleteBucketOptions = {}): Promise<void> {
    if (force) await emptyBucket(this.#requests, bucket)
    try {
      await this.#buckets.delete(bucket)
    } catch (error) {
      if (!force || !ServiceError.is(error) || error.code !== "PRECONDITION_FAILED") throw error
      await emptyVersions(this.#requests, bucket)
      await this.#buckets.delete(bucket)
    }
  }

  put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
    return this.#writer.put(bucket, key, body, options)
  }

  get(bucket: string, key: string, options: GetOptions = {}): Promise<StoredObject> {
    return this.#reader.get(bucket, key, options)
  }

  async head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    return (await this.#reader.head(bucket, key))?.info
  }

  delete(bucket: string, key: string): Promise<void> {
    return deleteObject(this.#requests, bucket, key)
  }

  list(bucket: string, options: ListOptions = {}): Promise<ListPage> {
    return listPage(this.#requests, bucket, options)
  }

  deleteMany(bucket: string, keys: readonly string[]): Promise<DeleteReport> {
    return deleteObjects(this.#requests, bucket, keys)
  }

  copy(from: ObjectRef, to: ObjectRef, options: CopyOptions = {}): Promise<ObjectInfo> {
    return this.#copier.copy(from, to, options)
  }

  presign(bucket: string, key: string, options: PresignOptions): Promise<PresignedRequest> {
    return this.#signer.presign(bucket, key, options)
  }

  createUpload(bucket: string, key: string, options: UploadOptions = {}): Promise<UploadSession> {
    return this.#uploads.create(bucket, key, options)
  }

  async resumeUpload(token: string): Promise<UploadSession> {
    return this.#uploads.resume(token)
  }

  sweepUploads(bucket: string, olderThanMs: number): Promise<number> {
    return this.#uploads.sweep(bucket, olderThanMs)
  }

  async healthCheck(signal?: AbortSignal): Promise<PluginHealthStatus> {
    const { defaultBucket } = this
    if (defaultBucket !== undefined) await proveBucket(this.#requests, defaultBucket, signal)
    else if (!(await proveServer(this.#requests, signal))) return NO_BUCKET_SEEN
    return { status: "healthy", latency: 0 }
  }

  async getMetrics(): Promise<Record<string, number>> {
    return { uploads_orphaned: this.#uploadRequests.orphaned }
  }

  async close(): Promise<void> {
    this.#requests.end()
    this.#reader.close()
    await this.#uploadRequests.settled()
    this.#connection.close()
  }
}

/** What a call failed with, where it was a single request. */
export function mapError(error: unknown): ServiceError {
  if (ServiceError.is(error)) return error
  if (error instanceof Failure) return serviceError(error, "write")
  return new ServiceError("INTERNAL", "The client library failed; see cause.", { cause: error })
}

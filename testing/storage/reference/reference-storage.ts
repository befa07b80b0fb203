import { STORAGE_MAX_KEY_BYTES, STORAGE_MAX_METADATA_BYTES } from "../../../contracts/storage/arguments.ts"
import type {
  Body,
  BucketInfo,
  CopyOptions,
  DeleteBucketOptions,
  DeleteReport,
  GetOptions,
  IStorageService,
  ListOptions,
  ListPage,
  ObjectInfo,
  ObjectRef,
  PutOptions,
  StorageCapabilities,
  StoredObject,
} from "../../../contracts/storage/storage.ts"
import { ReferenceAnswering } from "./answering.ts"
import type { StorageReferenceOptions } from "./objects.ts"

/** Small enough to be tried, and large enough for bodies of many megabytes. */
const MAX_OBJECT_BYTES = 24 * 1024 * 1024

const referenceCapabilities: StorageCapabilities = {
  presign: true,
  verifyPresigned: true,
  multipart: true,
  conditionalGet: true,
  conditionalCreate: true,
  conditionalMatch: true,
  conditionalComplete: true,
  conditionalCopy: true,
  durable: true,
  shared: true,
  exactKeys: true,
  presignMethods: ["GET", "HEAD", "PUT", "POST", "DELETE"],
  etag: "version",
  checksumsRead: ["crc32", "sha256"],
  checksumsWrite: ["crc32", "sha256"],
  maxKeyBytes: STORAGE_MAX_KEY_BYTES,
  maxObjectBytes: MAX_OBJECT_BYTES,
  maxMetadataBytes: STORAGE_MAX_METADATA_BYTES,
  minPartBytes: 16,
}

/**
 * The shortest storage that keeps the whole contract. Mutants and oddities are subclasses that change one line of it,
 * which is why it is made of small methods.
 */
export class ReferenceStorage extends ReferenceAnswering implements IStorageService {
  override capabilities: StorageCapabilities

  constructor(options: StorageReferenceOptions) {
    super(options)
    const { maxValueBytes = MAX_OBJECT_BYTES } = (options.configuration ?? {}) as { maxValueBytes?: number }
    this.capabilities = { ...referenceCapabilities, maxObjectBytes: maxValueBytes }
  }

  async createBucket(bucket: string): Promise<BucketInfo> {
    this.checkBucket(bucket)
    return this.reply(this.bucketInfoOf(this.findBucket(bucket) ?? this.newBucket(bucket)))
  }

  async listBuckets(): Promise<BucketInfo[]> {
    this.checkOpen()
    return this.reply(this.ownBuckets().map((held) => this.bucketInfoOf(held)))
  }

  async deleteBucket(bucket: string, options: DeleteBucketOptions = {}): Promise<void> {
    this.checkDeleteBucket(bucket, options)
    const { objects } = this.bucketOf(bucket)
    if (objects.size > 0 && options.force !== true) {
      this.refuseFor("PRECONDITION_FAILED", "bucket", "The bucket holds objects.")
    }
    this.dropUploads(bucket)
    this.dropBucket(bucket)
    return this.reply(undefined)
  }

  override async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
    return this.sending(body, async (reader) => {
      this.checkPut(bucket, key, body, options)
      this.bucketOf(bucket)
      const read = this.readBody(reader, options)
      const bytes = read instanceof Uint8Array ? read : await read
      if (options.checksum !== undefined) await this.checkSum(bytes, options.checksum)
      return this.replyToWrite(this.commit(bucket, key, bytes, options, this.sumsOf(options)))
    })
  }

  /** The checksums that an object is stored with. */
  sumsOf({ checksum }: PutOptions): ObjectInfo["checksums"] {
    return checksum === undefined ? {} : { [checksum.algorithm]: checksum.value }
  }

  override async get(bucket: string, key: string, options: GetOptions = {}): Promise<StoredObject> {
    this.checkGet(bucket, key, options)
    const object = this.objectOf(bucket, key)
    this.checkReadConditions(object, options)
    return this.reply(this.handleOf(this.opened(bucket, object, options)))
  }

  override async head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    this.checkObject(bucket, key)
    const object = this.find(bucket, key)
    return this.reply(object && this.infoOf(bucket, object))
  }

  override async delete(bucket: string, key: string): Promise<void> {
    this.checkObject(bucket, key)
    this.remove(bucket, key)
    return this.reply(undefined)
  }

  async deleteMany(bucket: string, keys: readonly string[]): Promise<DeleteReport> {
    this.checkBucket(bucket)
    this.checkKeys(keys)
    this.bucketOf(bucket)
    const once = [...new Set(keys)]
    for (const key of once) this.remove(bucket, key)
    return this.reply({ deleted: once.length, failed: [] })
  }

  async list(bucket: string, options: ListOptions = {}): Promise<ListPage> {
    this.checkList(bucket, options)
    return this.reply(this.pageOf(bucket, this.bucketOf(bucket), options))
  }

  async copy(from: ObjectRef, to: ObjectRef, options: CopyOptions = {}): Promise<ObjectInfo> {
    this.checkCopy(from, to, options)
    const source = this.objectOf(from.bucket, from.key)
    const given = this.copiedOptions(source, options)
    return this.replyToWrite(this.commit(to.bucket, to.key, source.bytes, given, source.checksums))
  }
}

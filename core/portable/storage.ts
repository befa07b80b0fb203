import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import { typeName } from "../../contracts/foundation/text.ts"
import {
  type Body,
  type BucketInfo,
  bucketIssue,
  type ListOptions,
  type ListPage,
  type ObjectInfo,
  objectKeyIssue,
  type PutOptions,
  STORAGE_MAX_KEY_BYTES,
  type Storage,
  type StorageCapabilities,
  type StorageImplementation,
  type StoredObject,
  storageMethods,
} from "../../contracts/storage.ts"
import { Portable, type PortableOptions, portableInfo } from "./portable.ts"

export interface AsStorageOptions extends PortableOptions {
  capabilities?: Partial<StorageCapabilities> | undefined
}

/** The full `Storage` over any implementation of `IStorageService`. A `Storage` is returned as it is. */
export function asStorage(implementation: StorageImplementation, options: AsStorageOptions = {}): Storage {
  if (portableInfo(implementation) !== undefined) return implementation as Storage
  return new PortableStorage(implementation, options)
}

class PortableStorage extends Portable<StorageImplementation> implements Storage {
  readonly capabilities: StorageCapabilities

  constructor(implementation: StorageImplementation, options: AsStorageOptions) {
    super("storage", implementation, options, {
      methods: storageMethods,
      rebuild: (other) =>
        new PortableStorage(other as StorageImplementation, {
          ...options,
          adapter: this.adapter,
          capabilities: this.capabilities,
        }),
    })
    this.capabilities = Object.freeze({
      presign: false,
      multipart: false,
      conditionalGet: false,
      durable: false,
      shared: false,
      presignMethods: [],
      conditionalPut: { create: false, match: false, complete: false },
      checksums: [],
      maxKeyBytes: STORAGE_MAX_KEY_BYTES,
      maxObjectBytes: NO_LIMIT,
      maxMetadataBytes: NO_LIMIT,
      ...options.capabilities,
    })
  }

  createBucket(bucket: string): Promise<BucketInfo> {
    return this.#checked("createBucket", bucketIssue(bucket), () => this.implementation.createBucket(bucket))
  }

  listBuckets(): Promise<BucketInfo[]> {
    return this.guard("listBuckets", () => this.implementation.listBuckets())
  }

  deleteBucket(bucket: string, options: { force?: boolean | undefined } = {}): Promise<void> {
    return this.#checked("deleteBucket", bucketIssue(bucket), () => this.implementation.deleteBucket(bucket, options))
  }

  put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
    const isBody = typeof body === "string" || body instanceof Uint8Array
    const issue = isBody ? this.#place(bucket, key) : `A body is text or bytes, not ${typeName(body)}.`
    return this.#checked("put", issue, () => this.implementation.put(bucket, key, body, options))
  }

  get(bucket: string, key: string): Promise<StoredObject> {
    return this.#checked("get", this.#place(bucket, key), () => this.implementation.get(bucket, key))
  }

  head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    return this.#checked("head", this.#place(bucket, key), () => this.implementation.head(bucket, key))
  }

  delete(bucket: string, key: string): Promise<void> {
    return this.#checked("delete", this.#place(bucket, key), () => this.implementation.delete(bucket, key))
  }

  list(bucket: string, options: ListOptions = {}): Promise<ListPage> {
    const { limit = 1000 } = options
    const limitIssue = Number.isInteger(limit) && limit >= 1 && limit <= 1000 ? undefined : "limit is 1 to 1,000."
    return this.#checked("list", bucketIssue(bucket) ?? limitIssue, () => this.implementation.list(bucket, options))
  }

  protected probe(): Promise<unknown> {
    return this.implementation.listBuckets()
  }

  protected async metrics(): Promise<Record<string, number>> {
    return {}
  }

  #place(bucket: string, key: string): string | undefined {
    return bucketIssue(bucket) ?? objectKeyIssue(key)
  }

  #checked<T>(operation: string, issue: string | undefined, run: () => Promise<T>): Promise<T> {
    return issue === undefined ? this.guard(operation, run) : this.refuse(operation, "INVALID_ARGUMENT", issue)
  }
}

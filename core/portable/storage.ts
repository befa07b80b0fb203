import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import {
  type Body,
  type BucketInfo,
  bodyIssue,
  bucketIssue,
  type DeleteBucketOptions,
  deleteBucketOptionsIssue,
  type ListOptions,
  type ListPage,
  listOptionsIssue,
  type ObjectInfo,
  objectKeyIssue,
  type PutOptions,
  putOptionsIssue,
  STORAGE_MAX_KEY_BYTES,
  type Storage,
  type StorageCapabilities,
  type StorageImplementation,
  type StoredObject,
  storageMethods,
} from "../../contracts/storage.ts"
import { Portable, type PortableOptions, portableInfo } from "./portable.ts"

export interface AsStorageOptions extends PortableOptions {
  /** What the implementation can do. Default: the most modest. */
  capabilities?: Partial<StorageCapabilities> | undefined
}

/**
 * The full `Storage` over any implementation of `IStorageService`.
 *
 * Adds argument checks, CLOSED after close, error mapping and bounded health. A `Storage` is returned as it is.
 *
 * @example
 * const storage = asStorage(new MyStorage())
 * await storage.put("files", "hello.txt", "hello", { contentType: "text/plain" })
 */
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
      ...MODEST,
      ...(implementation as { capabilities?: StorageCapabilities }).capabilities,
      ...options.capabilities,
    })
  }

  createBucket(bucket: string): Promise<BucketInfo> {
    return this.#checked(
      "createBucket",
      () => bucketIssue(bucket),
      () => this.implementation.createBucket(bucket),
    )
  }

  listBuckets(): Promise<BucketInfo[]> {
    return this.guard("listBuckets", () => this.implementation.listBuckets())
  }

  deleteBucket(bucket: string, options?: DeleteBucketOptions): Promise<void> {
    const issue = () => bucketIssue(bucket) ?? deleteBucketOptionsIssue(options)
    return this.#checked("deleteBucket", issue, () => this.implementation.deleteBucket(bucket, options))
  }

  put(bucket: string, key: string, body: Body, options?: PutOptions): Promise<ObjectInfo> {
    const issue = () => this.#placeIssue(bucket, key) ?? bodyIssue(body) ?? putOptionsIssue(options)
    return this.#checked("put", issue, () => this.implementation.put(bucket, key, body, options))
  }

  get(bucket: string, key: string): Promise<StoredObject> {
    return this.#checked(
      "get",
      () => this.#placeIssue(bucket, key),
      () => this.implementation.get(bucket, key),
    )
  }

  head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    return this.#checked(
      "head",
      () => this.#placeIssue(bucket, key),
      () => this.implementation.head(bucket, key),
    )
  }

  delete(bucket: string, key: string): Promise<void> {
    return this.#checked(
      "delete",
      () => this.#placeIssue(bucket, key),
      () => this.implementation.delete(bucket, key),
    )
  }

  list(bucket: string, options?: ListOptions): Promise<ListPage> {
    const issue = () => bucketIssue(bucket) ?? listOptionsIssue(options)
    return this.#checked("list", issue, () => this.implementation.list(bucket, options))
  }

  protected probe(): Promise<unknown> {
    return this.implementation.listBuckets()
  }

  protected async metrics(): Promise<Record<string, number>> {
    return {}
  }

  #placeIssue(bucket: string, key: string): string | undefined {
    return bucketIssue(bucket) ?? objectKeyIssue(key, this.capabilities.maxKeyBytes)
  }

  #checked<T>(operation: string, check: () => string | undefined, run: () => Promise<T>): Promise<T> {
    return this.guard(operation, () => {
      const issue = check()
      return issue === undefined ? run() : this.refuse(operation, "INVALID_ARGUMENT", issue)
    })
  }
}

const MODEST: StorageCapabilities = {
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
}

import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import {
  bodyIssue,
  bucketIssue,
  deleteBucketOptionsIssue,
  listOptionsIssue,
  objectKeyIssue,
  putOptionsIssue,
  STORAGE_MAX_KEY_BYTES,
} from "../../contracts/storage/arguments.ts"
import {
  type Body,
  type BucketInfo,
  type DeleteBucketOptions,
  type ListOptions,
  type ListPage,
  type ObjectInfo,
  type PutOptions,
  type Storage,
  type StorageCapabilities,
  type StorageImplementation,
  type StoredObject,
  storageMethods,
} from "../../contracts/storage/storage.ts"
import { type Base, baseOf, declared, type PortableOptions, portableInfo } from "../foundation/base.ts"
import { Portable, type Refusal } from "../foundation/portable.ts"

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
  const capabilities = declared(MODEST, implementation, options.capabilities)
  return new PortableStorage(baseOf("storage", implementation, storageMethods, options), capabilities)
}

class PortableStorage extends Portable<StorageImplementation> implements Storage {
  readonly capabilities: StorageCapabilities

  constructor(base: Base<StorageImplementation>, capabilities: StorageCapabilities) {
    super(base)
    this.capabilities = capabilities
  }

  createBucket(bucket: string): Promise<BucketInfo> {
    return this.call("createBucket", [bucket])
  }

  listBuckets(): Promise<BucketInfo[]> {
    return this.call("listBuckets", [])
  }

  deleteBucket(bucket: string, options?: DeleteBucketOptions): Promise<void> {
    return this.call("deleteBucket", [bucket, options])
  }

  put(bucket: string, key: string, body: Body, options?: PutOptions): Promise<ObjectInfo> {
    return this.call("put", [bucket, key, body, options])
  }

  get(bucket: string, key: string): Promise<StoredObject> {
    return this.call("get", [bucket, key])
  }

  head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    return this.call("head", [bucket, key])
  }

  delete(bucket: string, key: string): Promise<void> {
    return this.call("delete", [bucket, key])
  }

  list(bucket: string, options?: ListOptions): Promise<ListPage> {
    return this.call("list", [bucket, options])
  }

  protected admit(method: string, args: readonly unknown[]): readonly unknown[] | Refusal {
    if (method === "listBuckets") return args
    const [bucket, second, body, options] = args
    const issue = bucketIssue(bucket)
    if (issue !== undefined || method === "createBucket") return issue ?? args
    if (method === "deleteBucket") return deleteBucketOptionsIssue(second) ?? args
    if (method === "list") return listOptionsIssue(second) ?? args
    const keyIssue = objectKeyIssue(second, this.capabilities.maxKeyBytes)
    if (keyIssue !== undefined || method !== "put") return keyIssue ?? args
    return bodyIssue(body) ?? putOptionsIssue(options) ?? args
  }

  protected probe(): Promise<unknown> {
    return this.implementation.listBuckets()
  }

  protected sibling(base: Base<StorageImplementation>): Storage {
    return new PortableStorage(base, this.capabilities)
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

/**
 * Object storage: bytes under a bucket and a key. Provisional: the base of the contract, version 1; streams as bodies,
 * ranges, conditions, delimiters, uploads in parts and signed URLs, and the clauses, come with the storage work.
 *
 * - put replaces the whole object, content type and metadata included. The ETag changes with each change of content.
 *   Text is stored as UTF-8; bytes are copied in and out.
 * - get of an absent object, and every call on an absent bucket, rejects NOT_FOUND; head of an absent object resolves
 *   undefined; delete of an absent object resolves.
 * - What get gave stays as it was, whatever is put or deleted later. After close its methods reject CLOSED.
 * - list gives keys in the order of their code points, page by page; a cursor stays valid under writes.
 * - createBucket of an existing bucket resolves; deleteBucket of one with objects rejects PRECONDITION_FAILED, unless
 *   forced.
 * - Keys have 1 to 1,024 UTF-8 bytes and are kept exactly: `a`, `a/`, `a//b` and `./a` are different keys. A lone
 *   surrogate, C0 control characters, `.`, `..` and a leading `../` reject INVALID_ARGUMENT.
 * - Names of metadata are lower-case letters, digits and hyphens, its values text. More than `maxMetadataBytes` of
 *   both, or `maxObjectBytes` of body, reject LIMIT_EXCEEDED.
 */
import type { IHealthCheckable } from "../foundation/health.ts"
import type { IClosable } from "../foundation/lifecycle.ts"
import type { MethodTable } from "../foundation/methods.ts"

export type Body = Uint8Array | string

export interface BucketInfo {
  name: string
  createdAt: Date
}

export interface ObjectInfo {
  bucket: string
  key: string
  /** Bytes. */
  size: number
  /** Opaque. */
  etag: string
  /** As given to put. */
  contentType?: string
  metadata: Record<string, string>
  lastModified: Date
}

export interface StoredObject {
  readonly info: ObjectInfo
  bytes(): Promise<Uint8Array>
  /** Read as UTF-8; bytes that are none read as U+FFFD. */
  text(): Promise<string>
  stream(): ReadableStream<Uint8Array>
}

export interface PutOptions {
  contentType?: string | undefined
  metadata?: Record<string, string> | undefined
}

export interface DeleteBucketOptions {
  /** Deletes the objects of the bucket as well. Default false. */
  force?: boolean | undefined
}

export interface ListOptions {
  /** Keys that begin with it, taken literally. */
  prefix?: string | undefined
  /** Objects of a page. Default 1,000, which is the most. */
  limit?: number | undefined
  /** From the page before. Any other text rejects INVALID_ARGUMENT. */
  cursor?: string | undefined
}

export interface ListPage {
  objects: ObjectInfo[]
  /** There while more objects follow. */
  cursor?: string
}

/** A class with these eight methods is an object storage. */
export interface IStorageService {
  createBucket(bucket: string): Promise<BucketInfo>
  listBuckets(): Promise<BucketInfo[]>
  deleteBucket(bucket: string, options?: DeleteBucketOptions): Promise<void>
  put(bucket: string, key: string, body: Body, options?: PutOptions): Promise<ObjectInfo>
  get(bucket: string, key: string): Promise<StoredObject>
  head(bucket: string, key: string): Promise<ObjectInfo | undefined>
  delete(bucket: string, key: string): Promise<void>
  list(bucket: string, options?: ListOptions): Promise<ListPage>
}

/** What an implementer writes. */
export type StorageImplementation = IStorageService & Partial<IHealthCheckable & IClosable>

export interface StorageCapabilities {
  readonly presign: boolean
  readonly multipart: boolean
  readonly conditionalGet: boolean
  /** Objects outlive the process. */
  readonly durable: boolean
  /** Several instances can hold one store: another process gets what this one put. */
  readonly shared: boolean
  readonly presignMethods: readonly string[]
  readonly conditionalPut: { readonly create: boolean; readonly match: boolean; readonly complete: boolean }
  readonly checksums: readonly string[]
  readonly maxKeyBytes: number
  readonly maxObjectBytes: number
  readonly maxMetadataBytes: number
}

/** The object storage that users hold: one type, whatever adapter was chosen. */
export interface Storage extends IStorageService, IHealthCheckable, IClosable {
  readonly capabilities: StorageCapabilities
}

const read = { kind: "read", idempotent: true } as const
const write = { kind: "write", idempotent: true } as const

/** Of the object that `get` resolves. */
export const storedObjectMethods = {
  bytes: read,
  text: read,
  stream: { kind: "stream", idempotent: true },
} as const satisfies MethodTable<StoredObject>

export const storageMethods = {
  createBucket: write,
  listBuckets: read,
  deleteBucket: write,
  put: write,
  get: { kind: "handle", idempotent: true, returns: storedObjectMethods },
  head: read,
  delete: write,
  list: read,
} as const satisfies MethodTable<Omit<Storage, keyof IHealthCheckable | keyof IClosable | "capabilities">>

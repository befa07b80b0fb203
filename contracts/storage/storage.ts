/**
 * Object storage: bytes under a bucket and a key. Contract version 1.
 *
 * Implement `IStorageService`, and any optional interface you can do natively; `asStorage` from `@objectos/sdk` makes the
 * full `Storage` of it, and `storageContract` from `@objectos/sdk/testing` proves it. The rules, each under the id of its
 * clause in the harness, are in `clauses.ts`; those of every service are in `contracts/foundation/clauses.ts`.
 *
 * Finer differences of errors are in `details.reason`: NOT_FOUND of a "bucket", an "object" or an "upload";
 * PRECONDITION_FAILED since the object "exists", has "changed" or is "not-modified", since a "bucket" has objects, or an
 * object was "read"; INVALID_ARGUMENT of a "range" (with `details.size`), a "size", a "checksum" or a "body";
 * UNAVAILABLE where the answer is no "protocol". TIMEOUT with `details.outcome` "unknown": nobody knows whether it was done.
 */
import type { IHealthCheckable } from "../foundation/health.ts"
import type { IClosable } from "../foundation/lifecycle.ts"
import type { MethodTable } from "../foundation/methods.ts"
import type { Body, BucketInfo, DeleteReport, ListPage, ObjectInfo, ObjectRef, StoredObject } from "./object.ts"
import type { IStorageMultipart, IStoragePresign, IStorageVerify, UploadSession } from "./optional-interfaces.ts"
import type { CopyOptions, DeleteBucketOptions, GetOptions, ListOptions, PutOptions } from "./options.ts"

export type * from "./object.ts"
export type * from "./optional-interfaces.ts"
export type * from "./options.ts"

/** A class with the eight methods up to `list` is an object storage. */
export interface IStorageService {
  /** One's own existing bucket resolves. */
  createBucket(bucket: string): Promise<BucketInfo>
  /** In the order of their names. */
  listBuckets(): Promise<BucketInfo[]>
  deleteBucket(bucket: string, options?: DeleteBucketOptions): Promise<void>
  /** Replaces the whole object, headers and metadata included; all of it or nothing. */
  put(bucket: string, key: string, body: Body, options?: PutOptions): Promise<ObjectInfo>
  get(bucket: string, key: string, options?: GetOptions): Promise<StoredObject>
  /** @returns Undefined for an object, or a bucket, that is not there. */
  head(bucket: string, key: string): Promise<ObjectInfo | undefined>
  /** An object that is not there resolves. */
  delete(bucket: string, key: string): Promise<void>
  list(bucket: string, options?: ListOptions): Promise<ListPage>
  deleteMany?(bucket: string, keys: readonly string[]): Promise<DeleteReport>
  copy?(from: ObjectRef, to: ObjectRef, options?: CopyOptions): Promise<ObjectInfo>
}

/** What an implementer writes: the base, and any of the optional interfaces. */
export type StorageImplementation = IStorageService &
  Partial<IStoragePresign & IStorageVerify & IStorageMultipart & IHealthCheckable & IClosable> & {
    readonly defaultBucket?: string | undefined
  }

export interface StorageCapabilities {
  readonly presign: boolean
  readonly verifyPresigned: boolean
  readonly multipart: boolean
  /** `ifMatch` and `ifNoneMatch` of get. */
  readonly conditionalGet: boolean
  /** `ifNoneMatch` of put. */
  readonly conditionalCreate: boolean
  /** `ifMatch` of put. */
  readonly conditionalMatch: boolean
  /** Both of an upload. */
  readonly conditionalComplete: boolean
  /** Both of copy. */
  readonly conditionalCopy: boolean
  /** Objects outlive the process. */
  readonly durable: boolean
  /** Several instances can hold one store: another process gets what this one put. */
  readonly shared: boolean
  /** Keys are texts. False where the server takes them for paths: `a` beside `a/b`, `a/`, `a//b` and long segments fail. */
  readonly exactKeys: boolean
  readonly presignMethods: readonly string[]
  /** `version`: each write gives another ETag. `content`: the same bytes give the same one, so A, B, A passes. */
  readonly etag: "content" | "version"
  /** Checksums that `head` tells of objects that were put with them; whole reads are checked against them. */
  readonly checksumsRead: readonly string[]
  /** Checksums that a put can be checked by. */
  readonly checksumsWrite: readonly string[]
  readonly maxKeyBytes: number
  readonly maxObjectBytes: number
  /** Names and values together, as encoded. */
  readonly maxMetadataBytes: number
  /** Of every part but the last. */
  readonly minPartBytes: number
}

/** The object storage that users hold: one type, whatever adapter was chosen. Missing optional methods reject UNSUPPORTED. */
export interface Storage
  extends Required<IStorageService>,
    IStoragePresign,
    IStorageVerify,
    IStorageMultipart,
    IHealthCheckable,
    IClosable {
  readonly capabilities: StorageCapabilities
  /** The bucket that the adapter's URL names. */
  readonly defaultBucket?: string | undefined
}

const read = { kind: "read", idempotent: true } as const
const write = { kind: "write", idempotent: true } as const

/** Of the object that `get` resolves. */
export const storedObjectMethods = {
  bytes: { ...read, idempotent: false },
  text: { ...read, idempotent: false },
  stream: { kind: "stream", idempotent: true },
  cancel: read,
} as const satisfies MethodTable<StoredObject>

/** Of the session that `createUpload` and `resumeUpload` resolve. */
export const uploadSessionMethods = {
  uploadPart: { ...write, idempotent: ([, body]) => isRepeatable(body) },
  parts: read,
  complete: write,
  abort: write,
} as const satisfies MethodTable<UploadSession>

/** A body that can be read again. */
function isRepeatable(body: unknown): boolean {
  return typeof body === "string" || body instanceof Uint8Array || body instanceof Blob
}

/** A second write with a condition would meet what the first one stored. */
function isUnconditional(options: unknown): boolean {
  const { ifMatch, ifNoneMatch } = (options ?? {}) as { ifMatch?: unknown; ifNoneMatch?: unknown }
  return ifMatch === undefined && ifNoneMatch === undefined
}

const matching = { ifMatch: "conditionalGet", ifNoneMatch: "conditionalGet" } as const
const putting = { ifMatch: "conditionalMatch", ifNoneMatch: "conditionalCreate" } as const
const copying = { ifMatch: "conditionalCopy", ifNoneMatch: "conditionalCopy" } as const
const completing = { ifMatch: "conditionalComplete", ifNoneMatch: "conditionalComplete" } as const

export const storageMethods = {
  createBucket: write,
  listBuckets: read,
  deleteBucket: write,
  put: {
    ...write,
    idempotent: ([, , body, options]) => isRepeatable(body) && isUnconditional(options),
    options: putting,
  },
  get: { kind: "handle", idempotent: true, returns: storedObjectMethods, options: matching },
  head: read,
  delete: write,
  list: read,
  deleteMany: write,
  copy: { ...write, idempotent: ([, , options]) => isUnconditional(options), options: copying },
  presign: { ...read, capability: "presign", options: { ifNoneMatch: "conditionalCreate" } },
  verifyPresigned: { ...read, capability: "verifyPresigned" },
  createUpload: {
    kind: "handle",
    idempotent: false,
    capability: "multipart",
    returns: uploadSessionMethods,
    options: completing,
  },
  resumeUpload: { kind: "handle", idempotent: true, capability: "multipart", returns: uploadSessionMethods },
  sweepUploads: { ...write, capability: "multipart" },
} as const satisfies MethodTable<
  Omit<Storage, keyof IHealthCheckable | keyof IClosable | "capabilities" | "defaultBucket">
>

/**
 * Object storage: bytes under a bucket and a key. Provisional: the base of the contract, as far as a first program
 * needs it; streams as bodies, ranges, conditions, uploads in parts and signed URLs come with the full contract.
 *
 * - put replaces the whole object, its metadata included, and gives it a new ETag when its content changed.
 * - get of an absent object, and every call on an absent bucket, rejects NOT_FOUND; head of an absent object resolves
 *   undefined; delete of an absent object resolves.
 * - list gives keys in the order of their code points, page by page.
 * - createBucket of an existing bucket resolves; deleteBucket of one with objects rejects PRECONDITION_FAILED, unless
 *   forced.
 */
import type { IHealthCheckable } from "./foundation/health.ts"
import type { IClosable } from "./foundation/lifecycle.ts"
import type { MethodTable } from "./foundation/methods.ts"
import { typeName, utf8Length } from "./foundation/text.ts"

export interface BucketInfo {
  name: string
  createdAt: Date
}

export interface ObjectInfo {
  bucket: string
  key: string
  /** Bytes. */
  size: number
  /** Opaque; differs whenever the content does. */
  etag: string
  contentType?: string
  metadata: Record<string, string>
  lastModified: Date
}

export interface StoredObject {
  readonly info: ObjectInfo
  stream(): ReadableStream<Uint8Array>
  bytes(): Promise<Uint8Array>
  /** Decoded as UTF-8. */
  text(): Promise<string>
}

export interface PutOptions {
  contentType?: string | undefined
  metadata?: Record<string, string> | undefined
}

export interface ListOptions {
  prefix?: string | undefined
  /** Default and most 1,000. */
  limit?: number | undefined
  /** Of the page before. */
  cursor?: string | undefined
}

export interface ListPage {
  objects: ObjectInfo[]
  /** There while more objects follow. */
  cursor?: string
}

export type Body = Uint8Array | string

export interface IStorageService {
  createBucket(bucket: string): Promise<BucketInfo>
  listBuckets(): Promise<BucketInfo[]>
  deleteBucket(bucket: string, options?: { force?: boolean | undefined }): Promise<void>
  put(bucket: string, key: string, body: Body, options?: PutOptions): Promise<ObjectInfo>
  get(bucket: string, key: string): Promise<StoredObject>
  head(bucket: string, key: string): Promise<ObjectInfo | undefined>
  delete(bucket: string, key: string): Promise<void>
  list(bucket: string, options?: ListOptions): Promise<ListPage>
}

export type StorageImplementation = IStorageService & Partial<IHealthCheckable & IClosable>

export interface StorageCapabilities {
  readonly presign: boolean
  readonly multipart: boolean
  readonly conditionalGet: boolean
  readonly durable: boolean
  readonly shared: boolean
  readonly presignMethods: readonly string[]
  readonly conditionalPut: { readonly create: boolean; readonly match: boolean; readonly complete: boolean }
  readonly checksums: readonly string[]
  readonly maxKeyBytes: number
  readonly maxObjectBytes: number
  readonly maxMetadataBytes: number
}

/** The storage that users hold. */
export interface Storage extends IStorageService, IHealthCheckable, IClosable {
  readonly capabilities: StorageCapabilities
}

const read = { kind: "read", idempotent: true } as const
const write = { kind: "write", idempotent: true } as const

export const storageMethods = {
  createBucket: write,
  listBuckets: read,
  deleteBucket: write,
  put: write,
  get: read,
  head: read,
  delete: write,
  list: read,
} as const satisfies MethodTable<IStorageService>

export const STORAGE_MAX_KEY_BYTES = 1024

/** What is wrong with the name of a bucket, or undefined. */
export function bucketIssue(bucket: unknown): string | undefined {
  if (typeof bucket !== "string") return `The name of a bucket is a string, not ${typeName(bucket)}.`
  const fits = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)
  return fits ? undefined : "The name of a bucket has 3 to 63 lower-case letters, digits, dots and hyphens."
}

/** What is wrong with a key, or undefined. */
export function objectKeyIssue(key: unknown): string | undefined {
  if (typeof key !== "string") return `A key is a string, not ${typeName(key)}.`
  if (key === "" || utf8Length(key) > STORAGE_MAX_KEY_BYTES) return "A key has 1 to 1,024 bytes."
  if (!key.isWellFormed()) return "A key has no lone surrogate."
  if (hasControlCharacter(key)) return "A key has no control character."
  const climbs = key === "." || key === ".." || key.startsWith("../")
  return climbs ? "A key is not . or .. and does not begin with ../" : undefined
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) < 0x20) return true
  return false
}

import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import { STORAGE_MAX_KEY_BYTES, STORAGE_MAX_METADATA_BYTES } from "../../contracts/storage/arguments.ts"
import {
  type Body,
  type BucketInfo,
  type CopyOptions,
  type DeleteBucketOptions,
  type DeleteReport,
  type GetOptions,
  type ListOptions,
  type ListPage,
  type ObjectInfo,
  type ObjectRef,
  type PresignedGrant,
  type PresignedRequest,
  type PresignOptions,
  type PutOptions,
  type Storage,
  type StorageCapabilities,
  type StorageImplementation,
  type StoredObject,
  storageMethods,
  type UploadOptions,
  type UploadSession,
} from "../../contracts/storage/storage.ts"
import { type Base, baseOf, declared, type PortableOptions, portableInfo } from "../foundation/base.ts"
import { Portable } from "../foundation/portable.ts"
import type { Refusal } from "../foundation/refusal.ts"
import { withBody } from "./body-source.ts"
import { checkArguments } from "./check-arguments.ts"
import { guardStore } from "./guard-store.ts"

export interface AsStorageOptions extends PortableOptions {
  /** What the implementation can do. Default: its interfaces told from the methods it has, else the most modest. */
  capabilities?: Partial<StorageCapabilities> | undefined
}

interface StorageSettings {
  readonly capabilities: StorageCapabilities
  readonly defaultBucket: string | undefined
}

/**
 * The full `Storage` over any implementation of `IStorageService`.
 *
 * Adds argument checks, bodies of every kind, CLOSED after close, error mapping and bounded health; `copy` and
 * `deleteMany` by other calls where the implementation has none. Other optional methods that it lacks reject
 * UNSUPPORTED. A `Storage` is returned as it is.
 *
 * @example
 * const storage = asStorage(new MyStorage())
 * await storage.put("files", "hello.txt", "hello", { contentType: "text/plain" })
 */
export function asStorage(implementation: StorageImplementation, options: AsStorageOptions = {}): Storage {
  if (portableInfo(implementation) !== undefined) return implementation as Storage
  const capabilities = declared(toldFromMethods(implementation), implementation, options.capabilities)
  const adapter = options.adapter ?? implementation.constructor?.name
  const base = baseOf("storage", guardStore(implementation, capabilities), storageMethods, { ...options, adapter })
  return new PortableStorage(base, { capabilities, defaultBucket: implementation.defaultBucket })
}

class PortableStorage extends Portable<StorageImplementation> implements Storage {
  readonly capabilities: StorageCapabilities
  readonly defaultBucket: string | undefined

  constructor(base: Base<StorageImplementation>, { capabilities, defaultBucket }: StorageSettings) {
    super(base)
    this.capabilities = capabilities
    this.defaultBucket = defaultBucket
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
    return withBody(body, () => this.call("put", [bucket, key, body, options]))
  }

  get(bucket: string, key: string, options?: GetOptions): Promise<StoredObject> {
    return this.call("get", [bucket, key, options])
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

  deleteMany(bucket: string, keys: readonly string[]): Promise<DeleteReport> {
    return this.call("deleteMany", [bucket, keys])
  }

  copy(from: ObjectRef, to: ObjectRef, options?: CopyOptions): Promise<ObjectInfo> {
    return this.call("copy", [from, to, options])
  }

  presign(bucket: string, key: string, options: PresignOptions): Promise<PresignedRequest> {
    return this.call("presign", [bucket, key, options])
  }

  verifyPresigned(request: Parameters<Storage["verifyPresigned"]>[0]): Promise<PresignedGrant> {
    return this.call("verifyPresigned", [request])
  }

  async createUpload(bucket: string, key: string, options?: UploadOptions): Promise<UploadSession> {
    return withBodies(await this.call<UploadSession>("createUpload", [bucket, key, options]))
  }

  async resumeUpload(token: string): Promise<UploadSession> {
    return withBodies(await this.call<UploadSession>("resumeUpload", [token]))
  }

  sweepUploads(bucket: string, olderThanMs: number): Promise<number> {
    return this.call("sweepUploads", [bucket, olderThanMs])
  }

  protected admit(method: string, args: readonly unknown[]): readonly unknown[] | Refusal {
    return checkArguments(method, args, this.capabilities)
  }

  protected probe(): Promise<unknown> {
    return this.implementation.listBuckets()
  }

  protected sibling(base: Base<StorageImplementation>, more: Partial<StorageSettings>): Storage {
    const { capabilities, defaultBucket } = this
    return new PortableStorage(base, { capabilities, defaultBucket: more.defaultBucket ?? defaultBucket })
  }
}

/** An upload whose parts are cancelled however the call fails: at the door, in a layer or in the store. */
function withBodies(session: UploadSession): UploadSession {
  const { bucket, key, token } = session
  return {
    bucket,
    key,
    token,
    uploadPart: (number, body, options) => withBody(body, () => session.uploadPart(number, body, options)),
    parts: () => session.parts(),
    complete: () => session.complete(),
    abort: () => session.abort(),
  }
}

/** What the presence of methods says; the rest is the most modest. */
function toldFromMethods(implementation: StorageImplementation): StorageCapabilities {
  return {
    presign: implementation.presign !== undefined,
    verifyPresigned: implementation.verifyPresigned !== undefined,
    multipart: implementation.createUpload !== undefined,
    conditionalGet: false,
    conditionalCreate: false,
    conditionalMatch: false,
    conditionalComplete: false,
    conditionalCopy: false,
    durable: false,
    shared: false,
    exactKeys: true,
    presignMethods: [],
    etag: "content",
    checksumsRead: [],
    checksumsWrite: [],
    maxKeyBytes: STORAGE_MAX_KEY_BYTES,
    maxObjectBytes: NO_LIMIT,
    maxMetadataBytes: STORAGE_MAX_METADATA_BYTES,
    minPartBytes: 0,
  }
}

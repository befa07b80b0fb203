/**
 * Object storage in this process.
 *
 * @example
 * const storage = createMemoryStorage()
 * await storage.createBucket("files")
 * await storage.put("files", "hello.txt", "hello", { contentType: "text/plain" })
 */
import * as z from "zod/mini"
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import type { Clock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { compareCodePoints, utf8Length } from "../../contracts/foundation/text.ts"
import { STORAGE_MAX_METADATA_BYTES } from "../../contracts/storage/arguments.ts"
import type {
  Body,
  BucketInfo,
  DeleteBucketOptions,
  IStorageService,
  ListOptions,
  ListPage,
  ObjectInfo,
  PutOptions,
  Storage,
  StoredObject,
} from "../../contracts/storage/storage.ts"
import { asStorage } from "../../core/storage/portable-storage.ts"
import { clonePlain } from "../kit/clone.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"

export const memoryStorageOptionsSchema = z.strictObject({
  /** A larger body is refused. Default: no limit. */
  maxObjectBytes: z._default(z.int().check(z.minimum(1)), NO_LIMIT),
})
export type MemoryStorageOptions = z.input<typeof memoryStorageOptionsSchema>
type ParsedOptions = z.output<typeof memoryStorageOptionsSchema>

/** @throws ServiceError INVALID_CONFIG with the path of each option at fault. */
export function createMemoryStorage(
  options: MemoryStorageOptions = {},
  context: Partial<AdapterContext> = {},
): Storage {
  const parsed = parseOptions(memoryStorageOptionsSchema, options, "memory storage")
  return openMemoryStorage(parsed, { ...defaultContext("storage"), ...context })
}

/** Of options that are checked. */
function openMemoryStorage({ maxObjectBytes }: ParsedOptions, { clock }: AdapterContext): Storage {
  const capabilities = { maxObjectBytes, maxMetadataBytes: STORAGE_MAX_METADATA_BYTES }
  return asStorage(new MemoryStorage(maxObjectBytes, clock), { adapter: "memory", capabilities, clock })
}

export const memoryStorage = defineAdapter({
  service: "storage",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: memoryStorageOptionsSchema,
  create: openMemoryStorage,
})

interface Stored {
  readonly info: ObjectInfo
  readonly bytes: Uint8Array
}

interface Bucket {
  readonly info: BucketInfo
  readonly objects: Map<string, Stored>
}

class MemoryStorage implements IStorageService {
  readonly #buckets = new Map<string, Bucket>()
  readonly #maxObjectBytes: number
  readonly #clock: Clock

  constructor(maxObjectBytes: number, clock: Clock) {
    this.#maxObjectBytes = maxObjectBytes
    this.#clock = clock
  }

  async createBucket(bucket: string): Promise<BucketInfo> {
    const made = this.#buckets.get(bucket) ?? {
      info: { name: bucket, createdAt: new Date(this.#clock.now()) },
      objects: new Map(),
    }
    this.#buckets.set(bucket, made)
    return clonePlain(made.info)
  }

  async listBuckets(): Promise<BucketInfo[]> {
    const infos = Array.from(this.#buckets.values(), ({ info }) => clonePlain(info))
    return infos.sort((a, b) => compareCodePoints(a.name, b.name))
  }

  async deleteBucket(bucket: string, { force = false }: DeleteBucketOptions = {}): Promise<void> {
    if (this.#objects(bucket).size > 0 && !force) {
      throw new ServiceError("PRECONDITION_FAILED", "The bucket holds objects; delete them first, or pass force: true.")
    }
    this.#buckets.delete(bucket)
  }

  async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
    const { contentType, metadata = {} } = options
    const objects = this.#objects(bucket)
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body)
    checkSize("body", bytes.length, "maxObjectBytes", this.#maxObjectBytes)
    const metadataBytes = Object.entries(metadata).flat().map(utf8Length)
    const metadataSize = metadataBytes.reduce((sum, size) => sum + size, 0)
    checkSize("metadata", metadataSize, "maxMetadataBytes", STORAGE_MAX_METADATA_BYTES)
    const info: ObjectInfo = {
      bucket,
      key,
      size: bytes.length,
      etag: crypto.randomUUID(),
      ...(contentType !== undefined && { contentType }),
      metadata: { ...metadata },
      lastModified: new Date(this.#clock.now()),
    }
    objects.set(key, { info, bytes })
    return clonePlain(info)
  }

  async get(bucket: string, key: string): Promise<StoredObject> {
    const stored = this.#objects(bucket).get(key)
    if (stored === undefined) throw new ServiceError("NOT_FOUND", "The bucket has no such object.")
    const { bytes, info } = stored
    return {
      info: clonePlain(info),
      bytes: async () => new Uint8Array(bytes),
      text: async () => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
      stream: () => streamOf(bytes),
    }
  }

  async head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    return clonePlain(this.#objects(bucket).get(key)?.info)
  }

  async delete(bucket: string, key: string): Promise<void> {
    this.#objects(bucket).delete(key)
  }

  async list(bucket: string, options: ListOptions = {}): Promise<ListPage> {
    const { cursor, limit = 1000, prefix = "" } = options
    const objects = this.#objects(bucket)
    const after = cursor === undefined ? "" : keyOfCursor(cursor)
    const infos = Array.from(objects.values(), ({ info }) => info)
      .filter(({ key }) => key.startsWith(prefix) && compareCodePoints(key, after) > 0)
      .sort((a, b) => compareCodePoints(a.key, b.key))
    const page = infos.slice(0, limit)
    const last = page.at(-1)
    return {
      objects: clonePlain(page),
      ...(infos.length > limit && last !== undefined && { cursor: cursorOfKey(last.key) }),
    }
  }

  #objects(bucket: string): Map<string, Stored> {
    const found = this.#buckets.get(bucket)
    if (found === undefined) throw new ServiceError("NOT_FOUND", "There is no such bucket; createBucket makes one.")
    return found.objects
  }
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(new Uint8Array(bytes))
      controller.close()
    },
  })
}

function checkSize(what: string, size: number, limit: string, max: number): void {
  if (size > max)
    throw new ServiceError(
      "LIMIT_EXCEEDED",
      `The ${what} must have at most ${max} bytes, as ${limit} says; got ${size}.`,
    )
}

function cursorOfKey(key: string): string {
  return Buffer.from(key).toString("base64url")
}

function keyOfCursor(cursor: string): string {
  const key = Buffer.from(cursor, "base64url").toString()
  if (key !== "" && cursorOfKey(key) === cursor) return key
  throw new ServiceError("INVALID_ARGUMENT", "A cursor must be one that list gave.")
}

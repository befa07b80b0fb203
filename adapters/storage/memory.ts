/**
 * Object storage in this process. Provisional, as its contract is.
 *
 * @example
 * const storage = createMemoryStorage()
 * await storage.createBucket("files")
 * await storage.put("files", "hello.txt", "hello", { contentType: "text/plain" })
 */
import { z } from "zod"
import { type AdapterContext, defineAdapter } from "../../contracts/foundation/adapter.ts"
import type { Clock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type {
  Body,
  BucketInfo,
  IStorageService,
  ListOptions,
  ListPage,
  ObjectInfo,
  PutOptions,
  Storage,
  StoredObject,
} from "../../contracts/storage.ts"
import { asStorage } from "../../core/portable/storage.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"

export const memoryStorageOptionsSchema = z.strictObject({})
export type MemoryStorageOptions = z.input<typeof memoryStorageOptionsSchema>

/** @throws ServiceError INVALID_CONFIG for an unknown option. */
export function createMemoryStorage(
  options: MemoryStorageOptions = {},
  context: Partial<AdapterContext> = {},
): Storage {
  parseOptions(memoryStorageOptionsSchema, options, "memory storage")
  const { clock } = { ...defaultContext("storage"), ...context }
  return asStorage(new MemoryStorage(clock), { adapter: "memory", clock })
}

export const memoryStorage = defineAdapter({
  service: "storage",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: memoryStorageOptionsSchema,
  create: createMemoryStorage,
})

interface Bucket {
  readonly createdAt: number
  readonly objects: Map<string, { readonly bytes: Uint8Array; readonly info: ObjectInfo }>
}

class MemoryStorage implements IStorageService {
  readonly #buckets = new Map<string, Bucket>()
  readonly #clock: Clock
  #version = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async createBucket(bucket: string): Promise<BucketInfo> {
    const made = this.#buckets.get(bucket) ?? { createdAt: this.#clock.now(), objects: new Map() }
    this.#buckets.set(bucket, made)
    return { name: bucket, createdAt: new Date(made.createdAt) }
  }

  async listBuckets(): Promise<BucketInfo[]> {
    const buckets = Array.from(this.#buckets, ([name, { createdAt }]) => ({ name, createdAt: new Date(createdAt) }))
    return buckets.sort((left, right) => (left.name < right.name ? -1 : 1))
  }

  async deleteBucket(bucket: string, { force = false }: { force?: boolean | undefined } = {}): Promise<void> {
    if (!force && this.#objects(bucket).size > 0) {
      throw new ServiceError("PRECONDITION_FAILED", `The bucket ${bucket} holds objects.`)
    }
    this.#buckets.delete(bucket)
  }

  async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body)
    const info: ObjectInfo = {
      bucket,
      key,
      size: bytes.length,
      etag: `"${++this.#version}"`,
      ...(options.contentType !== undefined && { contentType: options.contentType }),
      metadata: { ...options.metadata },
      lastModified: new Date(this.#clock.now()),
    }
    this.#objects(bucket).set(key, { bytes, info })
    return structuredClone(info)
  }

  async get(bucket: string, key: string): Promise<StoredObject> {
    const stored = this.#objects(bucket).get(key)
    if (stored === undefined) throw new ServiceError("NOT_FOUND", `There is no object ${key} in ${bucket}.`)
    const bytes = async () => new Uint8Array(stored.bytes)
    return {
      info: structuredClone(stored.info),
      bytes,
      text: async () => new TextDecoder("utf-8", { ignoreBOM: true }).decode(stored.bytes),
      stream: () =>
        new ReadableStream({
          async start(controller) {
            controller.enqueue(await bytes())
            controller.close()
          },
        }),
    }
  }

  async head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    return structuredClone(this.#objects(bucket).get(key)?.info)
  }

  async delete(bucket: string, key: string): Promise<void> {
    this.#objects(bucket).delete(key)
  }

  async list(bucket: string, { cursor, limit = 1000, prefix = "" }: ListOptions = {}): Promise<ListPage> {
    const encoder = new TextEncoder()
    const keys = [...this.#objects(bucket).keys()]
      .filter((key) => key.startsWith(prefix) && (cursor === undefined || compareBytes(encoder, key, cursor) > 0))
      .sort((left, right) => compareBytes(encoder, left, right))
    const page = keys.slice(0, limit)
    const objects = page.flatMap((key) => structuredClone(this.#objects(bucket).get(key)?.info) ?? [])
    const last = page.at(-1)
    return keys.length > limit && last !== undefined ? { objects, cursor: last } : { objects }
  }

  #objects(bucket: string): Bucket["objects"] {
    const found = this.#buckets.get(bucket)
    if (found === undefined) throw new ServiceError("NOT_FOUND", `There is no bucket ${bucket}.`)
    return found.objects
  }
}

/** UTF-8 bytes order as code points do. */
function compareBytes(encoder: TextEncoder, left: string, right: string): number {
  const [a, b] = [encoder.encode(left), encoder.encode(right)]
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

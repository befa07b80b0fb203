/**
 * Object storage in this process. Its signed URLs are answered by `serveSignedUrls` of `@objectos/sdk/storage`.
 *
 * @example
 * const storage = createMemoryStorage()
 * await storage.createBucket("files")
 * await storage.put("files", "hello.txt", "hello", { contentType: "text/plain" })
 */
import * as z from "zod/mini"
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import {
  STORAGE_MAX_KEY_BYTES,
  STORAGE_MAX_METADATA_BYTES,
  STORAGE_MIN_PART_BYTES,
  STORAGE_PRESIGN_METHODS,
} from "../../contracts/storage/arguments.ts"
import type { Storage, StorageCapabilities } from "../../contracts/storage/storage.ts"
import { signedUrlShape, UrlSigner } from "../../core/storage/for-adapters.ts"
import { asStorage } from "../../core/storage/portable-storage.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { MemoryStorage } from "./memory-engine/memory-storage.ts"

export const memoryStorageOptionsSchema = z.strictObject({
  /** A larger body is refused. Default: no limit. */
  maxObjectBytes: z._default(z.int().check(z.minimum(1)), NO_LIMIT),
  ...signedUrlShape,
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
function openMemoryStorage({ maxObjectBytes, ...signing }: ParsedOptions, { clock }: AdapterContext): Storage {
  const capabilities: StorageCapabilities = {
    presign: true,
    verifyPresigned: true,
    multipart: true,
    conditionalGet: true,
    conditionalCreate: true,
    conditionalMatch: true,
    conditionalComplete: true,
    conditionalCopy: true,
    durable: false,
    shared: false,
    exactKeys: true,
    presignMethods: STORAGE_PRESIGN_METHODS,
    etag: "version",
    checksumsRead: ["crc32", "crc32c", "md5", "sha256"],
    checksumsWrite: ["crc32", "crc32c", "md5", "sha256"],
    maxKeyBytes: STORAGE_MAX_KEY_BYTES,
    maxObjectBytes,
    maxMetadataBytes: STORAGE_MAX_METADATA_BYTES,
    minPartBytes: STORAGE_MIN_PART_BYTES,
  }
  const signer = new UrlSigner({ ...signing, clock })
  return asStorage(new MemoryStorage(capabilities, clock, signer), { adapter: "memory", capabilities, clock })
}

export const memoryStorage = defineAdapter({
  service: "storage",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: memoryStorageOptionsSchema,
  create: openMemoryStorage,
})

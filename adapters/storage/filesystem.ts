/**
 * Object storage in a directory, which several processes can use at the same time.
 *
 * @example
 * const storage = createFilesystemStorage({ root: "/srv/files", durability: "fsync" })
 * await storage.createBucket("files")
 * await storage.put("files", "hello.txt", "hello", { contentType: "text/plain" })
 */
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import { STORAGE_MAX_METADATA_BYTES, STORAGE_MIN_PART_BYTES } from "../../contracts/storage/arguments.ts"
import type { Storage, StorageCapabilities } from "../../contracts/storage/storage.ts"
import { asStorage } from "../../core/storage/portable-storage.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { fileError } from "./filesystem-engine/errors.ts"
import { FilesystemStorage } from "./filesystem-engine/filesystem-storage.ts"
import {
  type FilesystemStorageOptions,
  filesystemOptionsFromUrl,
  filesystemStorageOptionsSchema,
  maxKeyBytesBelow,
  type ParsedOptions,
} from "./filesystem-engine/options.ts"

export type { FilesystemStorageOptions } from "./filesystem-engine/options.ts"

/**
 * Opens its root on its first call.
 *
 * @throws ServiceError INVALID_CONFIG with the path of each option at fault.
 */
export function createFilesystemStorage(
  options: FilesystemStorageOptions,
  context: Partial<AdapterContext> = {},
): Storage {
  const parsed = parseOptions(filesystemStorageOptionsSchema, options, "filesystem storage")
  return openFilesystemStorage(parsed, { ...defaultContext("storage"), ...context })
}

/** Of options that are checked. */
function openFilesystemStorage(options: ParsedOptions, { clock }: AdapterContext): Storage {
  const capabilities: StorageCapabilities = {
    presign: false,
    verifyPresigned: false,
    multipart: true,
    conditionalGet: true,
    conditionalCreate: true,
    conditionalMatch: true,
    conditionalComplete: true,
    conditionalCopy: true,
    durable: true,
    shared: true,
    exactKeys: true,
    presignMethods: [],
    etag: "version",
    checksumsRead: ["crc32", "crc32c", "md5", "sha256"],
    checksumsWrite: ["crc32", "crc32c", "md5", "sha256"],
    maxKeyBytes: maxKeyBytesBelow(options.root),
    maxObjectBytes: options.maxObjectBytes,
    maxMetadataBytes: STORAGE_MAX_METADATA_BYTES,
    minPartBytes: STORAGE_MIN_PART_BYTES,
  }
  return asStorage(new FilesystemStorage(options, capabilities, clock), {
    adapter: "filesystem",
    capabilities,
    clock,
    mapError: fileError,
  })
}

export const filesystemStorage = defineAdapter({
  service: "storage",
  name: "filesystem",
  contractVersion: 1,
  schemes: ["file"],
  optionsSchema: filesystemStorageOptionsSchema,
  fromUrl: filesystemOptionsFromUrl,
  create: openFilesystemStorage,
})

/**
 * Object storage in a directory, which several processes can use at the same time. With a secret, its signed URLs are
 * answered by `serveSignedUrls` of `@objectos/sdk/storage`.
 *
 * @example
 * const storage = createFilesystemStorage({ root: "/srv/files", durability: "fsync" })
 * await storage.createBucket("files")
 * await storage.put("files", "hello.txt", "hello", { contentType: "text/plain" })
 */
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import {
  STORAGE_MAX_METADATA_BYTES,
  STORAGE_MIN_PART_BYTES,
  STORAGE_PRESIGN_METHODS,
} from "../../contracts/storage/arguments.ts"
import type { Storage, StorageCapabilities } from "../../contracts/storage/storage.ts"
import { UrlSigner } from "../../core/storage/for-adapters.ts"
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
  realRoot,
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
function openFilesystemStorage(parsed: ParsedOptions, { clock }: AdapterContext): Storage {
  // It stays the same directory when the process goes to another one.
  const options = { ...parsed, root: realRoot(parsed.root) }
  const { baseUrl, previousSecret, secret } = options
  const signer = secret === undefined ? undefined : new UrlSigner({ secret, previousSecret, baseUrl, clock })
  const capabilities: StorageCapabilities = {
    presign: signer !== undefined,
    verifyPresigned: signer !== undefined,
    multipart: true,
    conditionalGet: true,
    conditionalCreate: true,
    conditionalMatch: true,
    conditionalComplete: true,
    conditionalCopy: true,
    durable: true,
    shared: true,
    exactKeys: true,
    presignMethods: signer === undefined ? [] : STORAGE_PRESIGN_METHODS,
    etag: "version",
    checksumsRead: ["crc32", "crc32c", "md5", "sha256"],
    checksumsWrite: ["crc32", "crc32c", "md5", "sha256"],
    maxKeyBytes: maxKeyBytesBelow(options.root),
    maxObjectBytes: options.maxObjectBytes,
    maxMetadataBytes: STORAGE_MAX_METADATA_BYTES,
    minPartBytes: STORAGE_MIN_PART_BYTES,
  }
  return asStorage(new FilesystemStorage(options, capabilities, { clock, signer }), {
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

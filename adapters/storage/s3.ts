/**
 * Object storage in Amazon S3, or in a server that speaks its protocol. Needs the package `@aws-sdk/client-s3`, and for
 * signed URLs `@aws-sdk/s3-request-presigner` and `@aws-sdk/s3-presigned-post`.
 *
 * @example
 * const storage = createS3Storage({ region: "eu-central-1" })
 * await storage.put("files", "hello.txt", "hello", { contentType: "text/plain" })
 */
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import type { Storage } from "../../contracts/storage/storage.ts"
import { asStorage } from "../../core/storage/portable-storage.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { loadClient } from "./s3-engine/library.ts"
import {
  capabilitiesOf,
  type ParsedOptions,
  type S3StorageOptions,
  s3OptionsFromUrl,
  s3StorageOptionsSchema,
} from "./s3-engine/options.ts"
import { mapError, S3Storage } from "./s3-engine/s3-storage.ts"

export type { S3StorageOptions } from "./s3-engine/options.ts"

/**
 * Connects on its first call.
 *
 * @throws ServiceError INVALID_CONFIG with the path of each option at fault.
 */
export function createS3Storage(options: S3StorageOptions = {}, context: Partial<AdapterContext> = {}): Storage {
  return openS3Storage(parseOptions(s3StorageOptionsSchema, options, "s3 storage"), {
    ...defaultContext("storage"),
    ...context,
  })
}

/** Of options that are checked. */
function openS3Storage(options: ParsedOptions, context: AdapterContext): Storage {
  const capabilities = capabilitiesOf(options)
  return asStorage(new S3Storage(options, capabilities, context), {
    adapter: "s3",
    capabilities,
    clock: context.clock,
    mapError,
  })
}

export const s3Storage = defineAdapter({
  service: "storage",
  name: "s3",
  contractVersion: 1,
  schemes: ["s3"],
  optionsSchema: s3StorageOptionsSchema,
  fromUrl: s3OptionsFromUrl,
  peers: {
    "@aws-sdk/client-s3": "^3.1100.0",
    "@aws-sdk/s3-request-presigner": "^3.1100.0",
    "@aws-sdk/s3-presigned-post": "^3.1100.0",
  },
  async create(options, context) {
    // A missing package is told at start, not at the first call.
    await loadClient()
    return openS3Storage(options, context)
  },
})

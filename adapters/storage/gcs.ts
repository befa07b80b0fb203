/**
 * Object storage in Google Cloud Storage. Needs the package `@google-cloud/storage`.
 *
 * @example
 * const storage = createGcsStorage({ projectId: "shop", defaultBucket: "shop-files" })
 * await storage.put("shop-files", "hello.txt", "hello", { contentType: "text/plain" })
 */
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import type { Storage } from "../../contracts/storage/storage.ts"
import { asStorage } from "../../core/storage/portable-storage.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { GcsStorage } from "./gcs-engine/gcs-storage.ts"
import { loadGcsLibrary } from "./gcs-engine/library.ts"
import {
  capabilitiesOf,
  type GcsStorageOptions,
  gcsOptionsFromUrl,
  gcsStorageOptionsSchema,
  type ParsedOptions,
} from "./gcs-engine/options.ts"

export type { GcsStorageOptions } from "./gcs-engine/options.ts"

/**
 * Connects on its first call.
 *
 * @throws ServiceError INVALID_CONFIG with the path of each option at fault.
 */
export function createGcsStorage(options: GcsStorageOptions = {}, context: Partial<AdapterContext> = {}): Storage {
  return openGcsStorage(parseOptions(gcsStorageOptionsSchema, options, "gcs storage"), {
    ...defaultContext("storage"),
    ...context,
  })
}

/** Of options that are checked. */
function openGcsStorage(options: ParsedOptions, { clock, random }: AdapterContext): Storage {
  const capabilities = capabilitiesOf(options)
  return asStorage(new GcsStorage(options, clock, random), { adapter: "gcs", capabilities, clock })
}

export const gcsStorage = defineAdapter({
  service: "storage",
  name: "gcs",
  contractVersion: 1,
  schemes: ["gs"],
  optionsSchema: gcsStorageOptionsSchema,
  fromUrl: gcsOptionsFromUrl,
  peers: { "@google-cloud/storage": "^7.18.0 || ^8.0.0" },
  async create(options, context) {
    // A missing package is told at start, not at the first call.
    if (options.client === undefined) await loadGcsLibrary()
    return openGcsStorage(options, context)
  },
})

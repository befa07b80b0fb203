/** The same by version 8 of the library, which runs on Node 22 and later. */
import { Storage as GoogleStorage } from "google-cloud-storage-8"
import type { Storage } from "../../contracts/storage/storage.ts"
import { createGcsStorageWith, type GcsAccount, type GcsServerOptions } from "./gcs-account.ts"

export function createGcsStorageAs(account: GcsAccount, options: GcsServerOptions): Storage {
  return createGcsStorageWith(GoogleStorage, account, options)
}

/** The object storage: what makes one of an implementation. */
export type * from "../../contracts/storage/storage.ts"
export type { BucketConfig } from "./bucket-config.ts"
export type { StorageInstanceConfig } from "./document.ts"
export { type AsStorageOptions, asStorage } from "./portable-storage.ts"
export type { ObjectStorageConfig } from "./storage-config.ts"

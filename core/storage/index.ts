/** The object storage: what makes one of an implementation. */
export type * from "../../contracts/storage/storage.ts"
export { type AsStorageOptions, asStorage } from "./portable-storage.ts"

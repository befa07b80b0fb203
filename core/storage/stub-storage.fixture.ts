import type { StorageImplementation } from "../../contracts/storage/storage.ts"

/** A storage of these methods; the others do nothing. */
export function storageOf(methods: Partial<StorageImplementation>): StorageImplementation {
  const nothing = async () => undefined as never
  return {
    createBucket: nothing,
    listBuckets: nothing,
    deleteBucket: nothing,
    put: nothing,
    get: nothing,
    head: nothing,
    delete: nothing,
    list: nothing,
    ...methods,
  }
}

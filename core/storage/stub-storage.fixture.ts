import type { ObjectInfo, StorageImplementation } from "../../contracts/storage/storage.ts"

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

/** What an object of the stub says of itself. */
export function infoOf(given: Partial<ObjectInfo> = {}): ObjectInfo {
  return {
    ...{ bucket: "files", key: "key", size: 1, etag: "1", lastModified: new Date(0) },
    ...{ contentType: "text/plain", metadata: {}, checksums: {} },
    ...given,
  }
}

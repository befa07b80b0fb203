import type { ObjectInfo, Storage } from "../../contracts/storage/storage.ts"

/**
 * Replaces the metadata of an object as a whole, and keeps its bytes and its headers: the object is copied onto itself.
 * Its time changes, and where the capability `etag` is "version" its ETag. One that is put meanwhile may be lost: pass
 * `copy` a condition where that matters.
 *
 * @throws ServiceError as of `copy`: NOT_FOUND, LIMIT_EXCEEDED over `maxMetadataBytes`.
 * @example
 * await setMetadata(storage, "files", "a.pdf", { owner: "ada" })
 */
export async function setMetadata(
  storage: Pick<Storage, "copy">,
  bucket: string,
  key: string,
  metadata: Record<string, string>,
): Promise<ObjectInfo> {
  const object = { bucket, key }
  return storage.copy(object, object, { metadata })
}

import type { CopyOptions, ObjectInfo, ObjectRef, Storage } from "../../contracts/storage/storage.ts"

/**
 * Moves an object: copies it, then deletes where it was. It is there at all times, at one place or at both.
 *
 * Where the copy fails, nothing has changed. Where the delete fails, its error is rejected with, and the object stands at
 * both places: call move again without conditions, or delete one. The copy is never taken back, since somebody may have
 * read it. Another one that is put to the first place between copy and delete is deleted.
 *
 * Conditions are about the target. An object that is moved onto itself stays, with the fields that are given.
 *
 * @returns The object at its new place.
 * @throws ServiceError as of `copy` and `delete`.
 * @example
 * await move(storage, { bucket: "inbox", key: "a.pdf" }, { bucket: "archive", key: "2026/a.pdf" })
 */
export async function move(
  storage: Pick<Storage, "copy" | "delete">,
  from: ObjectRef,
  to: ObjectRef,
  options?: CopyOptions,
): Promise<ObjectInfo> {
  const info = await storage.copy(from, to, options)
  if (from.bucket !== to.bucket || from.key !== to.key) await storage.delete(from.bucket, from.key)
  return info
}

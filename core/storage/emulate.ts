import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import type {
  CopyOptions,
  DeleteReport,
  IStorageService,
  ObjectInfo,
  ObjectRef,
} from "../../contracts/storage/storage.ts"

import { bodyFailure } from "./errors.ts"

const AT_ONCE = 16

/** copy of a storage that has none: the bytes come here and go back. */
export async function copyThrough(
  storage: IStorageService,
  from: ObjectRef,
  to: ObjectRef,
  options: CopyOptions = {},
): Promise<ObjectInfo> {
  const { signal } = options
  const object = await storage.get(from.bucket, from.key, { signal })
  const { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, metadata, size } =
    object.info
  const headers = { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, metadata }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  try {
    return await storage.put(to.bucket, to.key, object.stream(), { ...headers, size, ...given })
  } catch (error) {
    throw bodyFailure(error)
  } finally {
    await object.cancel()
  }
}

/** deleteMany of a storage that has none, or whose server refuses it: one call a key, a few at a time. */
export async function deleteEach(
  storage: Pick<IStorageService, "delete">,
  bucket: string,
  keys: readonly string[],
): Promise<DeleteReport> {
  const report: DeleteReport = { deleted: 0, failed: [] }
  for (let start = 0; start < keys.length; start += AT_ONCE) {
    const some = keys.slice(start, start + AT_ONCE)
    const outcomes = await Promise.allSettled(some.map((key) => storage.delete(bucket, key)))
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === "fulfilled") report.deleted++
      else report.failed.push(failureOf(some[index] as string, outcome.reason))
    }
  }
  return report
}

/** @throws what says that no key of the bucket can be deleted. */
function failureOf(key: string, reason: unknown): DeleteReport["failed"][number] {
  if (!ServiceError.is(reason)) throw reason
  if (reason.code === "NOT_FOUND" || ENDS_ALL.has(reason.code)) throw reason
  return { key, code: reason.code, message: reason.message }
}

const ENDS_ALL: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["CLOSED", "UNAVAILABLE", "TIMEOUT", "ABORTED"])

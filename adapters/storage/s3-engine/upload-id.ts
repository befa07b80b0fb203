import { uploadNotFound } from "../../../core/storage/for-adapters.ts"
import { serviceError } from "./errors.ts"
import type { Failure } from "./failures.ts"
import type { Requests } from "./requests.ts"

/** What a server finds an upload by. */
export interface UploadId {
  readonly bucket: string
  readonly key: string
  readonly id: string
}

/** The members that all commands on an upload have. */
export function uploadInput(requests: Requests, { bucket, id, key }: UploadId) {
  return { Bucket: requests.stored(bucket), Key: key, UploadId: id }
}

/** What is not there is the upload, unless the server says that it is the bucket. */
export function refuseUpload(failure: Failure): never {
  if (failure.status === 404 && failure.code !== "NoSuchBucket") throw uploadNotFound(failure.cause)
  throw serviceError(failure, "write")
}

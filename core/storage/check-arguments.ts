import {
  ageIssue,
  bodyIssue,
  bucketIssue,
  copyOptionsIssue,
  deleteBucketOptionsIssue,
  getOptionsIssue,
  listOptionsIssue,
  objectKeyIssue,
  objectKeysIssue,
  partNumberIssue,
  presignedRequestIssue,
  presignOptionsIssue,
  putOptionsIssue,
  sendOptionsIssue,
  uploadOptionsIssue,
  uploadTokenIssue,
} from "../../contracts/storage/arguments.ts"
import { metadataBytes } from "../../contracts/storage/metadata.ts"
import type {
  ObjectHeaders,
  PresignOptions,
  SendOptions,
  StorageCapabilities,
} from "../../contracts/storage/storage.ts"
import type { Refusal } from "../foundation/portable.ts"
import { contentTypeOf } from "./content-type.ts"
import { encodeDisposition } from "./disposition.ts"

type Arguments = readonly unknown[]

/** The arguments as an implementation takes them, or why the call is refused. */
type Check = (args: Arguments, capabilities: StorageCapabilities) => Arguments | Refusal

/** Of methods whose first argument is the name of a bucket. */
function ofBucket(check: Check): Check {
  return (args, capabilities) => bucketIssue(args[0]) ?? check(args, capabilities)
}

/** Of methods whose first arguments are a bucket and a key. */
function ofObject(check: Check): Check {
  return ofBucket(
    (args, capabilities) => objectKeyIssue(args[1], capabilities.maxKeyBytes) ?? check(args, capabilities),
  )
}

const CHECKS: Readonly<Record<string, Check>> = {
  createBucket: ofBucket(([bucket]) => [bucket]),
  listBuckets: () => [],
  deleteBucket: ofBucket(([bucket, options]) => deleteBucketOptionsIssue(options) ?? [bucket, options]),
  put: ofObject(([bucket, key, body, options], capabilities) => {
    const refusal = bodyIssue(body) ?? putOptionsIssue(options) ?? stored(options, capabilities)
    return refusal ?? [bucket, key, body, withHeaders(key, options)]
  }),
  get: ofObject(([bucket, key, options]) => getOptionsIssue(options) ?? [bucket, key, options]),
  head: ofObject(([bucket, key]) => [bucket, key]),
  delete: ofObject(([bucket, key]) => [bucket, key]),
  list: ofBucket(([bucket, options]) => listOptionsIssue(options) ?? [bucket, options]),
  deleteMany: ofBucket(([bucket, keys], { maxKeyBytes }) => {
    return objectKeysIssue(keys, maxKeyBytes) ?? [bucket, [...new Set(keys as string[])]]
  }),
  copy: ([from, to, options], capabilities) =>
    refIssue("from", from, capabilities) ??
    refIssue("to", to, capabilities) ??
    copyOptionsIssue(options) ??
    stored(options, capabilities) ?? [from, to, options],
  presign: ofObject(([bucket, key, options], capabilities) => {
    const refusal = presignOptionsIssue(options) ?? stored(options, capabilities) ?? signed(options, capabilities)
    return refusal ?? [bucket, key, withDisposition(options as PresignOptions)]
  }),
  verifyPresigned: ([request]) => presignedRequestIssue(request) ?? [request],
  createUpload: ofObject(([bucket, key, options], capabilities) => {
    const refusal = uploadOptionsIssue(options) ?? stored(options, capabilities)
    return refusal ?? [bucket, key, withHeaders(key, options)]
  }),
  resumeUpload: ([token]) => uploadTokenIssue(token) ?? [token],
  sweepUploads: ofBucket(([bucket, olderThanMs]) => ageIssue(olderThanMs) ?? [bucket, olderThanMs]),
}

export function checkArguments(
  method: string,
  args: Arguments,
  capabilities: StorageCapabilities,
): Arguments | Refusal {
  return CHECKS[method]?.(args, capabilities) ?? args
}

/** Why a part is refused, or undefined. */
export function partRefusal(
  number: unknown,
  body: unknown,
  options: unknown,
  capabilities: StorageCapabilities,
): Refusal | undefined {
  return partNumberIssue(number) ?? bodyIssue(body) ?? sendOptionsIssue(options) ?? stored(options, capabilities)
}

/** What the store could not keep. */
function stored(options: unknown, capabilities: StorageCapabilities): Refusal | undefined {
  const { checksum, metadata, size = 0 } = (options ?? {}) as SendOptions & { metadata?: Record<string, string> }
  const { checksumsWrite, maxMetadataBytes, maxObjectBytes } = capabilities
  if (metadata !== undefined && metadataBytes(metadata) > maxMetadataBytes) {
    return over("metadata, as encoded,", maxMetadataBytes, "maxMetadataBytes", metadataBytes(metadata))
  }
  if (size > maxObjectBytes) return over("body", maxObjectBytes, "maxObjectBytes", size)
  if (checksum === undefined || checksumsWrite.includes(checksum.algorithm)) return undefined
  return {
    code: "UNSUPPORTED",
    message: `This storage checks no ${checksum.algorithm}; it checks ${list(checksumsWrite)}.`,
  }
}

function over(what: string, max: number, limit: string, bytes: number): Refusal {
  return {
    code: "LIMIT_EXCEEDED",
    message: `The ${what} must have at most ${max} bytes, as ${limit} says; got ${bytes}.`,
  }
}

function signed(options: unknown, { presignMethods }: StorageCapabilities): Refusal | undefined {
  const { method } = options as PresignOptions
  if (presignMethods.includes(method)) return undefined
  return { code: "UNSUPPORTED", message: `This storage signs no ${method}; it signs ${list(presignMethods)}.` }
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.join(", ")
}

function refIssue(name: string, ref: unknown, { maxKeyBytes }: StorageCapabilities): string | undefined {
  const { bucket, key } = (ref ?? {}) as { bucket?: unknown; key?: unknown }
  const issue = bucketIssue(bucket) ?? objectKeyIssue(key, maxKeyBytes)
  return issue && `${name}: ${issue}`
}

/** With the content type that the key says where the caller says none, and the disposition in ASCII. */
function withHeaders(key: unknown, options: unknown): ObjectHeaders {
  const given = (options ?? {}) as ObjectHeaders
  const { contentDisposition, contentType = contentTypeOf(key as string) } = given
  if (contentDisposition === undefined) return { ...given, contentType }
  return { ...given, contentType, contentDisposition: encodeDisposition(contentDisposition) }
}

function withDisposition(options: PresignOptions): PresignOptions {
  const { disposition } = options
  return disposition === undefined ? options : { ...options, disposition: encodeDisposition(disposition) }
}

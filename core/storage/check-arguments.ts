import { ServiceError } from "../../contracts/foundation/errors.ts"
import { readMembers } from "../../contracts/foundation/members.ts"
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
  storageOptionRules as rules,
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
import { type Refusal, refusalParts } from "../foundation/refusal.ts"
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
  deleteBucket: ofBucket(([bucket, given]) => {
    const options = readMembers(given, rules.deleteBucket)
    return deleteBucketOptionsIssue(options) ?? [bucket, options]
  }),
  put: ofObject(([bucket, key, body, given], capabilities) => {
    const options = readMembers(given, rules.put)
    const refusal = bodyIssue(body) ?? putOptionsIssue(options) ?? stored(options, capabilities)
    return refusal ?? [bucket, key, body, withHeaders(key, options)]
  }),
  get: ofObject(([bucket, key, given]) => {
    const options = readMembers(given, rules.get)
    return getOptionsIssue(options) ?? [bucket, key, options]
  }),
  head: ofObject(([bucket, key]) => [bucket, key]),
  delete: ofObject(([bucket, key]) => [bucket, key]),
  list: ofBucket(([bucket, given]) => {
    const options = readMembers(given, rules.list)
    return listOptionsIssue(options) ?? [bucket, options]
  }),
  deleteMany: ofBucket(([bucket, given], { maxKeyBytes }) => {
    const keys = Array.isArray(given) ? [...new Set(given)] : given
    return objectKeysIssue(keys, maxKeyBytes) ?? [bucket, keys]
  }),
  copy([givenFrom, givenTo, given], capabilities) {
    const [from, to] = [refOf(givenFrom), refOf(givenTo)]
    const options = readMembers(given, rules.copy)
    return (
      refIssue("from", from, capabilities) ??
      refIssue("to", to, capabilities) ??
      copyOptionsIssue(options) ??
      stored(options, capabilities) ?? [from, to, options]
    )
  },
  presign: ofObject(([bucket, key, given], capabilities) => {
    const options = readMembers(given, rules.presign)
    const refusal = presignOptionsIssue(options) ?? stored(options, capabilities) ?? signed(options, capabilities)
    return refusal ?? [bucket, key, withDisposition(options as PresignOptions)]
  }),
  verifyPresigned: ([request]) => presignedRequestIssue(request) ?? [request],
  createUpload: ofObject(([bucket, key, given], capabilities) => {
    const options = readMembers(given, rules.createUpload)
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

/** The options of a part as an implementation takes them. @throws ServiceError where the part is refused. */
export function checkPart(
  number: unknown,
  body: unknown,
  given: unknown,
  capabilities: StorageCapabilities,
): SendOptions {
  const options = readMembers(given, rules.uploadPart)
  const refusal =
    partNumberIssue(number) ?? bodyIssue(body) ?? sendOptionsIssue(options) ?? stored(options, capabilities)
  if (refusal === undefined) return options as SendOptions
  const { code, message } = refusalParts(refusal)
  throw new ServiceError(code, message)
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

/** Where an object is, read once. */
function refOf(ref: unknown): { readonly bucket: unknown; readonly key: unknown } {
  const { bucket, key } = (ref ?? {}) as { bucket?: unknown; key?: unknown }
  return { bucket, key }
}

function refIssue(
  name: string,
  { bucket, key }: ReturnType<typeof refOf>,
  { maxKeyBytes }: StorageCapabilities,
): string | undefined {
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

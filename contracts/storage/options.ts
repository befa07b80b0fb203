/** What storage methods are given besides bucket, key and body. */
import type { Checksum, ObjectHeaders } from "./object.ts"

/** Conditions of a write, about the object that stands under its key. At most one of them. */
export interface WriteConditions {
  /** Nothing stands there. Capability `conditionalCreate`; of copy and uploads `conditionalCopy`, `conditionalComplete`. */
  ifNoneMatch?: "*" | undefined
  /** It has this ETag. Capability `conditionalMatch`; of copy and uploads as above. */
  ifMatch?: string | undefined
}

/** How a body is sent, and bounded. */
export interface SendOptions {
  /** Bytes of the body, where the caller knows it: it is then streamed in one request, and must have so many. */
  size?: number | undefined
  /** The body is stored only if it has this checksum. Capability `checksumsWrite`. */
  checksum?: Checksum | undefined
  /** Ends the call with ABORTED; the body is cancelled, also where it is idle. */
  signal?: AbortSignal | undefined
  /** Told how many bytes of the body were taken so far. What it throws is ignored. */
  onProgress?: ((bytes: number) => void) | undefined
}

export interface PutOptions extends ObjectHeaders, WriteConditions, SendOptions {
  metadata?: Record<string, string> | undefined
}

/** A part of an object: from `start` up to and with `end`, or the last `suffix` bytes. */
export interface RangeOptions {
  start?: number | undefined
  end?: number | undefined
  suffix?: number | undefined
}

export interface GetOptions {
  range?: RangeOptions | undefined
  /** Capability `conditionalGet`. PRECONDITION_FAILED, reason "changed", for an object with another ETag. */
  ifMatch?: string | undefined
  /** Capability `conditionalGet`. PRECONDITION_FAILED, reason "not-modified", for an object with this ETag. */
  ifNoneMatch?: string | undefined
  /** Ends the call, and later the reading of the object, with ABORTED. */
  signal?: AbortSignal | undefined
}

export interface DeleteBucketOptions {
  /** Deletes the objects of the bucket as well. Default false. */
  force?: boolean | undefined
}

export interface ListOptions {
  /** Keys that begin with it, taken literally. */
  prefix?: string | undefined
  /** Groups keys by what stands before it, behind the prefix. Any text of 1 to 64 characters. */
  delimiter?: string | undefined
  /** Objects and prefixes of a page, 1 to 1,000. Default 1,000. A page may be shorter. */
  limit?: number | undefined
  /** From the page before, with the same prefix and delimiter. Any other text rejects INVALID_ARGUMENT. */
  cursor?: string | undefined
}

/** What is given replaces what the source has; all else is copied. `metadata` is replaced as a whole. */
export interface CopyOptions extends WriteConditions {
  contentType?: string | undefined
  cacheControl?: string | undefined
  metadata?: Record<string, string> | undefined
  signal?: AbortSignal | undefined
}

/** What is known when an upload begins. Conditions are looked at by `complete`. */
export interface UploadOptions extends ObjectHeaders, WriteConditions {
  metadata?: Record<string, string> | undefined
}

export type PresignMethod = "GET" | "HEAD" | "PUT" | "POST" | "DELETE"

/** An option that its method has no use for rejects INVALID_ARGUMENT. */
export interface PresignOptions {
  method: PresignMethod
  /** Whole seconds, 1 to 604,800, which are seven days. */
  expiresIn: number
  /** PUT and POST: the body must be sent with it. */
  contentType?: string | undefined
  /** PUT. */
  contentEncoding?: string | undefined
  /** PUT and POST. */
  cacheControl?: string | undefined
  /** PUT and POST. */
  metadata?: Record<string, string> | undefined
  /** PUT: stored only where nothing stands. Capability `conditionalCreate`. */
  ifNoneMatch?: "*" | undefined
  /** PUT: the exact size of the body in bytes. */
  size?: number | undefined
  /** POST: the most bytes of the file. */
  maxBytes?: number | undefined
  /** GET: the Content-Disposition of the answer. */
  disposition?: string | undefined
}

/** Objects, buckets and bodies as a storage shows them. */

/**
 * The bytes of an object. Text is stored as UTF-8; a Node.js `Readable` is an AsyncIterable.
 *
 * A Uint8Array must not be changed until the call has settled; a piece of a stream must not until the next is asked for.
 * A stream is read once, and is cancelled where the call fails, and when the storage closes.
 */
export type Body = Uint8Array | string | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** Algorithms by which a caller can have a body checked. */
export type ChecksumAlgorithm = "crc32" | "crc32c" | "sha256" | "md5"

export interface Checksum {
  algorithm: ChecksumAlgorithm
  /** Of the whole body, in base64. */
  value: string
}

/** Checksums of the whole object that a store keeps, in base64. Some servers add a `crc64nvme` of their own. */
export type Checksums = { [Algorithm in ChecksumAlgorithm | "crc64nvme"]?: string }

export interface BucketInfo {
  name: string
  /** Where the store tells it. */
  createdAt?: Date
}

/** What a list tells of an object. */
export interface ListedObject {
  bucket: string
  key: string
  /** Bytes as stored. */
  size: number
  /** Opaque; another one for other content. The capability `etag` says what it guards. */
  etag: string
  /** To the second at least. */
  lastModified: Date
}

/** The headers of an object. */
export interface ObjectHeaders {
  /** Default: by the extension of the key, else `application/octet-stream`. */
  contentType?: string | undefined
  /** Such as `gzip`. It is kept and says nothing to the storage: bytes are stored and given as they are. */
  contentEncoding?: string | undefined
  /** A filename outside ASCII is stored in the form of RFC 6266, `filename` and `filename*`. */
  contentDisposition?: string | undefined
  contentLanguage?: string | undefined
  cacheControl?: string | undefined
}

export interface ObjectInfo extends ListedObject {
  contentType: string
  contentEncoding?: string
  contentDisposition?: string
  contentLanguage?: string
  cacheControl?: string
  /** As given: names are lower-case letters, digits and hyphens, values any text. */
  metadata: Record<string, string>
  checksums: Checksums
}

/** The first and the last byte that a ranged get gives, from 0. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * An object that was got. It is read once: by `bytes`, `text` or `stream`; a second read rejects PRECONDITION_FAILED
 * with `details.reason` "read". A connection or a file that nobody reads is released after the adapter's idle time, and
 * the object then rejects TIMEOUT.
 */
export interface StoredObject {
  /** Of the whole object, also where a range was asked for. */
  readonly info: ObjectInfo
  /** What part of the object this is; absent for a whole object, and for the suffix of an empty one. */
  readonly range?: ByteRange | undefined
  /** LIMIT_EXCEEDED for more than `maxBytes`, which has no default; nothing is then kept in memory. */
  bytes(options?: ReadOptions): Promise<Uint8Array>
  /** Read as UTF-8; bytes that are none read as U+FFFD. */
  text(options?: ReadOptions): Promise<string>
  /** Fails with UNAVAILABLE or TIMEOUT where the rest does not come: it never ends early. */
  stream(): ReadableStream<Uint8Array>
  /** Releases what is not read. Resolves again when called again, and after a read. */
  cancel(): Promise<void>
}

export interface ReadOptions {
  maxBytes?: number | undefined
}

export interface ListPage {
  /** In the order of the code points of their keys. */
  objects: ListedObject[]
  /** With a delimiter: what keys begin with up to it, each once over all pages, in the same order. */
  prefixes: string[]
  /** There while more follows. A page may be shorter than its limit, or empty, and have one. */
  cursor?: string
}

export interface ObjectRef {
  bucket: string
  key: string
}

export interface DeleteFailure {
  key: string
  code: string
  message: string
}

export interface DeleteReport {
  /** Keys that are not there any more, those that never were included. */
  deleted: number
  failed: DeleteFailure[]
}

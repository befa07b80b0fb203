/**
 * What stands in the file of an object behind its bytes: a JSON text with all that is known of it, then 16 bytes with
 * the length of that text, its CRC-32, and a mark. A file that was cut anywhere has no whole trailer.
 */
import type { ObjectHeaders, ObjectInfo } from "../../../contracts/storage/object.ts"
import { crc32 } from "../../kit/checksums.ts"

/** An object as its own file tells it: bucket and key are where it stands. */
export interface StoredInfo extends Omit<ObjectInfo, "bucket" | "key" | "lastModified"> {
  /** Milliseconds since the Unix epoch. */
  readonly lastModified: number
}

/** What a caller says of an object, and what its bytes say. */
type Given = ObjectHeaders & { readonly metadata?: Readonly<Record<string, string>> | undefined }
export type Contents = Pick<StoredInfo, "size" | "checksums">

/** Of an object that is written now. Each has an ETag of its own. */
export function storedInfoOf({ checksums, size }: Contents, given: Given, now: number): StoredInfo {
  const { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType = "", metadata = {} } = given
  return {
    size,
    etag: crypto.randomUUID(),
    lastModified: now,
    contentType,
    ...(cacheControl !== undefined && { cacheControl }),
    ...(contentDisposition !== undefined && { contentDisposition }),
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(contentLanguage !== undefined && { contentLanguage }),
    metadata: { ...metadata },
    checksums: { ...checksums },
  }
}

const MARK = new TextEncoder().encode("OBJFILE1")
const END_BYTES = 8 + MARK.length

export function encodeTrailer(stored: StoredInfo): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(stored))
  const trailer = new Uint8Array(json.length + END_BYTES)
  const view = new DataView(trailer.buffer)
  trailer.set(json)
  view.setUint32(json.length, json.length)
  view.setUint32(json.length + 4, crc32(json))
  trailer.set(MARK, json.length + 8)
  return trailer
}

/** Bytes of the trailer of a file that ends so; undefined where that is the end of no object. */
export function trailerLength(tail: Uint8Array): number | undefined {
  const end = tail.length - END_BYTES
  if (end < 0 || !MARK.every((byte, index) => tail[end + 8 + index] === byte)) return undefined
  return viewOf(tail).getUint32(end) + END_BYTES
}

/** What a file of `fileSize` tells that ends so; undefined where it was cut or changed. */
export function decodeTrailer(tail: Uint8Array, fileSize: number): StoredInfo | undefined {
  const length = trailerLength(tail)
  if (length === undefined || length > tail.length) return undefined
  const json = tail.subarray(tail.length - length, tail.length - END_BYTES)
  if (crc32(json) !== viewOf(tail).getUint32(tail.length - END_BYTES + 4)) return undefined
  const stored = JSON.parse(new TextDecoder().decode(json)) as StoredInfo
  return stored.size + length === fileSize ? stored : undefined
}

export function objectInfoOf(bucket: string, key: string, { lastModified, ...stored }: StoredInfo): ObjectInfo {
  return { bucket, key, ...stored, lastModified: new Date(lastModified) }
}

function viewOf({ buffer, byteLength, byteOffset }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

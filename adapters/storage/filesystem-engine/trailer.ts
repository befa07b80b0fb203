/**
 * What stands in the file of an object behind its bytes: a JSON text with all that is known of it, then 16 bytes with
 * the length of that text, its CRC-32, and a mark. A file that was cut anywhere has no whole trailer.
 */
import type { ObjectHeaders, ObjectInfo } from "../../../contracts/storage/object.ts"
import { crc32 } from "../../kit/checksums.ts"
import { objectOf } from "./json-file.ts"

/** An object as its own file tells it: bucket and key are where it stands. */
export interface StoredInfo extends Omit<ObjectInfo, "bucket" | "key" | "lastModified"> {
  /** Milliseconds since the Unix epoch. */
  readonly lastModified: number
  /** Of the bytes, which are checked by it. It is no checksum that anybody asked for. */
  readonly crc32?: number
}

/** What a caller says of an object. */
type Given = ObjectHeaders & { readonly metadata?: Readonly<Record<string, string>> | undefined }

/** What the bytes of an object say. */
export type Contents = Pick<StoredInfo, "size" | "checksums" | "crc32">

/** Of an object that is written now. Each has an ETag of its own. */
export function storedInfoOf({ checksums, crc32, size }: Contents, given: Given, now: number): StoredInfo {
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
    ...(crc32 !== undefined && { crc32 }),
  }
}

const MARK = Buffer.from("OBJFILE1")
const END_BYTES = 8 + MARK.length

export function encodeTrailer(stored: StoredInfo): Uint8Array {
  const json = Buffer.from(JSON.stringify(stored))
  const trailer = Buffer.allocUnsafe(json.length + END_BYTES)
  trailer.set(json)
  trailer.writeUInt32BE(json.length, json.length)
  trailer.writeUInt32BE(crc32(json), json.length + 4)
  trailer.set(MARK, json.length + 8)
  return trailer
}

/** Bytes of the trailer of a file that ends so; undefined where that is the end of no object. */
export function trailerLength(tail: Uint8Array): number | undefined {
  const end = endOf(tail)
  return end && end.readUInt32BE(0) + END_BYTES
}

/** What a file of `fileSize` tells that ends so; undefined where it was cut or changed. */
export function decodeTrailer(tail: Uint8Array, fileSize: number): StoredInfo | undefined {
  const end = endOf(tail)
  const length = trailerLength(tail)
  if (end === undefined || length === undefined || length > tail.length) return undefined
  const json = bufferOf(tail.subarray(tail.length - length, tail.length - END_BYTES))
  if (crc32(json) !== end.readUInt32BE(4)) return undefined
  const stored = objectOf(json.toString()) as StoredInfo | undefined
  return stored !== undefined && Number.isInteger(stored.size) && stored.size + length === fileSize ? stored : undefined
}

export function objectInfoOf(bucket: string, key: string, { crc32, lastModified, ...stored }: StoredInfo): ObjectInfo {
  return { bucket, key, ...stored, lastModified: new Date(lastModified) }
}

/** The last bytes, if they have the mark. */
function endOf(tail: Uint8Array): Buffer | undefined {
  if (tail.length < END_BYTES) return undefined
  const end = bufferOf(tail.subarray(tail.length - END_BYTES))
  return MARK.compare(end, 8) === 0 ? end : undefined
}

function bufferOf({ buffer, byteLength, byteOffset }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

import type { GetObjectCommandOutput, HeadObjectCommandOutput, PutObjectCommandInput } from "@aws-sdk/client-s3"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Checksum, ObjectHeaders, ObjectInfo } from "../../../contracts/storage/object.ts"
import {
  DEFAULT_CONTENT_TYPE,
  decodeMetadata,
  encodeMetadata,
  protocolBroken,
} from "../../../core/storage/for-adapters.ts"
import { sumOfText, textOfSum, toldSums } from "./sums.ts"

/** Reserved metadata, which no user sees: what tells a write of ours from everybody else's. */
const NONCE = "objectos-nonce"
/** The checksum of an object that was sent in parts, of which servers keep none of the whole. */
const SUM = "objectos-checksum"

/** Names and values of both: 14 + 36 and 17 + 51 bytes. */
export const RESERVED_METADATA_BYTES = 128

/** Headers and metadata of an object that is written. */
export interface WrittenFields extends ObjectHeaders {
  metadata?: Record<string, string> | undefined
  nonce?: string | undefined
  sum?: Checksum | undefined
  /** Of objects that others made. */
  expires?: Date | undefined
}

/** @throws ServiceError INVALID_ARGUMENT for metadata of the user with a name that is ours. */
export function refuseReserved(metadata: Readonly<Record<string, string>> | undefined): void {
  if (metadata?.[NONCE] === undefined && metadata?.[SUM] === undefined) return
  throw new ServiceError(
    "INVALID_ARGUMENT",
    `Metadata must not have the names ${NONCE} and ${SUM}, which this adapter uses.`,
  )
}

type FieldsInput = Pick<
  PutObjectCommandInput,
  "CacheControl" | "ContentDisposition" | "ContentEncoding" | "ContentLanguage" | "ContentType" | "Expires" | "Metadata"
>

/** The fields as the commands take them. */
export function fieldsInput({ expires, metadata, nonce, sum, ...headers }: WrittenFields): FieldsInput {
  const { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType } = headers
  return {
    CacheControl: cacheControl,
    ContentDisposition: contentDisposition,
    ContentEncoding: contentEncoding,
    ContentLanguage: contentLanguage,
    ContentType: contentType,
    Expires: expires,
    Metadata: {
      ...encodeMetadata(metadata),
      ...(nonce !== undefined && { [NONCE]: nonce }),
      ...(sum !== undefined && { [SUM]: textOfSum(sum) }),
    },
  }
}

/** An object as a server tells of it, with what users do not see. */
export interface SeenObject {
  readonly info: ObjectInfo
  readonly nonce: string | undefined
  readonly sum: Checksum | undefined
  readonly expires: Date | undefined
}

type ToldObject = HeadObjectCommandOutput | GetObjectCommandOutput

/** @throws ServiceError UNAVAILABLE, reason "protocol", for an answer that is not of S3. */
export function seenObject(
  bucket: string,
  key: string,
  output: ToldObject,
  size: number | undefined = output.ContentLength,
): SeenObject {
  const { CacheControl, ContentDisposition, ContentLanguage, ContentType, ETag, LastModified, Metadata } = output
  if (LastModified === undefined) throw protocolBroken()
  const { [NONCE]: nonce, [SUM]: sum, ...metadata } = Metadata ?? {}
  const contentEncoding = storedEncoding(output.ContentEncoding)
  const ownSum = sumOfText(sum)
  return {
    nonce,
    sum: ownSum,
    expires: output.Expires,
    info: {
      bucket,
      key,
      size: toldNumber(size),
      etag: toldEtag(ETag),
      lastModified: LastModified,
      contentType: ContentType ?? DEFAULT_CONTENT_TYPE,
      ...(contentEncoding !== undefined && { contentEncoding }),
      ...(ContentDisposition !== undefined && { contentDisposition: ContentDisposition }),
      ...(ContentLanguage !== undefined && { contentLanguage: ContentLanguage }),
      ...(CacheControl !== undefined && { cacheControl: CacheControl }),
      metadata: decodeMetadata(metadata),
      checksums: toldSums(output, ownSum),
    },
  }
}

/** What a write of our own made. */
export interface WrittenObject extends Pick<ObjectInfo, "bucket" | "key" | "size" | "lastModified" | "checksums"> {
  readonly etag: string | undefined
  readonly fields: WrittenFields
}

/** @throws ServiceError UNAVAILABLE, reason "protocol", for an answer without an ETag. */
export function writtenInfo({ etag, fields, ...written }: WrittenObject): ObjectInfo {
  const { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, metadata } = fields
  return {
    ...written,
    etag: toldEtag(etag),
    contentType: contentType ?? DEFAULT_CONTENT_TYPE,
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(contentDisposition !== undefined && { contentDisposition }),
    ...(contentLanguage !== undefined && { contentLanguage }),
    ...(cacheControl !== undefined && { cacheControl }),
    metadata: { ...metadata },
  }
}

/** @throws ServiceError UNAVAILABLE, reason "protocol", where there is none. */
export function toldEtag(etag: string | undefined): string {
  const plain = etag?.replace(/^W\//, "").replaceAll('"', "")
  if (!plain) throw protocolBroken()
  return plain
}

/**
 * A size, or the number of a part.
 *
 * @throws ServiceError UNAVAILABLE, reason "protocol", for anything else.
 */
export function toldNumber(told: number | undefined): number {
  if (told === undefined || !Number.isSafeInteger(told) || told < 0) throw protocolBroken()
  return told
}

export function quotedEtag(etag: string | undefined): string | undefined {
  return etag === undefined ? undefined : `"${etag}"`
}

/** The encoding of how it was sent, which some servers keep, is not one of the object. */
function storedEncoding(encoding: string | undefined): string | undefined {
  const encodings = encoding
    ?.split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "aws-chunked" && each !== "")
  return encodings === undefined || encodings.length === 0 ? undefined : encodings.join(", ")
}

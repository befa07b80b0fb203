/** Objects as the JSON API tells of them, and as storages do. */
import type { ObjectHeaders, ObjectInfo } from "../../../contracts/storage/object.ts"
import {
  DEFAULT_CONTENT_TYPE,
  decodeMetadata,
  encodeMetadata,
  protocolBroken,
} from "../../../core/storage/for-adapters.ts"

/** The object resource of the JSON API; members that are not here are not looked at. */
export interface ObjectResource {
  readonly name: string
  readonly generation: string
  readonly size: string
  readonly updated: string
  readonly contentType?: string
  readonly contentEncoding?: string
  readonly contentDisposition?: string
  readonly contentLanguage?: string
  readonly cacheControl?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly crc32c?: string
  readonly md5Hash?: string
}

/** What a write says of the object beside its bytes. */
export interface Described extends ObjectHeaders {
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/**
 * Metadata of ours, by which a call finds again what it wrote when its answer was lost. A user cannot give a name with
 * an underscore, and none is shown.
 */
export const NONCE = "objectos_nonce"

/** The body of an answer. @throws ServiceError UNAVAILABLE, reason "protocol", for one that is no JSON object. */
export function jsonOf(text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text)
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, unknown>
  } catch (error) {
    throw protocolBroken(error)
  }
  throw protocolBroken()
}

/** An object of an answer. @throws ServiceError UNAVAILABLE, reason "protocol", for what is none. */
export function resourceOf(json: unknown): ObjectResource {
  const { generation, name, size, updated } = Object(json) as Partial<Record<keyof ObjectResource, unknown>>
  const isNumber = (value: unknown) => typeof value === "string" && /^\d+$/.test(value)
  if (
    typeof name !== "string" ||
    !isNumber(generation) ||
    !isNumber(size) ||
    Number.isNaN(Date.parse(String(updated)))
  ) {
    throw protocolBroken()
  }
  return json as ObjectResource
}

export function infoOf(bucket: string, resource: ObjectResource): ObjectInfo {
  const { cacheControl, contentDisposition, contentEncoding, contentLanguage, crc32c, md5Hash } = resource
  const { [NONCE]: _, ...metadata } = resource.metadata ?? {}
  return {
    ...listedOf(bucket, resource),
    contentType: resource.contentType ?? DEFAULT_CONTENT_TYPE,
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(contentDisposition !== undefined && { contentDisposition }),
    ...(contentLanguage !== undefined && { contentLanguage }),
    ...(cacheControl !== undefined && { cacheControl }),
    metadata: decodeMetadata(metadata),
    checksums: { ...(crc32c !== undefined && { crc32c }), ...(md5Hash !== undefined && { md5: md5Hash }) },
  }
}

export function listedOf(bucket: string, { generation, name, size, updated }: ObjectResource) {
  return { bucket, key: name, size: Number(size), etag: generation, lastModified: new Date(updated) }
}

/** The resource that a write sends. */
export function resourceToWrite(described: Described, nonce: string | undefined): Record<string, unknown> {
  const { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, metadata } = described
  return {
    ...{ cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType },
    metadata: { ...encodeMetadata(metadata), ...(nonce !== undefined && { [NONCE]: nonce }) },
  }
}

import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { STORAGE_MAX_PARTS } from "../../../contracts/storage/arguments.ts"
import type { ObjectInfo, ObjectRef } from "../../../contracts/storage/object.ts"
import type { PartInfo } from "../../../contracts/storage/optional-interfaces.ts"
import type { CopyOptions } from "../../../contracts/storage/options.ts"
import { bucketNotFound, objectNotFound } from "../../../core/storage/for-adapters.ts"
import { conditionsOf, isConditional, refuseConditions } from "./conditions.ts"
import {
  fieldsInput,
  quotedEtag,
  refuseReserved,
  type SeenObject,
  toldEtag,
  type WrittenFields,
  writtenInfo,
} from "./headers.ts"
import { dateOf } from "./prepare.ts"
import type { Reader } from "./reading.ts"
import type { Ask, Requests } from "./requests.ts"
import { settleWrite } from "./settle.ts"
import { type UploadId, uploadInput } from "./upload-id.ts"
import type { UploadRequests } from "./upload-requests.ts"

export interface CopierSettings {
  /** The most bytes that the server copies in one request. */
  readonly singleBytes: number
  readonly conditionalComplete: boolean
}

interface Copy {
  readonly from: ObjectRef
  readonly to: ObjectRef
  readonly source: SeenObject
  readonly options: CopyOptions
}

/** How often a source may change between the look at it and its copy. */
const LOOKS = 3
const PART_BYTES = 536_870_912
const AT_ONCE = 4

/** Copies that the server makes. */
export class Copier {
  readonly #requests: Requests
  readonly #reader: Reader
  readonly #uploads: UploadRequests
  readonly #settings: CopierSettings

  constructor(requests: Requests, reader: Reader, uploads: UploadRequests, settings: CopierSettings) {
    this.#requests = requests
    this.#reader = reader
    this.#uploads = uploads
    this.#settings = settings
  }

  async copy(from: ObjectRef, to: ObjectRef, options: CopyOptions): Promise<ObjectInfo> {
    refuseReserved(options.metadata)
    for (let look = 1; ; look++) {
      const source = await this.#source(from, options.signal)
      const copy = { from, to, source, options }
      try {
        return await (source.info.size > this.#settings.singleBytes ? this.#inParts(copy) : this.#whole(copy))
      } catch (error) {
        if (!ServiceError.is(error) || error.code !== "PRECONDITION_FAILED") throw error
        const now = await this.#source(from, options.signal)
        if (now.info.etag === source.info.etag) throw error
        if (look === LOOKS) throw keepsChanging(error)
      }
    }
  }

  async #source({ bucket, key }: ObjectRef, signal: AbortSignal | undefined): Promise<SeenObject> {
    const seen = await this.#reader.head(bucket, key, signal)
    if (seen !== undefined) return seen
    throw (await this.#reader.hasBucket(bucket)) ? objectNotFound() : bucketNotFound()
  }

  async #whole(copy: Copy): Promise<ObjectInfo> {
    const { bucket, key } = copy.to
    const { signal } = copy.options
    const conditions = conditionsOf(copy.options)
    const nonce = isConditional(conditions) ? crypto.randomUUID() : undefined
    const ask = this.#asking(copy, nonce)
    const timeoutMs = this.#requests.timeoutFor(copy.source.info.size)
    const made =
      nonce === undefined
        ? await this.#requests.call(ask, { kind: "write", signal, timeoutMs })
        : await settleWrite(this.#requests, {
            ...{ conditions, nonce, signal },
            repeatable: true,
            once: () => this.#requests.once(ask, { signal, timeoutMs }),
            look: () => this.#reader.head(bucket, key, signal),
          })
    const seen = await this.#reader.head(bucket, key, signal).catch(() => undefined)
    return seen?.info.etag === made.etag ? seen.info : made
  }

  #asking({ from, options, source, to }: Copy, nonce: string | undefined): Ask<ObjectInfo> {
    const { cacheControl, contentType, ifMatch, ifNoneMatch, metadata } = options
    const isItself = from.bucket === to.bucket && from.key === to.key
    const isChanged = [cacheControl, contentType, metadata, nonce].some((field) => field !== undefined)
    const fields = { ...mergedFields(source, options), nonce }
    // The server copies all fields or none, so that all must be those of the bytes that it copies.
    const replacing = { MetadataDirective: "REPLACE", CopySourceIfMatch: quotedEtag(source.info.etag) } as const
    return async ({ answer, s3, send }) => {
      const { CopyObjectResult } = await send(
        new s3.CopyObjectCommand({
          Bucket: this.#requests.stored(to.bucket),
          Key: to.key,
          CopySource: this.#copySource(from),
          ...((isChanged || isItself) && { ...replacing, ...fieldsInput(fields) }),
          IfMatch: quotedEtag(ifMatch),
          IfNoneMatch: ifNoneMatch,
        }),
      )
      const { checksums, size } = source.info
      const lastModified = CopyObjectResult?.LastModified ?? dateOf(answer())
      return writtenInfo({ ...to, size, etag: CopyObjectResult?.ETag, lastModified, fields, checksums })
    }
  }

  async #inParts(copy: Copy): Promise<ObjectInfo> {
    const { options, source, to } = copy
    const { signal } = options
    const conditions = conditionsOf(options)
    refuseConditions(conditions, this.#settings)
    const fields = mergedFields(source, options)
    return this.#uploads.make({ ...to, conditions, fields, signal }, (upload) => this.#copyParts(copy, upload))
  }

  async #copyParts(copy: Copy, upload: UploadId): Promise<PartInfo[]> {
    const { signal } = copy.options
    const parts: PartInfo[] = []
    const wanted = this.#partsOf(copy.source.info.size)
    /** Ends parts that are on their way when another has failed. */
    const ending = new AbortController()
    const either = AbortSignal.any([ending.signal, ...(signal === undefined ? [] : [signal])])
    for (let start = 0; start < wanted.length; start += AT_ONCE) {
      const copying = wanted.slice(start, start + AT_ONCE).map((part) => this.#copyPart(copy, upload, part, either))
      try {
        parts.push(...(await Promise.all(copying)))
      } catch (error) {
        ending.abort()
        await Promise.allSettled(copying)
        throw error
      }
    }
    return parts
  }

  #copyPart(
    { from, source }: Copy,
    upload: UploadId,
    { number, range, size }: CopyPart,
    signal: AbortSignal,
  ): Promise<PartInfo> {
    return this.#requests.call<PartInfo>(
      async ({ s3, send }) => {
        const { CopyPartResult } = await send(
          new s3.UploadPartCopyCommand({
            ...uploadInput(this.#requests, upload),
            PartNumber: number,
            CopySource: this.#copySource(from),
            CopySourceRange: range,
            CopySourceIfMatch: quotedEtag(source.info.etag),
          }),
        )
        return { number, size, etag: toldEtag(CopyPartResult?.ETag) }
      },
      { kind: "write", signal, timeoutMs: this.#requests.timeoutFor(size) },
    )
  }

  #partsOf(bytes: number): CopyPart[] {
    const partBytes = Math.min(this.#settings.singleBytes, Math.max(PART_BYTES, Math.ceil(bytes / STORAGE_MAX_PARTS)))
    return Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => {
      const start = index * partBytes
      const end = Math.min(start + partBytes, bytes) - 1
      return { number: index + 1, range: `bytes=${start}-${end}`, size: end - start + 1 }
    })
  }

  /** Raw percent and plus signs would name another key. */
  #copySource({ bucket, key }: ObjectRef): string {
    return `${this.#requests.stored(bucket)}/${key.split("/").map(encodeURIComponent).join("/")}`
  }
}

interface CopyPart {
  readonly number: number
  readonly range: string
  readonly size: number
}

/** What the target has: what is given, and all else of the source. */
function mergedFields({ expires, info, sum }: SeenObject, options: CopyOptions): WrittenFields {
  const { cacheControl = info.cacheControl, contentType = info.contentType, metadata = info.metadata } = options
  const { contentDisposition, contentEncoding, contentLanguage } = info
  return { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, expires, metadata, sum }
}

function keepsChanging(cause: unknown): ServiceError {
  return new ServiceError("UNAVAILABLE", "The source changed each time that it was copied; copy it again.", { cause })
}

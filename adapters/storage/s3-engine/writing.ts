import type { Clock } from "../../../contracts/foundation/clock.ts"
import { STORAGE_MAX_PARTS } from "../../../contracts/storage/arguments.ts"
import type { Body, Checksum, Checksums, ObjectInfo } from "../../../contracts/storage/object.ts"
import type { PutOptions } from "../../../contracts/storage/options.ts"
import { admitBody, tell } from "../../../core/storage/for-adapters.ts"
import { Chunks, watchedSource } from "../../kit/chunks.ts"
import { conditionsOf, isConditional, refuseConditions } from "./conditions.ts"
import { fieldsInput, quotedEtag, refuseReserved, type WrittenFields, writtenInfo } from "./headers.ts"
import { bodyInput, PIECE_BYTES, type Pieces, sendingOf, sizeOf } from "./outgoing.ts"
import { putInParts } from "./parts.ts"
import { piecesOfSource } from "./pieces.ts"
import { dateOf } from "./prepare.ts"
import type { Reader } from "./reading.ts"
import type { Ask, Requests } from "./requests.ts"
import { settleWrite } from "./settle.ts"
import { sumInput, toldSums, verifyingBody } from "./sums.ts"
import type { UploadRequests } from "./upload-requests.ts"

export interface WriterSettings {
  readonly clock: Clock
  readonly idleTimeoutMs: number
  readonly partBytes: number
  readonly equalParts: boolean
  readonly storesCutBodies: boolean
  readonly maxObjectBytes: number
  /** The most bytes of one request. */
  readonly singleBytes: number
  readonly conditionalComplete: boolean
  /** Checksums that the server tells again. */
  readonly checksumsRead: readonly string[]
}

interface PutTarget {
  readonly bucket: string
  readonly key: string
  readonly options: PutOptions
}

/** Stores bodies: in one request where their size allows it and is known, else in parts. */
export class Writer {
  readonly #requests: Requests
  readonly #reader: Reader
  readonly #uploads: UploadRequests
  readonly #settings: WriterSettings

  constructor(requests: Requests, reader: Reader, uploads: UploadRequests, settings: WriterSettings) {
    this.#requests = requests
    this.#reader = reader
    this.#uploads = uploads
    this.#settings = settings
  }

  async put(bucket: string, key: string, body: Body, options: PutOptions): Promise<ObjectInfo> {
    refuseReserved(options.metadata)
    const { clock, idleTimeoutMs, maxObjectBytes, partBytes, singleBytes, storesCutBodies } = this.#settings
    const target = { bucket, key, options }
    const source = admitBody(body, options, maxObjectBytes)
    if (source instanceof Uint8Array) {
      const info = await this.#single(target, source)
      tell(options.onProgress, source.length)
      return info
    }
    const { size } = source
    if (size !== undefined && size > PIECE_BYTES && size <= singleBytes && !storesCutBodies) {
      return this.#single(target, piecesOfSource(source, size))
    }
    const chunks = new Chunks(watchedSource(source, idleTimeoutMs, clock), verifyingBody(options.checksum))
    if (size !== undefined && size > singleBytes) return this.#inParts(target, chunks, size)
    const first = await chunks.take(partBytes)
    return (await chunks.hasMore()) ? this.#inParts(target, chunks, undefined, first) : this.#single(target, first)
  }

  #single({ bucket, key, options }: PutTarget, body: Uint8Array | Pieces): Promise<ObjectInfo> {
    const { checksum, ifMatch, ifNoneMatch, signal } = options
    const conditions = conditionsOf(options)
    const nonce = isConditional(conditions) ? crypto.randomUUID() : undefined
    const fields: WrittenFields = { ...headersOf(options), nonce }
    const ask: Ask<ObjectInfo> = async ({ answer, s3, send, stream }) => {
      const output = await send(
        new s3.PutObjectCommand({
          Bucket: this.#requests.stored(bucket),
          Key: key,
          ...bodyInput(body, stream),
          ...fieldsInput(fields),
          ...sumInput(checksum),
          IfMatch: quotedEtag(ifMatch),
          IfNoneMatch: ifNoneMatch,
        }),
      )
      const lastModified = dateOf(answer())
      const checksums = this.#sums(toldSums(output, undefined), checksum)
      return writtenInfo({ bucket, key, size: sizeOf(body), etag: output.ETag, lastModified, fields, checksums })
    }
    const sending = sendingOf(body)
    if (nonce === undefined) return this.#requests.call(ask, { kind: "write", signal, ...sending })
    return settleWrite(this.#requests, {
      ...{ conditions, nonce, signal },
      repeatable: sending.attempts === undefined,
      once: () => this.#requests.once(ask, { signal, headers: sending.headers, body: sending.body?.() }),
      look: () => this.#reader.head(bucket, key, signal),
    })
  }

  async #inParts(
    { bucket, key, options }: PutTarget,
    chunks: Chunks,
    size?: number,
    first?: Uint8Array,
  ): Promise<ObjectInfo> {
    const { checksum, signal } = options
    const { checksumsRead, equalParts, maxObjectBytes, partBytes } = this.#settings
    const conditions = conditionsOf(options)
    refuseConditions(conditions, this.#settings)
    // No server keeps the checksum of a whole object that came in parts, unless it can be made of those of its parts.
    const sum = checksum && checksumsRead.includes(checksum.algorithm) ? checksum : undefined
    return putInParts(
      this.#uploads,
      { bucket, key, fields: { ...headersOf(options), sum }, conditions, signal },
      {
        ...{ chunks, equalParts, first, maxObjectBytes },
        partBytes: equalParts ? Math.max(partBytes, Math.ceil((size ?? 0) / STORAGE_MAX_PARTS)) : partBytes,
      },
    )
  }

  /** What `head` will tell. */
  #sums(told: Checksums, given: Checksum | undefined): Checksums {
    const { checksumsRead } = this.#settings
    if (checksumsRead.length === 0) return {}
    return given && checksumsRead.includes(given.algorithm) ? { ...told, [given.algorithm]: given.value } : told
  }
}

function headersOf(options: PutOptions): WrittenFields {
  const { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, metadata } = options
  return { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, metadata }
}

import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Body, ObjectInfo } from "../../../contracts/storage/object.ts"
import type { PartInfo, UploadSession } from "../../../contracts/storage/optional-interfaces.ts"
import type { SendOptions, UploadOptions, WriteConditions } from "../../../contracts/storage/options.ts"
import {
  admitBody,
  checkParts,
  readUploadToken,
  tell,
  tokenRefused,
  uploadTokenOf,
} from "../../../core/storage/for-adapters.ts"
import { Chunks, watchedSource } from "../../kit/chunks.ts"
import { refuseReserved, type WrittenFields } from "./headers.ts"
import { piecesOfSource } from "./pieces.ts"
import type { Requests } from "./requests.ts"
import { verifyingBody } from "./sums.ts"
import { listParts, listUploads } from "./upload-lists.ts"
import type { OwnUpload, UploadRequests } from "./upload-requests.ts"

export interface SessionSettings {
  readonly requests: Requests
  readonly clock: Clock
  readonly idleTimeoutMs: number
  readonly minPartBytes: number
  readonly maxObjectBytes: number
  /** The most bytes of one part. */
  readonly singleBytes: number
  /** How far the server's clock is before ours. */
  clockOffset(): number
}

const AT_ONCE = 16

/** Uploads that go on after a failure. */
export class Uploads {
  readonly #uploads: UploadRequests
  readonly #settings: SessionSettings

  constructor(uploads: UploadRequests, settings: SessionSettings) {
    this.#uploads = uploads
    this.#settings = settings
  }

  async create(bucket: string, key: string, options: UploadOptions): Promise<UploadSession> {
    const { ifMatch, ifNoneMatch, ...fields } = options
    refuseReserved(fields.metadata)
    const upload = await this.#uploads.create(bucket, key, fields)
    return new S3Upload(this.#uploads, this.#settings, { upload, conditions: { ifMatch, ifNoneMatch }, fields })
  }

  resume(token: string): UploadSession {
    const { bucket, id, ifMatch, ifNoneMatch, key, nonce } = readUploadToken("s3", token)
    if (nonce === undefined || (ifNoneMatch !== undefined && ifNoneMatch !== "*")) throw tokenRefused()
    return new S3Upload(this.#uploads, this.#settings, {
      upload: { bucket, key, id, nonce },
      conditions: { ifMatch, ifNoneMatch },
    })
  }

  async sweep(bucket: string, olderThanMs: number): Promise<number> {
    const before = this.#settings.clock.now() + this.#settings.clockOffset() - olderThanMs
    const open = await listUploads(this.#settings.requests, bucket)
    const old = open.filter(({ startedAt }) => startedAt.getTime() <= before)
    for (let start = 0; start < old.length; start += AT_ONCE) {
      await Promise.all(old.slice(start, start + AT_ONCE).map((upload) => this.#uploads.abort(upload)))
    }
    return old.length
  }
}

interface Resumed {
  readonly upload: OwnUpload
  readonly conditions: WriteConditions
  /** Known where it was created, not where it is resumed. */
  readonly fields?: WrittenFields
}

class S3Upload implements UploadSession {
  readonly bucket: string
  readonly key: string
  readonly token: string
  readonly #uploads: UploadRequests
  readonly #settings: SessionSettings
  readonly #resumed: Resumed
  /** What complete made. */
  #completed: ObjectInfo | undefined

  constructor(uploads: UploadRequests, settings: SessionSettings, resumed: Resumed) {
    const { bucket, id, key, nonce } = resumed.upload
    const { ifMatch, ifNoneMatch } = resumed.conditions
    const conditions = { ...(ifMatch !== undefined && { ifMatch }), ...(ifNoneMatch !== undefined && { ifNoneMatch }) }
    this.bucket = bucket
    this.key = key
    this.token = uploadTokenOf({ adapter: "s3", bucket, key, id, nonce, ...conditions })
    this.#uploads = uploads
    this.#settings = settings
    this.#resumed = resumed
  }

  async uploadPart(number: number, body: Body, options: SendOptions = {}): Promise<PartInfo> {
    const { onProgress, signal } = options
    const { clock, idleTimeoutMs, singleBytes } = this.#settings
    const source = admitBody(body, options, singleBytes)
    const verify = verifyingBody(options.checksum)
    if (source instanceof Uint8Array) {
      verify?.update(source)
      verify?.end()
      const part = await this.#uploads.sendPart(this.#resumed.upload, { number, body: source, signal })
      tell(onProgress, source.length)
      return part
    }
    const { size } = source
    const sent =
      size === undefined || size === 0
        ? await new Chunks(watchedSource(source, idleTimeoutMs, clock), verify).takePart()
        : piecesOfSource(source, size, verify)
    return this.#uploads.sendPart(this.#resumed.upload, { number, body: sent, signal })
  }

  parts(): Promise<PartInfo[]> {
    return listParts(this.#settings.requests, this.#resumed.upload)
  }

  async complete(): Promise<ObjectInfo> {
    this.#completed ??= await this.#complete()
    return structuredClone(this.#completed)
  }

  async abort(): Promise<void> {
    if (this.#completed === undefined) await this.#uploads.abort(this.#resumed.upload)
  }

  async #complete(): Promise<ObjectInfo> {
    const { upload, ...resumed } = this.#resumed
    try {
      return await this.#uploads.complete(upload, { ...resumed, parts: await this.#partsToComplete() })
    } catch (error) {
      if (!ServiceError.is(error)) throw error
      if (error.code === "PRECONDITION_FAILED") await this.#uploads.drop(upload)
      const made = error.code === "NOT_FOUND" ? await this.#uploads.made(upload) : undefined
      if (made === undefined) throw error
      return made
    }
  }

  /** Servers make no object of no part, but of one that is empty. */
  async #partsToComplete(): Promise<PartInfo[]> {
    const parts = await this.parts()
    checkParts(parts, this.#settings)
    if (parts.length > 0) return parts
    return [await this.#uploads.sendPart(this.#resumed.upload, { number: 1, body: new Uint8Array(0) })]
  }
}

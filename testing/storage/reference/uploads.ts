import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type {
  Body,
  IStorageMultipart,
  ObjectInfo,
  PartInfo,
  SendOptions,
  UploadOptions,
  UploadSession,
} from "../../../contracts/storage/storage.ts"
import { ReferenceOpened } from "./opened.ts"
import type { HeldPart, HeldUpload } from "./store.ts"
import { fromToken, toToken } from "./sums.ts"

/** What an upload is found by. */
export interface UploadRef {
  readonly bucket: string
  readonly key: string
  readonly id: string
}

/** How the reference storage takes objects in parts, in small methods that mutants change one of. */
export abstract class ReferenceUploads extends ReferenceOpened implements IStorageMultipart {
  async createUpload(bucket: string, key: string, options: UploadOptions = {}): Promise<UploadSession> {
    this.checkUpload(bucket, key, options)
    this.bucketOf(bucket)
    const ref = { bucket, key, id: this.newUploadId() }
    this.store.uploads.set(this.storedName(ref.id), this.newUpload(ref, options))
    return this.reply(this.sessionOf(ref))
  }

  async resumeUpload(token: string): Promise<UploadSession> {
    this.checkToken(token)
    return this.sessionOf(this.readToken(token))
  }

  async sweepUploads(bucket: string, olderThanMs: number): Promise<number> {
    this.checkSweep(bucket, olderThanMs)
    this.bucketOf(bucket)
    const old = this.uploadsOf(bucket).filter(([, upload]) => this.isOld(upload, olderThanMs))
    for (const [name] of old) this.store.uploads.delete(name)
    return this.reply(old.length)
  }

  /** Those that are neither complete nor gone. */
  uploadsOf(bucket: string): [name: string, upload: HeldUpload][] {
    return [...this.store.uploads].filter(([name, upload]) => {
      return name.startsWith(this.prefix()) && upload.bucket === bucket && upload.completed === undefined
    })
  }

  isOld({ startedAt }: HeldUpload, olderThanMs: number): boolean {
    return this.clock.now() - startedAt >= olderThanMs
  }

  /** Those of a bucket that is deleted. */
  dropUploads(bucket: string): void {
    for (const [name] of this.uploadsOf(bucket)) this.store.uploads.delete(name)
  }

  newUploadId(): string {
    return `u${++this.store.writes}`
  }

  newUpload({ bucket, key }: UploadRef, options: UploadOptions): HeldUpload {
    const { metadata } = options
    return {
      bucket,
      key,
      options: { ...options, ...(metadata !== undefined && { metadata: { ...metadata } }) },
      startedAt: this.clock.now(),
      parts: new Map(),
    }
  }

  tokenOf(ref: UploadRef): string {
    return toToken(ref)
  }

  readToken(token: string): UploadRef {
    const { bucket, id, key } = Object(fromToken(token)) as Partial<UploadRef>
    if (typeof bucket === "string" && typeof id === "string" && typeof key === "string") return { bucket, key, id }
    this.refuse("INVALID_ARGUMENT", "A token must be one that createUpload gave.")
  }

  sessionOf(ref: UploadRef): UploadSession {
    return {
      bucket: ref.bucket,
      key: ref.key,
      token: this.tokenOf(ref),
      uploadPart: (number, body, options) => this.uploadPart(ref, number, body, options),
      parts: () => this.partsOf(ref),
      complete: () => this.complete(ref),
      abort: () => this.abort(ref),
    }
  }

  findUpload({ id }: UploadRef): HeldUpload | undefined {
    return this.store.uploads.get(this.storedName(id))
  }

  /** One that takes parts. */
  openUpload(ref: UploadRef): HeldUpload {
    const upload = this.findUpload(ref)
    if (upload === undefined || upload.completed !== undefined) this.refuseUpload()
    return upload
  }

  refuseUpload(): never {
    this.refuseFor("NOT_FOUND", "upload", "There is no such upload.")
  }

  async uploadPart(ref: UploadRef, number: number, body: Body, options: SendOptions = {}): Promise<PartInfo> {
    return this.sending(body, async (reader) => {
      this.checkPart(number, body, options)
      this.openUpload(ref)
      const read = this.readBody(reader, options)
      const bytes = read instanceof Uint8Array ? read : await read
      if (options.checksum !== undefined) await this.checkSum(bytes, options.checksum)
      return this.reply(this.commitPart(ref, number, bytes))
    })
  }

  commitPart(ref: UploadRef, number: number, bytes: Uint8Array): PartInfo {
    this.checkOpen()
    const part = { number, bytes, etag: this.newEtag(bytes) }
    this.openUpload(ref).parts.set(number, part)
    return this.partInfoOf(part)
  }

  partInfoOf({ bytes, etag, number }: HeldPart): PartInfo {
    return { number, size: bytes.length, etag }
  }

  async partsOf(ref: UploadRef): Promise<PartInfo[]> {
    this.checkOpen()
    return this.reply(this.inOrder(this.openUpload(ref)).map((part) => this.partInfoOf(part)))
  }

  inOrder({ parts }: HeldUpload): HeldPart[] {
    return [...parts.values()].sort((one, other) => one.number - other.number)
  }

  async complete(ref: UploadRef): Promise<ObjectInfo> {
    this.checkOpen()
    const upload = this.findUpload(ref) ?? this.refuseUpload()
    const info = upload.completed ?? this.assemble(ref, upload)
    upload.completed = info
    return this.replyToWrite({ ...info, lastModified: new Date(info.lastModified), metadata: { ...info.metadata } })
  }

  /** Makes the object. A condition that does not hold ends the upload. */
  assemble(ref: UploadRef, upload: HeldUpload): ObjectInfo {
    const parts = this.inOrder(upload)
    this.checkParts(parts)
    try {
      const bytes = this.join(parts.map((part) => part.bytes))
      this.checkLimit(bytes.length)
      return this.commit(upload.bucket, upload.key, bytes, upload.options, {})
    } catch (error) {
      if (ServiceError.is(error) && error.code === "PRECONDITION_FAILED") this.dropUpload(ref)
      throw error
    }
  }

  checkParts(parts: readonly HeldPart[]): void {
    const { minPartBytes } = this.capabilities
    if (parts.slice(0, -1).every(({ bytes }) => bytes.length >= minPartBytes)) return
    this.refuseFor("INVALID_ARGUMENT", "size", `A part but the last must have ${minPartBytes} bytes or more.`)
  }

  dropUpload({ id }: UploadRef): void {
    this.store.uploads.delete(this.storedName(id))
  }

  async abort(ref: UploadRef): Promise<void> {
    this.checkOpen()
    if (this.findUpload(ref)?.completed === undefined) this.dropUpload(ref)
    return this.reply(undefined)
  }

  /** The answer to a write, also where it is lost. */
  async replyToWrite<Answer>(answer: Answer): Promise<Answer> {
    try {
      return await this.reply(answer)
    } catch (error) {
      throw ServiceError.is(error) ? this.unknownOutcome(error) : error
    }
  }

  unknownOutcome({ code, message }: ServiceError): ServiceError {
    return new ServiceError(code, message, { service: this.service, details: { outcome: "unknown" } })
  }
}

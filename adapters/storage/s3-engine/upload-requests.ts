import type { CompletedPart } from "@aws-sdk/client-s3"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { onAbort } from "../../../contracts/foundation/on-abort.ts"
import type { ObjectInfo } from "../../../contracts/storage/object.ts"
import type { PartInfo } from "../../../contracts/storage/optional-interfaces.ts"
import type { WriteConditions } from "../../../contracts/storage/options.ts"
import { aborted, protocolBroken } from "../../../core/storage/for-adapters.ts"
import { serviceError } from "./errors.ts"
import { fieldsInput, quotedEtag, toldEtag, type WrittenFields, writtenInfo } from "./headers.ts"
import { bodyInput, type Pieces, sendingOf, sizeOf } from "./outgoing.ts"
import { dateOf } from "./prepare.ts"
import type { Reader } from "./reading.ts"
import type { Requests } from "./requests.ts"
import { settleWrite } from "./settle.ts"
import { refuseUpload, type UploadId, uploadInput } from "./upload-id.ts"

/** An upload in parts that we began. */
export interface OwnUpload extends UploadId {
  /** Stands in the metadata of the object that it makes. */
  readonly nonce: string
}

/** A part that is sent: bytes, which can be sent again, or pieces, which cannot. */
export interface SentPart {
  readonly number: number
  readonly body: Uint8Array | Pieces
  readonly signal?: AbortSignal | undefined
}

export interface Completion {
  readonly parts: readonly PartInfo[]
  readonly conditions: WriteConditions
  /** What the object was made with, where that is known here. */
  readonly fields?: WrittenFields | undefined
  readonly signal?: AbortSignal | undefined
}

/** What an upload makes within one call. */
export interface MadeObject {
  readonly bucket: string
  readonly key: string
  readonly fields: WrittenFields
  readonly conditions: WriteConditions
  readonly signal?: AbortSignal | undefined
}

/** The requests of uploads in parts. */
export class UploadRequests {
  readonly #requests: Requests
  readonly #reader: Reader
  /** What may still leave an upload behind. */
  readonly #dropping = new Set<Promise<void>>()
  #orphaned = 0

  constructor(requests: Requests, reader: Reader) {
    this.#requests = requests
    this.#reader = reader
  }

  create(bucket: string, key: string, fields: WrittenFields, isOfMake = false): Promise<OwnUpload> {
    const nonce = crypto.randomUUID()
    return this.#requests.call<OwnUpload>(
      async ({ s3, send }) => {
        const Bucket = this.#requests.stored(bucket)
        const input = { Bucket, Key: key, ...fieldsInput({ ...fields, nonce }) }
        const { UploadId } = await send(new s3.CreateMultipartUploadCommand(input))
        if (!UploadId) throw protocolBroken()
        return { bucket, key, id: UploadId, nonce }
      },
      { kind: "write", outlivesClose: isOfMake },
    )
  }

  /**
   * Makes an object of an upload of its own. Where that fails, or is aborted, or the storage closes, the call rejects at
   * once and the upload is dropped behind it.
   */
  async make(object: MadeObject, send: (upload: OwnUpload) => Promise<PartInfo[]>): Promise<ObjectInfo> {
    const { bucket, conditions, fields, key, signal } = object
    if (signal?.aborted) throw aborted(signal)
    this.#requests.refuseEnded()
    // Nothing ends this request: nobody could drop an upload without its id.
    const creating = this.create(bucket, key, fields, true)
    const making = async () => {
      const { parts, upload } = await beforeStored(async () => {
        const upload = await this.#requests.unlessEnded(unlessAborted(creating, signal))
        return { upload, parts: await this.#requests.unlessEnded(send(upload)) }
      })
      return this.complete(upload, { parts, conditions, fields, signal })
    }
    const made = making()
    void this.#follow(made.then(ignore, () => creating.then((upload) => this.drop(upload), this.#countUnknown)))
    return made
  }

  sendPart(upload: UploadId, { body, number, signal }: SentPart): Promise<PartInfo> {
    const size = sizeOf(body)
    return this.#requests.call<PartInfo>(
      async ({ s3, send, stream }) => {
        const input = { ...uploadInput(this.#requests, upload), PartNumber: number, ...bodyInput(body, stream) }
        const { ETag } = await send(new s3.UploadPartCommand(input))
        return { number, size, etag: toldEtag(ETag) }
      },
      { kind: "write", signal, recover: refuseUpload, ...sendingOf(body) },
    )
  }

  /** The object that an upload made, if it still stands there. */
  async made({ bucket, key, nonce }: OwnUpload): Promise<ObjectInfo | undefined> {
    const seen = await this.#reader.head(bucket, key)
    return seen?.nonce === nonce ? seen.info : undefined
  }

  /** @throws ServiceError NOT_FOUND, reason "upload", where it is gone and made no object that stands there. */
  async complete(upload: OwnUpload, completion: Completion): Promise<ObjectInfo> {
    const { bucket, key, nonce } = upload
    const { conditions, fields, signal } = completion
    const made = await settleWrite(this.#requests, {
      ...{ conditions, nonce, signal },
      repeatable: true,
      look: () => this.#reader.head(bucket, key, signal),
      once: () => this.#complete(upload, completion),
    })
    // The server has the time at which the upload began; who may write and not read is told what is known here.
    const seen = await this.#reader.head(bucket, key, signal).catch((error: unknown) => {
      if (fields === undefined) throw error
      return undefined
    })
    return seen?.nonce === nonce ? seen.info : made
  }

  /** Resolves also where the upload is gone. */
  async abort(upload: UploadId, outlivesClose = false): Promise<void> {
    await this.#requests.call<unknown>(
      ({ s3, send }) => send(new s3.AbortMultipartUploadCommand(uploadInput(this.#requests, upload))),
      {
        kind: "write",
        outlivesClose,
        recover(failure) {
          if (failure.status !== 404) throw serviceError(failure, "write")
        },
      },
    )
  }

  /** Aborts an upload, or counts it where that fails. */
  drop(upload: UploadId): Promise<void> {
    return this.#follow(
      this.abort(upload, true).catch(() => {
        this.#orphaned++
      }),
    )
  }

  /** Uploads that could not be dropped: they hold their parts until somebody sweeps them. */
  get orphaned(): number {
    return this.#orphaned
  }

  /** Resolves when nothing is being dropped. */
  async settled(): Promise<void> {
    while (this.#dropping.size > 0) await Promise.all(this.#dropping)
  }

  #follow(dropping: Promise<void>): Promise<void> {
    this.#dropping.add(dropping)
    void dropping.finally(() => this.#dropping.delete(dropping))
    return dropping
  }

  readonly #countUnknown = (error: unknown): void => {
    if (isUnknown(error)) this.#orphaned++
  }

  #complete(upload: OwnUpload, { conditions, fields = {}, parts, signal }: Completion): Promise<ObjectInfo> {
    const { bucket, key } = upload
    const size = parts.reduce((sum, part) => sum + part.size, 0)
    const Parts = parts.map(({ etag, number }): CompletedPart => ({ ETag: quotedEtag(etag), PartNumber: number }))
    return this.#requests.once(
      async ({ answer, s3, send }) => {
        const { ETag } = await send(
          new s3.CompleteMultipartUploadCommand({
            ...uploadInput(this.#requests, upload),
            MultipartUpload: { Parts },
            IfMatch: quotedEtag(conditions.ifMatch),
            IfNoneMatch: conditions.ifNoneMatch,
          }),
        )
        return writtenInfo({ bucket, key, size, etag: ETag, lastModified: dateOf(answer()), fields, checksums: {} })
      },
      { timeoutMs: this.#requests.timeoutFor(size), signal },
    )
  }
}

/** Rejects at once where the signal aborts; the work goes on. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const endWait = onAbort(signal, () => reject(aborted(signal)))
    work.then(resolve, reject).finally(endWait)
  })
}

/** No object comes to be before complete is sent, so that nothing is open. */
async function beforeStored<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isUnknown(error)) throw error
    throw new ServiceError("UNAVAILABLE", "The parts did not all come to the storage server; nothing was stored.", {
      cause: error,
    })
  }
}

function isUnknown(error: unknown): boolean {
  return ServiceError.is(error) && error.details?.["outcome"] === "unknown"
}

function ignore(): void {}

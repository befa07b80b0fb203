import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type {
  Body,
  ObjectInfo,
  PartInfo,
  SendOptions,
  StorageCapabilities,
  UploadOptions,
  UploadSession,
} from "../../../contracts/storage/storage.ts"
import {
  aborted,
  checkParts,
  readUploadToken,
  uploadNotFound,
  uploadTokenOf,
} from "../../../core/storage/for-adapters.ts"
import { checkedSums, heldBytes, joined } from "./held-body.ts"

interface HeldPart {
  readonly info: PartInfo
  readonly bytes: Uint8Array
}

interface HeldUpload {
  readonly bucket: string
  readonly key: string
  readonly options: UploadOptions
  readonly startedAt: number
  readonly parts: Map<number, HeldPart>
  /** What complete made of it. */
  completed?: ObjectInfo
}

type Store = (bucket: string, key: string, bytes: Uint8Array, options: UploadOptions) => ObjectInfo

/** How many completed uploads are remembered, so that complete can be called again. */
const REMEMBERED = 1000

/** The uploads of one storage. */
export class Uploads {
  readonly #uploads = new Map<string, HeldUpload>()
  readonly #completed: string[] = []
  readonly #capabilities: StorageCapabilities
  readonly #clock: Clock
  readonly #store: Store

  constructor(capabilities: StorageCapabilities, clock: Clock, store: Store) {
    this.#capabilities = capabilities
    this.#clock = clock
    this.#store = store
  }

  create(bucket: string, key: string, options: UploadOptions): UploadSession {
    const token = uploadTokenOf({ adapter: "memory", bucket, key, id: crypto.randomUUID() })
    const startedAt = this.#clock.now()
    this.#uploads.set(token, { bucket, key, options: structuredClone(options), startedAt, parts: new Map() })
    return this.#session(token, bucket, key)
  }

  resume(token: string): UploadSession {
    const { bucket, key } = readUploadToken("memory", token)
    return this.#session(token, bucket, key)
  }

  sweep(bucket: string, olderThanMs: number): number {
    const before = this.#clock.now() - olderThanMs
    const old = [...this.#uploads].filter(([, upload]) => {
      return upload.bucket === bucket && upload.completed === undefined && upload.startedAt <= before
    })
    for (const [token] of old) this.#uploads.delete(token)
    return old.length
  }

  /** Its bucket is gone. */
  forget(bucket: string): void {
    for (const [token, upload] of this.#uploads) if (upload.bucket === bucket) this.#uploads.delete(token)
  }

  #session(token: string, bucket: string, key: string): UploadSession {
    return {
      bucket,
      key,
      token,
      uploadPart: (number, body, options = {}) => this.#uploadPart(token, number, body, options),
      parts: async () => partsOf(this.#open(token)).map(({ info }) => ({ ...info })),
      complete: async () => structuredClone(this.#complete(token)),
      abort: async () => this.#abort(token),
    }
  }

  async #uploadPart(token: string, number: number, body: Body, options: SendOptions): Promise<PartInfo> {
    this.#open(token)
    const bytes = await heldBytes(body, options, this.#capabilities.maxObjectBytes)
    if (options.signal?.aborted) throw aborted(options.signal)
    checkedSums(bytes, options.checksum)
    const info = { number, size: bytes.length, etag: crypto.randomUUID() }
    this.#open(token).parts.set(number, { info, bytes })
    return { ...info }
  }

  #complete(token: string): ObjectInfo {
    const upload = this.#find(token)
    if (upload.completed !== undefined) return upload.completed
    const parts = partsOf(upload)
    checkParts(
      parts.map(({ info }) => info),
      this.#capabilities,
    )
    try {
      const bytes = joined(parts.map(({ bytes }) => bytes))
      upload.completed = this.#store(upload.bucket, upload.key, bytes, upload.options)
    } catch (error) {
      if (ServiceError.is(error) && error.code === "PRECONDITION_FAILED") this.#uploads.delete(token)
      throw error
    }
    upload.parts.clear()
    this.#completed.push(token)
    if (this.#completed.length > REMEMBERED) this.#uploads.delete(this.#completed.shift() as string)
    return upload.completed
  }

  #abort(token: string): void {
    if (this.#uploads.get(token)?.completed === undefined) this.#uploads.delete(token)
  }

  #find(token: string): HeldUpload {
    const upload = this.#uploads.get(token)
    if (upload === undefined) throw uploadNotFound()
    return upload
  }

  #open(token: string): HeldUpload {
    const upload = this.#find(token)
    if (upload.completed !== undefined) throw uploadNotFound()
    return upload
  }
}

function partsOf({ parts }: HeldUpload): HeldPart[] {
  return [...parts.values()].sort((a, b) => a.info.number - b.info.number)
}

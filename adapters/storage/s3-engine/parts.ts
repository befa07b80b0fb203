import { STORAGE_MAX_PARTS } from "../../../contracts/storage/arguments.ts"
import type { ObjectInfo } from "../../../contracts/storage/object.ts"
import type { PartInfo } from "../../../contracts/storage/optional-interfaces.ts"
import { overMaxBytes } from "../../../core/storage/for-adapters.ts"
import type { Chunks } from "../../kit/chunks.ts"
import type { MadeObject, OwnUpload, UploadRequests } from "./upload-requests.ts"

interface PartSizes {
  /** Of the first parts. */
  readonly partBytes: number
  /** All parts have the size of the first. */
  readonly equalParts: boolean
}

/** A body that is too large for one request, or may be. */
export interface PartedBody extends PartSizes {
  readonly chunks: Chunks
  /** What was taken of them already: the first part. */
  readonly first: Uint8Array | undefined
  readonly maxObjectBytes: number
}

/** Parts that are sent at once, while they have their first size. */
const AT_ONCE = 4
/** Parts of one size, before that doubles: 10,000 parts then hold more than any object may. */
const OF_ONE_SIZE = 1000

/** Sends a body in parts, each of which is sent again alone. Where that fails, the upload is dropped. */
export function putInParts(uploads: UploadRequests, object: MadeObject, body: PartedBody): Promise<ObjectInfo> {
  return uploads.make(object, (upload) => new PartQueue(uploads, upload, body, object.signal).send())
}

/** Takes the next part of a body while others are on their way. */
class PartQueue {
  readonly #uploads: UploadRequests
  readonly #upload: OwnUpload
  readonly #body: PartedBody
  readonly #parts: PartInfo[] = []
  readonly #sending = new Set<Promise<void>>()
  /** Memory of parts that were sent, for the next ones. */
  readonly #rooms: Uint8Array[] = []
  /** Ends parts that are on their way when the body, or another part, has failed. */
  readonly #ending = new AbortController()
  readonly #signal: AbortSignal
  #fail: (reason: unknown) => void = () => {}

  constructor(uploads: UploadRequests, upload: OwnUpload, body: PartedBody, signal: AbortSignal | undefined) {
    this.#uploads = uploads
    this.#upload = upload
    this.#body = body
    this.#signal = AbortSignal.any([this.#ending.signal, ...(signal === undefined ? [] : [signal])])
  }

  async send(): Promise<PartInfo[]> {
    const failed = new Promise<never>((_, reject) => {
      this.#fail = reject
    })
    try {
      await Promise.race([this.#sendAll(), failed])
      return this.#parts.sort((a, b) => a.number - b.number)
    } finally {
      this.#ending.abort()
      await Promise.all(this.#sending)
    }
  }

  async #sendAll(): Promise<void> {
    const { chunks, first, maxObjectBytes } = this.#body
    for (let number = 1; ; number++) {
      const size = partSize(number, this.#body)
      // Before the next is taken: no more than those that are on their way are in memory.
      while (this.#sending.size >= partsAtOnce(size, this.#body)) await Promise.race(this.#sending)
      const bytes = number === 1 && first !== undefined ? first : await this.#take(size)
      if (bytes.length === 0) break
      if (number > STORAGE_MAX_PARTS) throw overMaxBytes("body", "maxObjectBytes", maxObjectBytes)
      this.#start(number, bytes)
    }
    chunks.verify()
    await Promise.all(this.#sending)
  }

  /** The next part. */
  #take(size: number): Promise<Uint8Array> {
    return this.#body.chunks.take(size, this.#rooms.pop() ?? new Uint8Array(size))
  }

  #start(number: number, body: Uint8Array): void {
    const sent = this.#uploads
      .sendPart(this.#upload, { number, body, signal: this.#signal })
      .then((part) => {
        this.#parts.push(part)
        this.#rooms.push(body)
      }, this.#fail)
      .finally(() => this.#sending.delete(sent))
    this.#sending.add(sent)
  }
}

/** Bytes of a part by its number. */
export function partSize(number: number, { equalParts, partBytes }: PartSizes): number {
  return equalParts ? partBytes : partBytes * 2 ** Math.floor((number - 1) / OF_ONE_SIZE)
}

/** How many parts of so many bytes are sent at once: fewer as they grow, so that they take no more memory. */
export function partsAtOnce(bytes: number, { partBytes }: PartSizes): number {
  return Math.max(1, Math.floor((AT_ONCE * partBytes) / bytes))
}

import { unlink } from "node:fs/promises"
import type { SendOptions } from "../../../contracts/storage/options.ts"
import { aborted, checksumRefused, tell } from "../../../core/storage/for-adapters.ts"
import { crc32, crcText, type Summing, summing } from "../../kit/checksums.ts"
import { type CloseWritten, closeFile, openFile, syncFile, TO_CREATE, writeAll } from "./files.ts"
import { type Contents, encodeTrailer, type StoredInfo } from "./trailer.ts"
import type { Tree } from "./tree.ts"

/** A body with no more bytes is written together with its trailer; of a larger one, a part while the next comes in. */
const BUFFER_BYTES = 256 * 1024
/** A larger body of bytes is written in such parts, so that other work is done between their checksums. */
const WRITE_BYTES = 1024 * 1024

/** Where bytes come from, piece by piece: a `BodySource`, or other files. */
export interface PieceSource {
  /** Of all pieces, where it is known. */
  readonly size?: number | undefined
  next(): Promise<Uint8Array | undefined>
}

/** A file that is being written, which nobody else sees. */
export class StagedFile {
  readonly path: string
  readonly #descriptor: number
  readonly #close: CloseWritten
  #isOpen = true
  #size = 0
  /** By another algorithm of the caller. */
  #sum: Summing | undefined
  #crc = 0
  #isChecked = false
  /** Bytes that are written with the trailer. */
  #last: Uint8Array = new Uint8Array(0)

  private constructor(path: string, descriptor: number, close: CloseWritten) {
    this.path = path
    this.#descriptor = descriptor
    this.#close = close
  }

  static async create(tree: Tree): Promise<StagedFile> {
    const path = tree.staged()
    return new StagedFile(path, await openFile(path, TO_CREATE, 0o666), tree.closeWritten)
  }

  /**
   * Takes the whole body.
   *
   * @throws ServiceError INVALID_ARGUMENT where it does not have its checksum.
   */
  async fill(body: Uint8Array | PieceSource, options: SendOptions = {}): Promise<Contents> {
    const { checksum } = options
    this.#isChecked = checksum !== undefined
    if (checksum !== undefined && checksum.algorithm !== "crc32") this.#sum = summing(checksum.algorithm)
    if (body instanceof Uint8Array) await this.#fillWithBytes(body, options)
    else await this.#fillWithStream(body)
    const crc = this.#hasCrc && { crc32: this.#crc }
    if (checksum === undefined) return { size: this.#size, checksums: {}, ...crc }
    const value = this.#sum?.digest() ?? crcText(this.#crc)
    if (value !== checksum.value) throw checksumRefused()
    return { size: this.#size, checksums: { [checksum.algorithm]: value }, ...crc }
  }

  /** Writes the trailer: the file is whole now. */
  async seal(stored: StoredInfo, sync: boolean): Promise<void> {
    await writeAll(this.#descriptor, [this.#last, encodeTrailer(stored)])
    if (sync) await syncFile(this.#descriptor)
    this.#isOpen = false
    await this.#close(this.#descriptor)
  }

  /** Nothing is left of it, unless it was moved away. */
  async discard(): Promise<void> {
    if (this.#isOpen) await closeFile(this.#descriptor).catch(() => {})
    this.#isOpen = false
    await unlink(this.path).catch(() => {})
  }

  async #fillWithBytes(bytes: Uint8Array, { onProgress, signal }: SendOptions): Promise<void> {
    let at = 0
    // What has no checksum is written together with its trailer; a checksum is computed while the bytes are written.
    const last = this.#isChecked ? BUFFER_BYTES : WRITE_BYTES
    while (bytes.length - at > last) {
      if (signal?.aborted) throw aborted(signal)
      const part = bytes.subarray(at, at + WRITE_BYTES)
      const writing = writeAll(this.#descriptor, [part])
      this.#count(part)
      at += part.length
      await writing
      tell(onProgress, at)
    }
    this.#end(bytes.subarray(at))
    if (at < bytes.length) tell(onProgress, bytes.length)
  }

  /** Pieces are copied: who gave one may change it when the next is asked for. */
  async #fillWithStream(source: PieceSource): Promise<void> {
    // A body of this size does not fill it, and is written with the trailer.
    const length = Math.min(BUFFER_BYTES, (source.size ?? BUFFER_BYTES) + 1)
    let [filling, spare] = [new Uint8Array(length), new Uint8Array(0)]
    let at = 0
    let writing = Promise.resolve()
    try {
      for (let piece = await source.next(); piece !== undefined; piece = await source.next()) {
        for (let taken = 0; taken < piece.length; ) {
          const part = piece.subarray(taken, taken + length - at)
          filling.set(part, at)
          at += part.length
          taken += part.length
          if (at < length) continue
          await writing
          writing = writeAll(this.#descriptor, [filling])
          writing.catch(() => {})
          this.#count(filling)
          ;[filling, spare] = [spare.length === 0 ? new Uint8Array(length) : spare, filling]
          at = 0
        }
      }
      await writing
    } finally {
      // The descriptor is not closed under a write.
      await writing.catch(() => {})
    }
    this.#end(filling.subarray(0, at))
  }

  #end(last: Uint8Array): void {
    this.#last = last
    this.#count(last)
  }

  #count(bytes: Uint8Array): void {
    this.#size += bytes.length
    this.#sum?.update(bytes)
    if (this.#hasCrc) this.#crc = crc32(bytes, this.#crc)
  }

  /** Of a large body that nobody asked a checksum of, it would take a fourth of the time of writing it. */
  get #hasCrc(): boolean {
    return this.#isChecked || this.#size <= BUFFER_BYTES
  }
}

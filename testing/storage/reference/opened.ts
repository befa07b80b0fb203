import type {
  ByteRange,
  Checksums,
  GetOptions,
  ObjectInfo,
  RangeOptions,
  ReadOptions,
  StoredObject,
  WriteConditions,
} from "../../../contracts/storage/storage.ts"
import { ReferenceObjects } from "./objects.ts"
import type { HeldObject } from "./store.ts"

/** An object that was got. */
export interface Opened {
  readonly info: ObjectInfo
  readonly range: ByteRange | undefined
  /** Those of the range. */
  readonly bytes: Uint8Array
  /** What the bytes must have; nothing for a range. */
  readonly checksums: Checksums
  readonly signal: AbortSignal | undefined
  /** It was read or cancelled. */
  over: boolean
  cancelled: boolean
}

/** Of a stream. */
const PIECE_BYTES = 65_536

/** How the reference storage gives objects, in small methods that mutants change one of. */
export abstract class ReferenceOpened extends ReferenceObjects {
  checkReadConditions({ etag }: HeldObject, { ifMatch, ifNoneMatch }: WriteConditions | GetOptions): void {
    if (ifMatch !== undefined && ifMatch !== etag) {
      this.refuseFor("PRECONDITION_FAILED", "changed", "The object is another one.")
    }
    if (ifNoneMatch !== undefined && ifNoneMatch === etag) {
      this.refuseFor("PRECONDITION_FAILED", "not-modified", "The object is still the same.")
    }
  }

  /** The bytes that a range means, or undefined for none. */
  rangeOf({ end, start = 0, suffix }: RangeOptions, size: number): ByteRange | undefined {
    if (suffix !== undefined) return size === 0 ? undefined : { start: Math.max(0, size - suffix), end: size - 1 }
    if (start >= size) this.refuseRange(size)
    return { start, end: Math.min(end ?? size - 1, size - 1) }
  }

  refuseRange(size: number): never {
    this.refuseFor("INVALID_ARGUMENT", "range", "A range must begin within the object.", { size })
  }

  opened(bucket: string, object: HeldObject, { range: asked, signal }: GetOptions): Opened {
    const { bytes, checksums } = object
    const info = this.infoOf(bucket, object)
    if (asked === undefined) return { info, range: undefined, bytes, checksums, signal, over: false, cancelled: false }
    const range = this.rangeOf(asked, bytes.length)
    const part = range === undefined ? new Uint8Array(0) : bytes.slice(range.start, range.end + 1)
    return { info, range, bytes: part, checksums: {}, signal, over: false, cancelled: false }
  }

  handleOf(opened: Opened): StoredObject {
    const { info, range } = opened
    return {
      info,
      ...(range !== undefined && { range }),
      bytes: async (options) => this.bytesOf(opened, options),
      text: async (options) => this.decodeText(await this.bytesOf(opened, options)),
      stream: () => this.streamOf(opened),
      cancel: async () => this.cancelRead(opened),
    }
  }

  async bytesOf(opened: Opened, options: ReadOptions = {}): Promise<Uint8Array> {
    this.checkOpen()
    this.checkRead(options)
    this.takeOver(opened)
    this.checkMaxBytes(opened, options)
    await this.verify(opened)
    const bytes = await this.reply(opened.bytes)
    this.checkSignal(opened.signal)
    return this.copyOut(bytes)
  }

  /** Nobody else reads it. */
  takeOver(opened: Opened): void {
    this.checkSignal(opened.signal)
    if (opened.over) this.refuseRead()
    opened.over = true
  }

  refuseRead(): never {
    this.refuseFor("PRECONDITION_FAILED", "read", "The object was read.")
  }

  checkMaxBytes({ bytes }: Opened, { maxBytes = Number.POSITIVE_INFINITY }: ReadOptions): void {
    if (bytes.length > maxBytes) this.refuse("LIMIT_EXCEEDED", `The object has more than ${maxBytes} bytes.`)
  }

  /** Whether the bytes are those that were stored. */
  async verify({ bytes, checksums }: Opened): Promise<void> {
    for (const [algorithm, value] of Object.entries(checksums)) {
      if ((await this.sumOf(algorithm, bytes)) !== value) this.refuse("CORRUPT", "The bytes have changed.")
    }
  }

  copyOut(bytes: Uint8Array): Uint8Array {
    return new Uint8Array(bytes)
  }

  decodeText(bytes: Uint8Array): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
  }

  streamOf(opened: Opened): ReadableStream<Uint8Array> {
    let at = 0
    const start = async () => {
      this.takeOver(opened)
      await this.verify(opened)
    }
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      const piece = await this.pieceAt(opened, at)
      at += piece.length
      if (piece.length > 0) controller.enqueue(piece)
      else controller.close()
    }
    return new ReadableStream({ start, pull, cancel: () => this.cancelRead(opened) }, { highWaterMark: 0 })
  }

  /** A piece of a stream, empty at the end. */
  async pieceAt({ bytes, cancelled, signal }: Opened, at: number): Promise<Uint8Array> {
    this.checkOpen()
    if (cancelled) this.refuseRead()
    const piece = await this.reply(bytes.slice(at, at + this.pieceBytes()))
    this.checkSignal(signal)
    return piece
  }

  pieceBytes(): number {
    return PIECE_BYTES
  }

  cancelRead(opened: Opened): void {
    opened.over = true
    opened.cancelled = true
  }
}

import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Body, Checksum, SendOptions } from "../../../contracts/storage/storage.ts"
import { ReferenceChecks } from "./checks.ts"
import { crc32, sha256 } from "./sums.ts"

/** What was taken of a body. */
export interface Taken {
  readonly pieces: Uint8Array[]
  count: number
}

/** A body that is read piece by piece, or is at hand as a whole. */
export interface BodyReader {
  readonly whole?: Uint8Array
  /** Gives the next piece, or undefined at the end. */
  next(): Promise<unknown>
  /** Ends a stream before its end. */
  cancel(): void
  /** It came to its end, failed or was cancelled. */
  over: boolean
}

/** How the reference storage takes bodies, in small methods that mutants change one of. */
export abstract class ReferenceBodies extends ReferenceChecks {
  /** What ends each wait for a piece. */
  readonly waiting = new Set<() => void>()

  /** Sends a body by `send`. A stream that it does not read to its end is cancelled. */
  async sending<Answer>(body: Body, send: (reader: BodyReader) => Promise<Answer>): Promise<Answer> {
    const reader = this.readerOf(body)
    try {
      return await send(reader)
    } finally {
      this.endBody(reader)
    }
  }

  endBody(reader: BodyReader): void {
    if (!reader.over) reader.cancel()
    reader.over = true
  }

  readerOf(body: Body): BodyReader {
    if (typeof body === "string") return atHand(this.encodeText(body))
    if (body instanceof Uint8Array) return atHand(body)
    if (body instanceof Blob) return this.readerOfStream(this.streamOfBlob(body))
    if (body instanceof ReadableStream) return this.readerOfStream(body)
    return this.readerOfIterable(body)
  }

  encodeText(text: string): Uint8Array {
    return new TextEncoder().encode(text)
  }

  streamOfBlob(blob: Blob): ReadableStream<Uint8Array> {
    return blob.stream()
  }

  readerOfStream(stream: ReadableStream<Uint8Array>): BodyReader {
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
    return {
      over: false,
      async next() {
        reader ??= stream.getReader()
        const { value } = await reader.read()
        return value
      },
      cancel() {
        if (reader === undefined && stream.locked) return
        ;(reader ?? stream).cancel().catch(() => {})
      },
    }
  }

  readerOfIterable(body: AsyncIterable<Uint8Array>): BodyReader {
    let iterator: AsyncIterator<unknown> | undefined
    const begun = () => {
      iterator ??= body?.[Symbol.asyncIterator]?.()
      return iterator
    }
    return {
      over: false,
      async next() {
        const { done, value } = (await begun()?.next()) ?? { done: true }
        return done === true ? undefined : (value ?? "nothing")
      },
      cancel() {
        const { destroy } = Object(body) as { destroy?(): unknown }
        if (destroy !== undefined) destroy.call(body)
        else
          begun()
            ?.return?.()
            ?.catch(() => {})
      },
    }
  }

  /** All of a body, as bytes that nobody else has: at once where they are at hand. */
  readBody(reader: BodyReader, options: SendOptions): Uint8Array | Promise<Uint8Array> {
    const taken = { pieces: [], count: 0 }
    if (reader.whole === undefined) return this.readPieces(reader, taken, options)
    reader.over = true
    this.takePiece(taken, reader.whole, options)
    return this.wholeOf(taken, options)
  }

  async readPieces(reader: BodyReader, taken: Taken, options: SendOptions): Promise<Uint8Array> {
    for (;;) {
      const piece = await this.pieceWithin(reader, options.signal)
      if (piece === undefined) return this.wholeOf(taken, options)
      this.checkPiece(piece)
      if (piece.length > 0) this.takePiece(taken, piece, options)
    }
  }

  takePiece(taken: Taken, piece: Uint8Array, options: SendOptions): void {
    taken.count += piece.length
    this.checkCount(taken.count, options)
    taken.pieces.push(this.copyIn(piece))
    this.tellProgress(options, taken.count)
  }

  wholeOf({ count, pieces }: Taken, options: SendOptions): Uint8Array {
    this.checkWhole(count, options)
    return this.join(pieces)
  }

  /** The next piece, or an error as soon as the signal fires or the storage closes. */
  async pieceWithin(reader: BodyReader, signal: AbortSignal | undefined): Promise<unknown> {
    this.checkSignal(signal)
    let stop = () => {}
    const stopped = new Promise<void>((resolve) => {
      stop = resolve
      signal?.addEventListener("abort", stop)
      this.waiting.add(stop)
    })
    const refused = stopped.then(() => {
      this.checkSignal(signal)
      this.checkOpen()
    })
    try {
      return await Promise.race([this.nextPiece(reader), refused])
    } finally {
      signal?.removeEventListener("abort", stop)
      this.waiting.delete(stop)
      stop()
    }
  }

  override async close(): Promise<void> {
    await super.close()
    this.endWaiting()
  }

  /** Ends the waits for pieces that may never come. */
  endWaiting(): void {
    for (const stop of this.waiting) stop()
  }

  async nextPiece(reader: BodyReader): Promise<unknown> {
    try {
      const piece = await reader.next()
      reader.over ||= piece === undefined
      return piece
    } catch (cause) {
      reader.over = true
      throw this.bodyFailed(cause)
    }
  }

  bodyFailed(cause: unknown): ServiceError {
    return new ServiceError("INVALID_ARGUMENT", "The body failed before its end.", {
      service: this.service,
      details: { reason: "body" },
      cause,
    })
  }

  checkPiece(piece: unknown): asserts piece is Uint8Array {
    if (piece instanceof Uint8Array) return
    this.refuseFor("INVALID_ARGUMENT", "body", "A body must give Uint8Arrays.")
  }

  checkCount(count: number, { size }: SendOptions): void {
    if (size !== undefined && count > size) this.refuseSize()
    this.checkLimit(count)
  }

  checkWhole(count: number, { size }: SendOptions): void {
    if (size !== undefined && count < size) this.refuseSize()
  }

  refuseSize(): never {
    this.refuseFor("INVALID_ARGUMENT", "size", "A body must have as many bytes as size says.")
  }

  copyIn(piece: Uint8Array): Uint8Array {
    return new Uint8Array(piece)
  }

  join(pieces: readonly Uint8Array[]): Uint8Array {
    const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const piece of pieces) {
      all.set(piece, at)
      at += piece.length
    }
    return all
  }

  tellProgress({ onProgress }: SendOptions, count: number): void {
    try {
      onProgress?.(count)
    } catch {}
  }

  async checkSum(bytes: Uint8Array, { algorithm, value }: Checksum): Promise<void> {
    if ((await this.sumOf(algorithm, bytes)) === value) return
    this.refuseFor("INVALID_ARGUMENT", "checksum", "The body does not have this checksum.")
  }

  async sumOf(algorithm: string, bytes: Uint8Array): Promise<string> {
    return algorithm === "sha256" ? sha256(bytes) : crc32(bytes)
  }
}

function atHand(whole: Uint8Array): BodyReader {
  return { whole, over: false, next: async () => undefined, cancel() {} }
}

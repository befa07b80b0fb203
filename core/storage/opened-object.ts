import type { Clock, Timer } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { onAbort } from "../../contracts/foundation/on-abort.ts"
import { readOptionsIssue } from "../../contracts/storage/arguments.ts"
import type { ByteRange, ObjectInfo, ReadOptions, StoredObject } from "../../contracts/storage/object.ts"
import { aborted, cutShort, noRoom, overMaxBytes, preconditionFailed, readTimedOut } from "./errors.ts"

/** Where the bytes of an object come from. */
export interface ByteReader {
  /**
   * The next piece; undefined at the end. What it gives is the reader's own, or the beginning of `room`, which is given
   * where all that is left is to become one piece of memory.
   */
  next(room?: Uint8Array): Promise<Uint8Array | undefined>
  /** Nobody reads on: called once, also after the end. A `next` that is under way settles then. */
  release(): void
}

export interface OpenedObjectOptions {
  readonly info: ObjectInfo
  readonly range?: ByteRange | undefined
  /** Bytes that must come. */
  readonly length: number
  /** Bytes that are at hand, and are copied for the reader; else a reader for them. */
  readonly source: Uint8Array | ByteReader
  readonly signal?: AbortSignal | undefined
  /** For how long nobody may read, and nothing may come. */
  readonly idleMs: number
  readonly clock: Clock
  /** Sees every piece, and at the end throws where they are not what was stored. */
  readonly verify?: { update(piece: Uint8Array): void; end(): void } | undefined
}

/**
 * What `get` resolves. It is read once; a piece that does not come in time, or an end that comes too early, rejects; the
 * source is released whatever happens.
 */
export function openedObject(options: OpenedObjectOptions): StoredObject {
  const { info, length, range } = options
  const pieces = new Pieces(options)
  const bytes = async (read?: ReadOptions) => {
    const issue = readOptionsIssue(read)
    if (issue !== undefined) throw new ServiceError("INVALID_ARGUMENT", issue)
    return pieces.take(read?.maxBytes)
  }
  return {
    info,
    ...(range !== undefined && { range }),
    bytes,
    text: async (read) => textOf(await bytes(read)),
    stream: () => pieces.stream(length),
    cancel: async () => pieces.end(),
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    // No text is as long as that.
    throw noRoom(bytes.length, cause)
  }
}

/** The part of Node.js that makes memory without filling it; elsewhere there is none. */
const { Buffer: nodeBuffer } = globalThis as { Buffer?: { allocUnsafeSlow(length: number): Uint8Array } }

/** Memory of which every byte is written before anybody sees it. */
function unfilled(length: number): Uint8Array {
  return nodeBuffer === undefined ? new Uint8Array(length) : new Uint8Array(nodeBuffer.allocUnsafeSlow(length).buffer)
}

/** Of a stream of bytes that are at hand. */
const PIECE_BYTES = 65_536

class Pieces {
  readonly #options: OpenedObjectOptions
  #isTaken = false
  #left: number
  /** Why nothing comes any more. The error is made when it is thrown: most objects are read once. */
  #over: (() => unknown) | undefined
  #timer: Timer | undefined
  #endWait = () => {}

  constructor(options: OpenedObjectOptions) {
    this.#options = options
    this.#left = options.length
    // Bytes at hand hold nothing that must be given back.
    if (options.source instanceof Uint8Array) return
    this.#endWait = onAbort(options.signal, () => this.#stopIfAborted())
    this.#stopIfAborted()
    if (this.#over === undefined) this.#watch()
  }

  async take(maxBytes = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    const { length } = this.#options
    this.#begin()
    if (length > maxBytes) {
      throw this.#failure(() => overMaxBytes("object", "maxBytes", maxBytes))
    }
    const { source, verify } = this.#options
    if (source instanceof Uint8Array) return this.#whole(new Uint8Array(source), verify)
    const all = this.#room(length)
    let at = 0
    for (let piece = await this.#next(all); piece !== undefined; piece = await this.#next(all.subarray(at))) {
      if (piece.buffer !== all.buffer) all.set(piece, at)
      at += piece.length
    }
    return all
  }

  #room(length: number): Uint8Array {
    try {
      return unfilled(length)
    } catch (cause) {
      throw this.#failure(() => noRoom(length, cause))
    }
  }

  #whole(bytes: Uint8Array, verify: OpenedObjectOptions["verify"]): Uint8Array {
    try {
      verify?.update(bytes)
      verify?.end()
      this.#stop(wasRead)
      return bytes
    } catch (error) {
      throw this.#failure(() => error)
    }
  }

  /** A stream that nobody may read fails when it is read: no method throws. */
  stream(length: number): ReadableStream<Uint8Array> {
    const start = async () => this.#begin()
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      const piece = await this.#next()
      if (piece === undefined) controller.close()
      else controller.enqueue(piece)
    }
    // An empty object is at its end before anybody asks.
    return new ReadableStream({ start, pull, cancel: () => this.end() }, { highWaterMark: length === 0 ? 1 : 0 })
  }

  end(): void {
    this.#stop(wasRead)
    this.#isTaken = true
  }

  #begin(): void {
    this.#check()
    if (this.#isTaken) throw preconditionFailed("read")
    this.#isTaken = true
  }

  async #next(room?: Uint8Array): Promise<Uint8Array | undefined> {
    this.#check()
    const { source } = this.#options
    try {
      if (source instanceof Uint8Array) return this.#taken(this.#cut(source))
      this.#watch()
      const piece = await source.next(room)
      this.#check()
      return this.#taken(piece)
    } catch (error) {
      throw this.#failure(() => error)
    }
  }

  /** The next piece of bytes that are at hand, in a buffer of its own. */
  #cut(bytes: Uint8Array): Uint8Array | undefined {
    const at = bytes.length - this.#left
    return this.#left > 0 ? new Uint8Array(bytes.subarray(at, at + PIECE_BYTES)) : undefined
  }

  #taken(piece: Uint8Array | undefined): Uint8Array | undefined {
    const { verify } = this.#options
    if (piece !== undefined) {
      this.#left -= piece.length
      verify?.update(piece)
    }
    if (this.#left < 0 || (piece === undefined && this.#left > 0)) throw cutShort()
    if (piece !== undefined) {
      if (this.#timer !== undefined) this.#watch()
      return piece
    }
    verify?.end()
    this.#stop(wasRead)
    return undefined
  }

  #stopIfAborted(): void {
    const { signal } = this.#options
    if (signal?.aborted) this.#stop(() => aborted(signal))
  }

  /** The idle time begins anew. */
  #watch(): void {
    const { clock, idleMs } = this.#options
    this.#timer?.cancel()
    this.#timer = clock.setTimeout(() => this.#stop(() => readTimedOut(idleMs)), idleMs)
  }

  #check(): void {
    this.#stopIfAborted()
    if (this.#over !== undefined) throw this.#over()
  }

  #failure(reason: () => unknown): unknown {
    this.#stop(reason)
    return this.#over?.()
  }

  /** The first reason counts. */
  #stop(reason: () => unknown): void {
    if (this.#over !== undefined) return
    const { source } = this.#options
    this.#over = reason
    this.#timer?.cancel()
    this.#endWait()
    if (!(source instanceof Uint8Array)) source.release()
  }
}

function wasRead(): unknown {
  return preconditionFailed("read")
}

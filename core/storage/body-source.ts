import { ServiceError } from "../../contracts/foundation/errors.ts"
import { onAbort } from "../../contracts/foundation/on-abort.ts"
import { got, typeName } from "../../contracts/foundation/text.ts"
import { isDetached } from "../../contracts/storage/arguments.ts"
import type { Body } from "../../contracts/storage/object.ts"
import type { SendOptions } from "../../contracts/storage/options.ts"
import { aborted, overMaxBytes, sizeRefused } from "./errors.ts"

/** Streams that are read or were cancelled, so that nobody else does either; with their source, where they have one. */
const taken = new WeakMap<object, BodySource | undefined>()

type Stream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** A body as an adapter gets it: bytes, or a stream that is watched over. */
export type AdmittedBody = Uint8Array | BodySource

/**
 * A body for an implementation. Text is encoded and bytes are counted; everything else becomes a `BodySource`.
 *
 * @throws ServiceError LIMIT_EXCEEDED, or INVALID_ARGUMENT for bytes of another size than `size` says.
 */
export function admitBody(body: Body, options: SendOptions, maxBytes: number): AdmittedBody {
  if (body instanceof BodySource) return body
  if (options.signal?.aborted) throw aborted(options.signal)
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return new BodySource(body, options, maxBytes)
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body
  if (bytes.length > maxBytes) throw overMaxBytes("body", "maxObjectBytes", maxBytes)
  if (options.size !== undefined && options.size !== bytes.length) throw wrongSize(options.size, bytes.length)
  return bytes
}

/**
 * Runs a call that is given a body. Once it has settled nobody reads on: a stream that has not ended is cancelled, also
 * where a layer gave the call up. A stream that fails ends no process.
 */
export async function withBody<T>(body: unknown, call: () => Promise<T>): Promise<T> {
  // One that another call took is for that call to end.
  if (!isStream(body) || taken.has(body)) return call()
  hearErrors(body)
  try {
    return await call()
  } finally {
    cancelStream(body)
  }
}

function isStream(body: unknown): body is Stream {
  try {
    if (typeof body !== "object" || body === null || body instanceof Uint8Array || body instanceof BodySource)
      return false
    return body instanceof ReadableStream || Symbol.asyncIterator in body
  } catch {
    // A proxy that was revoked: the call says what is wrong with it.
    return false
  }
}

/** A stream that fails and that nobody listens to ends the process. */
function hearErrors(body: Stream): void {
  try {
    if (isDestroyable(body)) body.on?.("error", () => {})
  } catch {}
}

function cancelStream(stream: Stream): void {
  const source = taken.get(stream)
  // Another storage, in front of which this one stands, was faster.
  if (source === undefined && taken.has(stream)) return
  try {
    if (source !== undefined) source.cancel()
    else readerOf(stream).cancel()
  } catch {
    // Somebody else reads it.
  }
  taken.set(stream, source)
}

/**
 * A body that is read piece by piece, by one reader. It rejects for pieces that are no bytes, for more or fewer bytes
 * than `size`, for more than `maxBytes`, and at once when its signal aborts. Its stream is cancelled once, unless it
 * ended.
 */
export class BodySource implements AsyncIterable<Uint8Array> {
  /** Bytes of the whole body, where it is known. */
  readonly size: number | undefined
  readonly #maxBytes: number
  readonly #onProgress: SendOptions["onProgress"]
  readonly #stream: Stream
  #reader: Reader | undefined
  #count = 0
  #ended = false
  #failure: unknown
  readonly #endWait: () => void

  constructor(body: Stream | Blob, options: SendOptions, maxBytes: number) {
    const { onProgress, signal } = options
    const stream = body instanceof Blob ? body.stream() : body
    if (taken.has(stream) || isDisturbed(stream)) {
      throw unreadable("A body must be a stream that nobody has read; this one was.")
    }
    this.size = options.size ?? (body instanceof Blob ? body.size : undefined)
    this.#maxBytes = maxBytes
    this.#onProgress = onProgress
    this.#stream = stream
    taken.set(stream, this)
    this.#endWait = onAbort(signal, () => this.#fail(aborted(signal as AbortSignal)))
    if (this.size !== undefined && this.size > maxBytes) this.#fail(overMaxBytes("body", "maxObjectBytes", maxBytes))
    else if (body instanceof Blob && body.size !== this.size) this.#fail(wrongSize(this.size ?? 0, body.size))
  }

  /** Bytes that were read so far. */
  get count(): number {
    return this.#count
  }

  /** The next piece, never empty; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure
      if (this.#ended) return undefined
      const piece = await this.#pull()
      if (this.#failure !== undefined) throw this.#failure
      if (piece === undefined) this.#end()
      else if (piece.length > 0) return this.#counted(piece)
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (let piece = await this.next(); piece !== undefined; piece = await this.next()) yield piece
    } finally {
      this.cancel()
    }
  }

  /** Nobody reads on. A stream that has not ended is cancelled; whoever waits for a piece is told why. */
  cancel(reason: unknown = unreadable("The body was cancelled.")): void {
    this.#fail(reason)
  }

  async #pull(): Promise<Uint8Array | undefined> {
    let onFailure = () => {}
    const failed = new Promise<undefined>((resolve) => {
      onFailure = () => resolve(undefined)
    })
    this.#onFailure = onFailure
    try {
      this.#reader ??= readerOf(this.#stream)
      const piece = await Promise.race([this.#reader.next(), failed])
      if (piece === undefined || (piece instanceof Uint8Array && !isDetached(piece))) return piece
      throw unreadable(`A body must give pieces that are Uint8Arrays; got ${pieceName(piece)}.`)
    } catch (error) {
      this.#fail(ServiceError.is(error) && error.details?.["reason"] === "body" ? error : failedBody(error))
      return undefined
    } finally {
      this.#onFailure = () => {}
    }
  }

  #onFailure = () => {}

  #counted(piece: Uint8Array): Uint8Array {
    this.#count += piece.length
    if (this.#count > this.#maxBytes) this.#fail(overMaxBytes("body", "maxObjectBytes", this.#maxBytes))
    if (this.size !== undefined && this.#count > this.size) this.#fail(wrongSize(this.size, `${this.#count} or more`))
    if (this.#failure !== undefined) throw this.#failure
    tell(this.#onProgress, this.#count)
    return piece
  }

  #end(): void {
    this.#ended = true
    this.#endWait()
    if (this.size === undefined || this.#count === this.size) return
    this.#failure = wrongSize(this.size, this.#count)
  }

  #fail(error: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#failure = error
    this.#endWait()
    this.#onFailure()
    try {
      this.#reader ??= readerOf(this.#stream)
      this.#reader.cancel()
    } catch {
      // It cannot even be opened.
    }
  }
}

/** What `onProgress` throws is the caller's own business. */
export function tell(onProgress: SendOptions["onProgress"], bytes: number): void {
  try {
    onProgress?.(bytes)
  } catch {}
}

interface Reader {
  next(): Promise<unknown>
  cancel(): void
}

function readerOf(stream: Stream): Reader {
  if (stream instanceof ReadableStream) {
    const reader = stream.getReader()
    return {
      next: async () => pieceOf(await reader.read()),
      cancel: () => void reader.cancel().catch(() => {}),
    }
  }
  const iterator = stream[Symbol.asyncIterator]()
  return {
    next: async () => pieceOf(await iterator.next()),
    // The return of an iterator would wait for a piece that may never come.
    cancel: () => (isDestroyable(stream) ? void stream.destroy() : endQuietly(iterator)),
  }
}

function pieceName(piece: unknown): string {
  return piece instanceof Uint8Array ? "one whose memory was transferred" : typeName(piece)
}

/** Whether somebody has read of a web stream, and let it go. What makes a Response of it looks, and takes nothing. */
function isDisturbed(stream: Stream): boolean {
  if (!(stream instanceof ReadableStream)) return false
  try {
    return new Response(stream).body === null
  } catch {
    return true
  }
}

/** Undefined at the end, and not before. */
function pieceOf({ done, value }: { readonly done?: boolean | undefined; readonly value?: unknown }): unknown {
  if (!done && value === undefined) throw unreadable("A body must give pieces that are Uint8Arrays; got undefined.")
  return done ? undefined : value
}

/** A Node.js stream. */
interface Destroyable {
  destroy(): unknown
  on?(event: "error", listener: () => void): unknown
}

function isDestroyable(stream: object): stream is Destroyable {
  return typeof (stream as Partial<Destroyable>).destroy === "function"
}

function endQuietly(iterator: AsyncIterator<unknown>): void {
  try {
    iterator.return?.()?.catch(() => {})
  } catch {}
}

function unreadable(message: string): ServiceError {
  return new ServiceError("INVALID_ARGUMENT", message, { details: { reason: "body" } })
}

function failedBody(cause: unknown): ServiceError {
  return new ServiceError("INVALID_ARGUMENT", "The body failed before its end.", { details: { reason: "body" }, cause })
}

function wrongSize(size: number, count: number | string): ServiceError {
  return sizeRefused(`The body must have ${got(size)} bytes, as size says; got ${count}.`)
}

import type { ClientRequest, IncomingMessage } from "node:http"
import type { Socket } from "node:net"
import type { Clock, Timer } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { onAbort } from "../../../contracts/foundation/on-abort.ts"
import { aborted, type ByteReader, cutShort } from "../../../core/storage/for-adapters.ts"

/** What is sent after the headers. */
export interface WireBody {
  readonly length: number
  readonly pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

export interface WireRequest {
  readonly method: string
  /** With its query, percent-encoded. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: WireBody | undefined
  readonly signal?: AbortSignal | undefined
  /** Whether it is sent also while the storage closes. */
  readonly isFarewell?: boolean | undefined
  /** For how long the answer is waited for, once all is sent. Milliseconds. */
  readonly waitMs: number
}

/** No answer came, or not all of it. */
export class LineFailure extends Error {
  /** Whether there was a connection, so that the server may have got the request. */
  readonly isSent: boolean
  /** Whether time ran out, so that asking again is in vain. */
  readonly isSilence: boolean

  constructor(isSent: boolean, isSilence: boolean, cause?: unknown) {
    super("The exchange failed; see cause.", { cause })
    this.isSent = isSent
    this.isSilence = isSilence
  }
}

export interface WireAnswer {
  readonly status: number
  /** A header by its name in lower case; of several, the values with commas between them. */
  header(name: string): string | undefined
  /**
   * All bytes of the answer.
   *
   * @param idleMs For how long nothing may come. Default: all must come in the time that the request gave.
   */
  bytes(maxBytes: number, idleMs?: number): Promise<Uint8Array>
  /** The bytes piece by piece. How long they may take is for the reader to say. */
  reader(): ByteReader
}

/** A body is written in slices, each of which must get on its way in time. */
const SLICE = 256 * 1024

/** One request and its answer. The first reason for which it ends counts. */
export class Exchange {
  /** Resolves when nothing more is sent or read. */
  readonly ended: Promise<void>
  /** Whether its answer is read piece by piece. */
  isRead = false
  readonly #outgoing: ClientRequest
  readonly #request: WireRequest
  readonly #idleMs: number
  readonly #clock: Clock
  readonly #answered: Promise<IncomingMessage>
  #resolve: (incoming: IncomingMessage) => void = () => {}
  #reject: (reason: unknown) => void = () => {}
  #finished: () => void = () => {}
  #incoming: IncomingMessage | undefined
  #isConnected = false
  #over: unknown
  #timer: Timer | undefined
  readonly #leaveSignal: () => void

  constructor(outgoing: ClientRequest, request: WireRequest, idleMs: number, clock: Clock) {
    this.#outgoing = outgoing
    this.#request = request
    this.#idleMs = idleMs
    this.#clock = clock
    this.#answered = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.ended = new Promise((resolve) => {
      this.#finished = resolve
    })
    outgoing.once("socket", (socket) => this.#watchSocket(socket))
    outgoing.once("response", (incoming) => this.#begin(incoming))
    outgoing.on("error", (error) => this.#lose(error))
    outgoing.once("close", () => this.#lose())
    const { signal } = request
    this.#leaveSignal = onAbort(signal, () => this.stop(aborted(signal as AbortSignal)))
    this.#watch(request.waitMs)
    void this.#send(request.body)
  }

  async answer(): Promise<WireAnswer> {
    const incoming = await this.#answered
    return {
      status: incoming.statusCode ?? 0,
      header: (name) => {
        const value = incoming.headers[name]
        return Array.isArray(value) ? value.join(",") : value
      },
      bytes: (maxBytes, idleMs) => this.#bytes(incoming, maxBytes, idleMs),
      reader: () => this.#reader(incoming),
    }
  }

  /** Nothing more is sent or read; whoever waits gets the reason. */
  stop(reason: unknown): void {
    if (this.#over !== undefined) return
    this.#end(reason)
    this.#incoming?.destroy(reason instanceof Error ? reason : undefined)
    this.#outgoing.destroy()
  }

  /** As `stop`, but an answer that has not come is a failure of the line: a write may have been applied. */
  close(reason: ServiceError): void {
    this.stop(this.isRead ? reason : new LineFailure(this.#isConnected, true, reason))
  }

  #begin(incoming: IncomingMessage): void {
    this.#incoming = incoming
    // Its errors are told to whoever reads.
    incoming.on("error", () => {})
    this.#resolve(incoming)
  }

  /** An answer that has begun is read all the same: a server may hang up on a body that it refuses. */
  #lose(error?: Error): void {
    if (this.#incoming === undefined) this.stop(new LineFailure(this.#isConnected, false, error))
  }

  #end(reason: unknown): void {
    this.#over ??= reason
    this.#timer?.cancel()
    this.#leaveSignal()
    this.#reject(this.#over)
    this.#finished()
  }

  #watchSocket(socket: Socket): void {
    const connected = () => {
      this.#isConnected = true
    }
    if (!socket.connecting) connected()
    else socket.once("encrypted" in socket ? "secureConnect" : "connect", connected)
  }

  /** Time begins anew. */
  #watch(ms: number): void {
    this.#timer?.cancel()
    this.#timer = this.#clock.setTimeout(() => this.stop(new LineFailure(this.#isConnected, true)), ms)
  }

  async #send(body: WireBody | undefined): Promise<void> {
    try {
      if (body !== undefined) await this.#write(body.pieces)
      if (this.#isSettled) return
      this.#watch(this.#request.waitMs)
      this.#outgoing.end()
    } catch (error) {
      this.stop(error)
    }
  }

  async #write(pieces: WireBody["pieces"]): Promise<void> {
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length; at += SLICE) {
        if (this.#isSettled) return
        this.#watch(this.#idleMs)
        if (!this.#outgoing.write(piece.subarray(at, at + SLICE))) await this.#drained()
      }
      // How long a source may be idle is for the source to say.
      if (!this.#isSettled) this.#timer?.cancel()
    }
  }

  /** Whether nothing more need be sent: it is over, or the server has answered before the end. */
  get #isSettled(): boolean {
    return this.#over !== undefined || this.#incoming !== undefined
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        for (const event of ["drain", "close", "response"]) this.#outgoing.off(event, done)
        resolve()
      }
      for (const event of ["drain", "close", "response"]) this.#outgoing.once(event, done)
    })
  }

  async #bytes(incoming: IncomingMessage, maxBytes: number, idleMs: number | undefined): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    let length = 0
    try {
      for await (const piece of incoming as AsyncIterable<Uint8Array>) {
        pieces.push(piece)
        length += piece.length
        if (length > maxBytes) throw new LineFailure(true, false, new Error("The answer is too long."))
        if (idleMs !== undefined) this.#watch(idleMs)
      }
      this.#finish()
    } catch (error) {
      this.stop(error instanceof LineFailure ? error : new LineFailure(true, false, error))
      throw this.#over
    }
    const all = new Uint8Array(length)
    let at = 0
    for (const piece of pieces) {
      all.set(piece, at)
      at += piece.length
    }
    return all
  }

  #reader(incoming: IncomingMessage): ByteReader {
    this.isRead = true
    this.#timer?.cancel()
    const iterator = (incoming as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    return {
      next: async (room) => {
        try {
          const { done, value } = await iterator.next()
          if (done) return undefined
          // Pieces of one connection share memory, which is not the reader's own.
          if (room === undefined || room.length < value.length) return new Uint8Array(value)
          room.set(value)
          return room.subarray(0, value.length)
        } catch (error) {
          throw ServiceError.is(this.#over) ? this.#over : cutShort(error)
        }
      },
      release: () => this.#finish(),
    }
  }

  /** Nobody reads on. A connection with nothing left to send or read is used again. */
  #finish(): void {
    this.#end(new LineFailure(true, false))
    if (!this.#incoming?.readableEnded) this.#incoming?.destroy()
    if (!this.#outgoing.writableEnded) this.#outgoing.destroy()
  }
}

import { createHash } from "node:crypto"
import type { Socket } from "node:net"
import { Readable } from "node:stream"

/** Bytes that are handed to the connection as one piece. */
export const PIECE_BYTES = 65_536

/** Where the bytes of a body come from: piece by piece, then undefined. What a piece holds is not changed any more. */
export interface Pieces {
  readonly size: number
  next(): Promise<Uint8Array | undefined>
}

/** A stream that knows where it is sent. */
class SentStream extends Readable {
  #request: { readonly socket?: Socket | null } | undefined

  override pipe<Destination extends NodeJS.WritableStream>(destination: Destination): Destination {
    this.#request = destination as { readonly socket?: Socket | null }
    return super.pipe(destination)
  }

  /**
   * Resets the connection, where it is no TLS. Some servers take one that ends in the middle of a body for the end of
   * the body, and store what came. Node.js never closes the handle of one that is reset after its end was sent.
   */
  reset(): void {
    const socket = this.#request?.socket
    if (socket?.writable && !("encrypted" in socket)) socket.resetAndDestroy()
  }
}

/**
 * A body on its way to the server. The stream of a caller is never handed to the client library, which would leave it
 * open, and would not hear of its errors.
 */
export class Outgoing {
  readonly stream: SentStream
  readonly #pieces: Pieces
  #given = 0
  #isOver = false
  #onPiece = () => {}
  #onFailure: (reason: unknown) => void = () => {}

  constructor(pieces: Pieces) {
    this.#pieces = pieces
    this.stream = new SentStream({ highWaterMark: PIECE_BYTES, read: () => void this.#read() })
    this.stream.on("error", () => {})
  }

  /** Every byte was handed to the connection. */
  get isComplete(): boolean {
    return this.#given === this.#pieces.size
  }

  /** Says who is told that the body moves, and why it does not go on. */
  follow(onPiece: () => void, onFailure: (reason: unknown) => void): void {
    this.#onPiece = onPiece
    this.#onFailure = onFailure
  }

  /** Nobody sends on. What was handed to the connection may still wait there, so that only an answer leaves it open. */
  end(isAnswered: boolean): void {
    this.#isOver = true
    if (!isAnswered || !this.isComplete) this.stream.reset()
    this.stream.destroy()
  }

  async #read(): Promise<void> {
    try {
      const piece = await this.#pieces.next()
      if (this.#isOver) return
      this.#onPiece()
      this.#given += piece?.length ?? 0
      this.stream.push(piece ?? null)
    } catch (error) {
      this.#onFailure(error)
    }
  }
}

/** Bytes at hand, of which small ones need nobody to watch them move, or the pieces of a body. */
type Sent = Uint8Array | Pieces

export function sizeOf(body: Sent): number {
  return body instanceof Uint8Array ? body.length : body.size
}

/** The body as a command takes it; an empty one is no stream. */
export function bodyInput(
  body: Sent,
  stream: Readable | undefined,
): { Body: Readable | Uint8Array; ContentLength: number } {
  return { Body: stream ?? (body instanceof Uint8Array ? body : new Uint8Array(0)), ContentLength: sizeOf(body) }
}

/** How a call sends a body. */
export interface Sending {
  readonly body?: () => Outgoing
  readonly headers?: () => Record<string, string>
  readonly attempts?: number
}

/**
 * Pieces are gone once they were sent. Bytes are signed, so that no server stores half of them: small ones by the client
 * library, which cannot tell whether larger ones move.
 */
export function sendingOf(body: Sent): Sending {
  if (!(body instanceof Uint8Array)) return { body: () => new Outgoing(body), attempts: 1 }
  if (body.length <= PIECE_BYTES) return {}
  const hash = createHash("sha256").update(body).digest("hex")
  return { body: () => new Outgoing(piecesOfBytes(body)), headers: () => ({ "x-amz-content-sha256": hash }) }
}

/** Bytes that are at hand. */
function piecesOfBytes(bytes: Uint8Array): Pieces {
  let at = 0
  return {
    size: bytes.length,
    async next() {
      const piece = bytes.subarray(at, at + PIECE_BYTES)
      at += piece.length
      return piece.length === 0 ? undefined : piece
    },
  }
}

import type { BodySource } from "../../../core/storage/for-adapters.ts"
import { PIECE_BYTES, type Pieces } from "./outgoing.ts"
import type { Verifying } from "./sums.ts"

/**
 * A body of known size. Its last byte is held back until the body has ended and was verified: with it the server would
 * store what is then refused.
 */
export function piecesOfSource(source: BodySource, size: number, verify?: Verifying): Pieces {
  return {
    size,
    async next() {
      const piece = await source.next()
      if (piece === undefined) return undefined
      // It belongs to whoever gives the body, who may fill it again.
      const copy = new Uint8Array(piece)
      verify?.update(copy)
      if (source.count < size) return copy
      await source.next()
      verify?.end()
      return copy
    },
  }
}

/** The bytes of a body in lengths that the reader chooses. */
export class Chunks {
  readonly #source: BodySource
  readonly #verify: Verifying | undefined
  /** What was given and not yet taken; whoever gives the body changes it no sooner than it is asked for more. */
  #rest: Uint8Array = new Uint8Array(0)

  constructor(source: BodySource, verify?: Verifying) {
    this.#source = source
    this.#verify = verify
  }

  /** So many bytes; fewer only at the end of the body. */
  async take(limit: number): Promise<Uint8Array> {
    let bytes = new Uint8Array(Math.min(limit, PIECE_BYTES))
    let length = 0
    while (length < limit && (await this.hasMore())) {
      const some = this.#rest.subarray(0, limit - length)
      if (length + some.length > bytes.length)
        bytes = grown(bytes, Math.min(limit, Math.max(bytes.length * 2, length + some.length)))
      bytes.set(some, length)
      length += some.length
      this.#rest = this.#rest.subarray(some.length)
    }
    return bytes.subarray(0, length)
  }

  /** At the end of the body. @throws ServiceError where it does not have its checksum. */
  verify(): void {
    this.#verify?.end()
  }

  /** Waits for the next byte, or for the end of the body. */
  async hasMore(): Promise<boolean> {
    if (this.#rest.length > 0) return true
    const piece = await this.#source.next()
    if (piece === undefined) return false
    this.#verify?.update(piece)
    this.#rest = piece
    return true
  }
}

function grown(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length)
  larger.set(bytes)
  return larger
}

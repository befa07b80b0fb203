import type { Clock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"

/** Of a body that may be small. */
const FIRST_BYTES = 65_536
/** A part whose size nobody knows is sent when all of it is there. */
const HELD_PART_BYTES = 64 * 1024 * 1024

/** Where bytes come from: piece by piece, then undefined. Who gives a piece may change it when asked for the next. */
interface PieceSource {
  next(): Promise<Uint8Array | undefined>
}

interface CancellableSource extends PieceSource {
  /** Nobody reads on: the wait for the next piece ends. */
  cancel(): void
}

/** Sees every piece, and at the end throws where they are not what they should be. */
interface Verifying {
  update(piece: Uint8Array): void
  end(): unknown
}

/** A stream of which no piece is waited for longer than `idleMs`. */
export function watchedSource(body: CancellableSource, idleMs: number, clock: Clock): PieceSource {
  return {
    async next() {
      let isIdle = false
      const timer = clock.setTimeout(() => {
        isIdle = true
        body.cancel()
      }, idleMs)
      try {
        return await body.next()
      } catch (error) {
        throw isIdle ? new ServiceError("TIMEOUT", `The body gave nothing for ${idleMs} ms.`, { cause: error }) : error
      } finally {
        timer.cancel()
      }
    },
  }
}

/** The bytes of a body in lengths that the reader chooses. */
export class Chunks {
  readonly #source: PieceSource
  readonly #verify: Verifying | undefined
  /** What was given and not yet taken. */
  #rest: Uint8Array = new Uint8Array(0)

  constructor(source: PieceSource, verify?: Verifying) {
    this.#source = source
    this.#verify = verify
  }

  /** So many bytes; fewer only at the end of the body. They stand in `room`, or in memory that grows as they come. */
  async take(limit: number, room?: Uint8Array): Promise<Uint8Array> {
    let bytes = room ?? new Uint8Array(Math.min(limit, FIRST_BYTES))
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

  /**
   * All bytes of a part of which nobody said how many it has.
   *
   * @throws ServiceError LIMIT_EXCEEDED for more than are held in memory.
   */
  async takePart(): Promise<Uint8Array> {
    const bytes = await this.take(HELD_PART_BYTES)
    if (await this.hasMore()) throw tooLongToHold()
    this.verify()
    return bytes
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

function tooLongToHold(): ServiceError {
  return new ServiceError(
    "LIMIT_EXCEEDED",
    `A part without a size must have at most ${HELD_PART_BYTES} bytes, since it is held in memory; pass its size.`,
  )
}

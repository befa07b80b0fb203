import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Checksum } from "../../../contracts/storage/object.ts"
import { type AdmittedBody, checksumRefused } from "../../../core/storage/for-adapters.ts"
import { type Summing, summing } from "../../kit/checksums.ts"

/** Bytes of a body that are sent together. */
export interface Chunk {
  readonly pieces: readonly Uint8Array[]
  readonly length: number
  /** Of its first byte. */
  readonly offset: number
  readonly isLast: boolean
}

/** Sums of the bytes that went by. */
export class Sums {
  readonly #crc32c = summing("crc32c")
  readonly #given: Checksum | undefined
  readonly #other: Summing | undefined
  #ended: string | undefined

  constructor(given: Checksum | undefined) {
    this.#given = given
    this.#other = given === undefined || given.algorithm === "crc32c" ? undefined : summing(given.algorithm)
  }

  update(piece: Uint8Array): void {
    this.#crc32c.update(piece)
    this.#other?.update(piece)
  }

  /** The CRC32C of all. @throws ServiceError INVALID_ARGUMENT where the bytes do not have the checksum that was given. */
  end(): string {
    if (this.#ended !== undefined) return this.#ended
    const crc32c = this.#crc32c.digest()
    if (this.#given !== undefined && (this.#other?.digest() ?? crc32c) !== this.#given.value) throw checksumRefused()
    this.#ended = crc32c
    return crc32c
  }
}

/** The pieces of a body, none of which is waited for longer than `idleMs`. */
export async function* piecesOf(body: AdmittedBody, idleMs: number, clock: Clock): AsyncGenerator<Uint8Array, void> {
  if (body instanceof Uint8Array) {
    if (body.length > 0) yield body
    return
  }
  for (;;) {
    // To cancel a body ends the wait for its next piece.
    let isIdle = false
    const timer = clock.setTimeout(() => {
      isIdle = true
      body.cancel()
    }, idleMs)
    const piece = await body
      .next()
      .catch((error: unknown) => {
        throw isIdle ? new ServiceError("TIMEOUT", `The body gave nothing for ${idleMs} ms.`, { cause: error }) : error
      })
      .finally(() => timer.cancel())
    if (piece === undefined) return
    yield piece
  }
}

/** A body in chunks of `size` bytes; the last is not empty, unless the body is. Every chunk is summed before it is given. */
export async function* chunksOf(
  pieces: AsyncIterable<Uint8Array>,
  size: number,
  sums: Sums,
): AsyncGenerator<Chunk, void> {
  let held: Uint8Array[] = []
  let length = 0
  let offset = 0
  const chunk = (isLast: boolean): Chunk => {
    for (const piece of held) sums.update(piece)
    return { pieces: held, length, offset, isLast }
  }
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      // Only now it is known that the chunk is not the last.
      if (length === size) {
        yield chunk(false)
        offset += length
        held = []
        length = 0
      }
      const some = piece.subarray(at, at + size - length)
      held.push(some)
      length += some.length
      at += some.length
    }
  }
  yield chunk(true)
}

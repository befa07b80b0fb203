import type { Checksum } from "../../../contracts/storage/object.ts"
import { checksumRefused } from "../../../core/storage/for-adapters.ts"
import { type Summing, summing } from "../../kit/checksums.ts"
import type { Chunks } from "../../kit/chunks.ts"

/** Bytes of a body that are sent together. */
export interface Chunk {
  readonly bytes: Uint8Array
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

/**
 * A body in chunks of `size` bytes; the last is not empty, unless the body is. Every chunk is summed before it is given.
 * One of a stream stands in the memory of the one before.
 */
export async function* chunksOf(body: Uint8Array | Chunks, size: number, sums: Sums): AsyncGenerator<Chunk, void> {
  let room: Uint8Array | undefined
  for (let offset = 0; ; ) {
    const bytes = body instanceof Uint8Array ? body.subarray(offset, offset + size) : await body.take(size, room)
    const end = offset + bytes.length
    const isLast = body instanceof Uint8Array ? end === body.length : !(await body.hasMore())
    sums.update(bytes)
    yield { bytes, offset, isLast }
    if (isLast) return
    offset = end
    room = bytes
  }
}

import type { ByteRange } from "../../../contracts/storage/object.ts"
import { type ByteReader, checksumBroken, cutShort } from "../../../core/storage/for-adapters.ts"
import { summing } from "../../kit/checksums.ts"
import { fileBroken } from "./errors.ts"
import { closeQuietly, openFile, readAt, statOpenFile, TO_READ, unless } from "./files.ts"
import { decodeTrailer, type StoredInfo, trailerLength } from "./trailer.ts"
import { ABSENT, parentOf, type Tree } from "./tree.ts"

/** Most trailers are shorter. */
const TAIL_BYTES = 512
const PIECE_BYTES = 256 * 1024

/** A file that holds an object, open. */
export class ObjectFile {
  readonly stored: StoredInfo
  /** All bytes, where they were read with the trailer. Nothing is open then. */
  readonly bytes: Uint8Array | undefined
  readonly #descriptor: number
  #isOpen = true
  #isReading = false

  private constructor(descriptor: number, stored: StoredInfo, bytes: Uint8Array | undefined) {
    this.#descriptor = descriptor
    this.stored = stored
    this.bytes = bytes
    if (bytes !== undefined) this.close()
  }

  /**
   * Undefined where no file stands; a link and a pipe are none.
   *
   * @param wholeBytes A file with no more bytes is read at once.
   * @throws ServiceError CORRUPT where the file does not end as an object does.
   */
  static async open(path: string, wholeBytes = 0): Promise<ObjectFile | undefined> {
    const descriptor = await unless([...ABSENT, "ENXIO"], openFile(path, TO_READ))
    if (descriptor === undefined) return undefined
    try {
      const stats = await statOpenFile(descriptor)
      if (!stats.isFile()) {
        closeQuietly(descriptor)
        return undefined
      }
      const tail = await tailOf(descriptor, stats.size, stats.size <= wholeBytes ? stats.size : TAIL_BYTES)
      const stored = decodeTrailer(tail, stats.size)
      if (stored === undefined) throw fileBroken()
      const isWhole = tail.length === stats.size
      return new ObjectFile(descriptor, stored, isWhole ? tail.subarray(0, stored.size) : undefined)
    } catch (error) {
      closeQuietly(descriptor)
      throw error
    }
  }

  /** The bytes of a range, piece by piece. It closes the file when it is released. */
  reader({ end, start }: ByteRange): ByteReader {
    let at = start
    return {
      next: async () => {
        if (at > end) return undefined
        const piece = new Uint8Array(Math.min(PIECE_BYTES, end + 1 - at))
        this.#isReading = true
        try {
          if ((await readAt(this.#descriptor, piece, at)) < piece.length) throw cutShort()
        } finally {
          this.#isReading = false
          if (!this.#isOpen) closeQuietly(this.#descriptor)
        }
        at += piece.length
        return piece
      },
      release: () => this.close(),
    }
  }

  /** Closed when called again too. A read that is under way ends before. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    if (!this.#isReading) closeQuietly(this.#descriptor)
  }
}

/** All bytes of an object, as they were stored. Its file is closed at the end, and where its reader stops. */
export async function* bytesOf(file: ObjectFile): AsyncGenerator<Uint8Array, void, undefined> {
  const { bytes, stored } = file
  const { end, update } = verifying(stored)
  const reader = file.reader({ start: 0, end: stored.size - 1 })
  try {
    for (
      let piece = bytes ?? (await reader.next());
      piece !== undefined;
      piece = bytes ? undefined : await reader.next()
    ) {
      update(piece)
      yield piece
    }
    end()
  } finally {
    file.close()
  }
}

/** The file of an object, as `open` gives it. What is reached through a link is not there. */
export async function findObject(
  tree: Tree,
  bucket: string,
  key: string,
  wholeBytes?: number,
): Promise<ObjectFile | undefined> {
  const path = tree.object(bucket, key)
  const [isThere, opened] = await Promise.allSettled([
    tree.isThere(parentOf(path)),
    ObjectFile.open(path, wholeBytes),
  ] as const)
  const found = isThere.status === "fulfilled" && isThere.value
  if (!found && opened.status === "fulfilled") opened.value?.close()
  if (isThere.status === "rejected") throw isThere.reason
  if (!found) return undefined
  if (opened.status === "rejected") throw opened.reason
  return opened.value
}

/** The end of a file, with its trailer. */
async function tailOf(descriptor: number, fileSize: number, wanted: number): Promise<Uint8Array> {
  const tail = new Uint8Array(Math.min(fileSize, wanted))
  if ((await readAt(descriptor, tail, fileSize - tail.length)) < tail.length) throw fileBroken()
  const length = trailerLength(tail) ?? 0
  return length <= tail.length || length > fileSize ? tail : tailOf(descriptor, fileSize, length)
}

/** Fails at the end of a whole object whose bytes have changed. */
export function verifying({ checksums }: StoredInfo): { update(piece: Uint8Array): void; end(): void } {
  const sum = summing("crc32")
  return {
    update: (piece) => sum.update(piece),
    end: () => {
      if (sum.digest() !== checksums.crc32) throw checksumBroken()
    },
  }
}

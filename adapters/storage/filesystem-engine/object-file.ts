import type { ByteRange } from "../../../contracts/storage/object.ts"
import { type ByteReader, checksumBroken, cutShort } from "../../../core/storage/for-adapters.ts"
import { crc32 } from "../../kit/checksums.ts"
import { fileBroken } from "./errors.ts"
import { closeQuietly, openFile, readAt, readOnce, statOpenFile, TO_READ, unless } from "./files.ts"
import { decodeTrailer, type StoredInfo, trailerLength } from "./trailer.ts"
import { ABSENT, parentOf, type Tree } from "./tree.ts"

/** Most trailers are shorter. */
const TAIL_BYTES = 512
/** An object that is shorter with its trailer is read at once. */
const SMALL_BYTES = 66 * 1024
const PIECE_BYTES = 256 * 1024

interface Verifying {
  update(piece: Uint8Array): void
  end(): void
}

/** How an object is opened: what is to be read is read together with its trailer where it is small. */
interface OpenOptions {
  readonly toRead?: boolean
}

/** A file that holds an object, open. */
export class ObjectFile {
  readonly stored: StoredInfo
  /** All bytes, where they were read with the trailer. Nothing is open then. */
  readonly bytes: Uint8Array | undefined
  readonly #descriptor: number
  #isOpen = true
  #reading: Promise<number> | undefined

  private constructor(descriptor: number, stored: StoredInfo, bytes?: Uint8Array) {
    this.#descriptor = descriptor
    this.stored = stored
    this.bytes = bytes
    if (bytes !== undefined) this.close()
  }

  /**
   * Undefined where no file stands; a link, a directory and a pipe are none.
   *
   * @throws ServiceError CORRUPT where the file does not end as an object does.
   */
  static async open(path: string, { toRead = false }: OpenOptions = {}): Promise<ObjectFile | undefined> {
    const descriptor = await unless([...ABSENT, "ENXIO"], openFile(path, TO_READ))
    if (descriptor === undefined) return undefined
    try {
      const small = toRead ? await readSmall(descriptor) : undefined
      if (small !== undefined) return new ObjectFile(descriptor, small.stored, small.bytes)
      const stats = await statOpenFile(descriptor)
      if (stats.isFile()) {
        const stored = decodeTrailer(await tailOf(descriptor, stats.size, TAIL_BYTES), stats.size)
        if (stored !== undefined) return new ObjectFile(descriptor, stored)
        throw fileBroken()
      }
    } catch (error) {
      closeQuietly(descriptor)
      throw error
    }
    closeQuietly(descriptor)
    return undefined
  }

  /** The bytes of a range, piece by piece. It closes the file when it is released. */
  reader({ end, start }: ByteRange): ByteReader {
    let at = start
    return {
      next: async (room = new Uint8Array(Math.min(PIECE_BYTES, end + 1 - at))) => {
        if (at > end) return undefined
        const piece = room.subarray(0, end + 1 - at)
        this.#reading = readAt(this.#descriptor, piece, at)
        const length = await this.#reading
        this.#reading = undefined
        if (length < piece.length) throw cutShort()
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
    closeQuietly(this.#descriptor, this.#reading)
  }
}

/** All bytes of an object, as they were stored. Its file is closed at the end, and where its reader stops. */
export async function* bytesOf(file: ObjectFile): AsyncGenerator<Uint8Array, void, undefined> {
  const { bytes, stored } = file
  const verify = verifying(stored)
  const reader = file.reader({ start: 0, end: stored.size - 1 })
  const next = async () => (bytes === undefined ? reader.next() : undefined)
  try {
    for (let piece = bytes ?? (await next()); piece !== undefined; piece = await next()) {
      verify?.update(piece)
      yield piece
    }
    verify?.end()
  } finally {
    file.close()
  }
}

/** The file of an object, as `open` gives it. What is reached through a link is not there. */
export function findObject(
  tree: Tree,
  bucket: string,
  key: string,
  options?: OpenOptions,
): Promise<ObjectFile | undefined> {
  return findFile(tree, tree.object(bucket, key), options)
}

/** The same of any file that ends as that of an object does. */
export async function findFile(tree: Tree, path: string, options?: OpenOptions): Promise<ObjectFile | undefined> {
  const [isThere, opened] = await Promise.allSettled([
    tree.isThere(parentOf(path)),
    ObjectFile.open(path, options),
  ] as const)
  const found = isThere.status === "fulfilled" && isThere.value
  if (!found && opened.status === "fulfilled") opened.value?.close()
  if (isThere.status === "rejected") throw isThere.reason
  if (!found) return undefined
  if (opened.status === "rejected") throw opened.reason
  return opened.value
}

/** Memory for files that may be small, used again and again. */
const rooms: Uint8Array[] = []
const MAX_ROOMS = 16

/** A whole object by one read; undefined where it is not small, or not whole. */
async function readSmall(descriptor: number): Promise<{ stored: StoredInfo; bytes: Uint8Array } | undefined> {
  const room = rooms.pop() ?? new Uint8Array(SMALL_BYTES)
  try {
    const count = await unless(["ESPIPE", "EISDIR"], readOnce(descriptor, room, 0))
    // Only a read that the file does not fill shows where it ends.
    if (count === undefined || count === room.length) return undefined
    const stored = decodeTrailer(room.subarray(0, count), count)
    return stored && { stored, bytes: room.slice(0, stored.size) }
  } finally {
    if (rooms.length < MAX_ROOMS) rooms.push(room)
  }
}

/** The end of a file, with its trailer. */
async function tailOf(descriptor: number, fileSize: number, wanted: number): Promise<Uint8Array> {
  const tail = new Uint8Array(Math.min(fileSize, wanted))
  if ((await readAt(descriptor, tail, fileSize - tail.length)) < tail.length) throw fileBroken()
  const length = trailerLength(tail) ?? 0
  return length <= tail.length || length > fileSize ? tail : tailOf(descriptor, fileSize, length)
}

/** Fails at the end of a whole object whose bytes have changed; undefined where nobody can tell. */
export function verifying(stored: StoredInfo): Verifying | undefined {
  if (stored.crc32 === undefined) return undefined
  let crc = 0
  return {
    update: (piece) => {
      crc = crc32(piece, crc)
    },
    end: () => {
      if (crc !== stored.crc32) throw checksumBroken()
    },
  }
}

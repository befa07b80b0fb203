/** Checksums of bytes that come piece by piece. */
import { createHash, type Hash } from "node:crypto"
import * as zlib from "node:zlib"

/** What is fed with pieces and gives a checksum in base64. */
export interface Summing {
  update(piece: Uint8Array): void
  digest(): string
}

/** Makes the checksum of an algorithm: crc32, crc32c, md5 or sha256. */
export function summing(algorithm: "crc32" | "crc32c" | "md5" | "sha256"): Summing {
  if (algorithm === "crc32") return new RunningCrc(crc32)
  if (algorithm === "crc32c") return new RunningCrc(tableCrc(CRC32C))
  return new RunningHash(createHash(algorithm))
}

type Crc = (piece: Uint8Array, before?: number) => number

/** Four bytes, the most significant first, as S3 and GCS write them. */
class RunningCrc implements Summing {
  readonly #crc: Crc
  #value = 0

  constructor(crc: Crc) {
    this.#crc = crc
  }

  update(piece: Uint8Array): void {
    this.#value = this.#crc(piece, this.#value)
  }

  digest(): string {
    return crcText(this.#value)
  }
}

class RunningHash implements Summing {
  readonly #hash: Hash

  constructor(hash: Hash) {
    this.#hash = hash
  }

  update(piece: Uint8Array): void {
    this.#hash.update(piece)
  }

  digest(): string {
    return this.#hash.digest("base64")
  }
}

/** A CRC as a checksum is written. */
export function crcText(value: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes.toString("base64")
}

/** The reversed polynomials. */
const CRC32 = 0xedb88320
const CRC32C = 0x82f63b78

const tables = new Map<number, Int32Array>()

/** The CRC-32 of bytes that follow others, whose sum is `before`. Default: of none. */
export const crc32: Crc = zlib.crc32 ?? tableCrc(CRC32)

/** Eight bytes a step: tables of what each byte does to the sum when 0 to 7 bytes follow it. */
function tableCrc(polynomial: number): Crc {
  return (piece, before = 0) => {
    const table = tables.get(polynomial) ?? makeTables(polynomial)
    let crc = ~before
    let at = 0
    for (const whole = piece.length - 7; at < whole; at += 8) {
      const low = crc ^ littleEndian(piece, at)
      const high = littleEndian(piece, at + 4)
      crc =
        entry(table, 7, low) ^
        entry(table, 6, low >>> 8) ^
        entry(table, 5, low >>> 16) ^
        entry(table, 4, low >>> 24) ^
        entry(table, 3, high) ^
        entry(table, 2, high >>> 8) ^
        entry(table, 1, high >>> 16) ^
        entry(table, 0, high >>> 24)
    }
    for (; at < piece.length; at++) crc = entry(table, 0, crc ^ byteAt(piece, at)) ^ (crc >>> 8)
    return ~crc >>> 0
  }
}

// No closures: tsx gives each of them its name again whenever it is made, which is a hundred times slower here.
function entry(table: Int32Array, slice: number, byte: number): number {
  return table[slice * 256 + (byte & 255)] as number
}

function littleEndian(piece: Uint8Array, at: number): number {
  return (
    byteAt(piece, at) | (byteAt(piece, at + 1) << 8) | (byteAt(piece, at + 2) << 16) | (byteAt(piece, at + 3) << 24)
  )
}

function byteAt(piece: Uint8Array, at: number): number {
  return piece[at] as number
}

function makeTables(polynomial: number): Int32Array {
  const table = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    table[byte] = crc
  }
  for (let index = 256; index < table.length; index++) {
    const before = table[index - 256] as number
    table[index] = (table[before & 255] as number) ^ (before >>> 8)
  }
  tables.set(polynomial, table)
  return table
}

import { createHash } from "node:crypto"
import { type GcsRequest, header } from "./http.ts"
import { invalid } from "./refusal.ts"

/** Castagnoli's polynomial, mirrored. */
const POLYNOMIAL = 0x82_f6_3b_78
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
  return value
})

/** CRC32C as GCS writes it: base64 of four bytes, the highest first. */
export function crc32c(data: Uint8Array): string {
  let value = 0xff_ff_ff_ff
  for (const byte of data) value = (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8)
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE((value ^ 0xff_ff_ff_ff) >>> 0)
  return bytes.toString("base64")
}

export const md5 = (data: Uint8Array): string => createHash("md5").update(data).digest("base64")

/** Sums that a client declared for what it sends, in base64. */
export interface Declared {
  readonly crc32c?: string | undefined
  readonly md5?: string | undefined
}

/** Refuses data that is not what the client declared; then nothing may be stored. */
export function verify(data: Uint8Array, declared: Declared): void {
  for (const [name, sum] of [
    ["crc32c", crc32c],
    ["md5", md5],
  ] as const) {
    const expected = declared[name]
    if (expected === undefined) continue
    const found = sum(data)
    if (expected !== found) {
      throw invalid(`Provided ${name.toUpperCase()} "${expected}" doesn't match calculated "${found}".`, "BadDigest")
    }
  }
}

/** The sums in the headers of a request: `x-goog-hash` and `content-md5`. */
export function declaredInHeaders(request: Pick<GcsRequest, "headers">): Declared {
  const sums = new Map<string, string>()
  for (const part of (header(request, "x-goog-hash") ?? "").split(",")) {
    const equals = part.indexOf("=")
    if (equals > 0) sums.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim())
  }
  return { crc32c: sums.get("crc32c"), md5: sums.get("md5") ?? header(request, "content-md5") }
}

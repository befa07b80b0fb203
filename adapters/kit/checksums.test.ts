import { createHash } from "node:crypto"
import { crc32 } from "node:zlib"
import { describe, expect, it } from "vitest"
import { summing } from "./checksums.ts"

const of = (algorithm: Parameters<typeof summing>[0], ...pieces: Uint8Array[]) => {
  const sum = summing(algorithm)
  for (const piece of pieces) sum.update(piece)
  return sum.digest()
}
const base64 = (hex: string) => Buffer.from(hex, "hex").toString("base64")
const text = new TextEncoder()

describe("summing", () => {
  // The check values of the catalogue of parametrised CRC algorithms, and of RFC 3720.
  it.each([
    ["crc32", "123456789", "cbf43926"],
    ["crc32c", "123456789", "e3069283"],
    ["crc32c", "\0".repeat(32), "8a9136aa"],
    ["crc32", "", "00000000"],
    ["crc32c", "", "00000000"],
  ] as const)("gives the %s of %o", (algorithm, input, hex) => {
    expect(of(algorithm, text.encode(input))).toBe(base64(hex))
  })

  it("gives the same for pieces of every length as for the whole", () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7919) & 255)
    for (const algorithm of ["crc32", "crc32c", "md5", "sha256"] as const) {
      const whole = of(algorithm, bytes)
      for (let at = 0; at <= 40; at++) expect(of(algorithm, bytes.subarray(0, at), bytes.subarray(at))).toBe(whole)
    }
    const value = Buffer.alloc(4)
    value.writeUInt32BE(crc32(bytes))
    expect(of("crc32", bytes)).toBe(value.toString("base64"))
    expect(of("sha256", bytes)).toBe(createHash("sha256").update(bytes).digest("base64"))
  })
})

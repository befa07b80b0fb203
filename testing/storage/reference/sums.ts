/** The checksums that the reference knows, in base64 as storages write them. */

export async function sha256(bytes: Uint8Array): Promise<string> {
  return base64(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))))
}

/** Four bytes, the most significant first. */
export function crc32(bytes: Uint8Array): string {
  const sum = new Uint8Array(4)
  new DataView(sum.buffer).setUint32(0, crcOf(bytes))
  return base64(sum)
}

const POLYNOMIAL = 0xedb88320

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
  return value
})

function crcOf(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0)
  return ~crc >>> 0
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
}

/** Any text in the letters of a URL, and back. */
export function toToken(value: unknown): string {
  const text = base64(new TextEncoder().encode(JSON.stringify(value)))
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

/** Undefined for a text that `toToken` did not give. */
export function fromToken(token: string): unknown {
  try {
    const bytes = atob(token.replaceAll("-", "+").replaceAll("_", "/"))
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(bytes, (char) => char.charCodeAt(0)),
    )
    const value: unknown = JSON.parse(text)
    return toToken(value) === token ? value : undefined
  } catch {
    return undefined
  }
}

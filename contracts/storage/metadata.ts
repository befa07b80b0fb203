/** Metadata as it travels in HTTP headers. */
import { utf8Length } from "../foundation/text.ts"

const PREFIX = "=?UTF-8?B?"
const SUFFIX = "?="

/**
 * A value in visible ASCII. Other text is encoded, and so is what HTTP would trim or fold and what looks encoded: the
 * form is that of RFC 2047, which S3 uses as well.
 */
export function encodeMetadataValue(value: string): string {
  if (isPlain(value) && !value.startsWith("=?")) return value
  const bytes = Array.from(new TextEncoder().encode(value), (byte) => String.fromCharCode(byte))
  return PREFIX + btoa(bytes.join("")) + SUFFIX
}

/** Visible ASCII, with single blanks in between. */
function isPlain(value: string): boolean {
  return /^[ -~]+$/.test(value) && value === value.trim() && !value.includes("  ")
}

/** What `encodeMetadataValue` was given; a text that it never gives comes back as it is. */
export function decodeMetadataValue(text: string): string {
  if (!text.startsWith(PREFIX) || !text.endsWith(SUFFIX)) return text
  try {
    const bytes = Uint8Array.from(atob(text.slice(PREFIX.length, -SUFFIX.length)), (char) => char.charCodeAt(0))
    const value = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
    return encodeMetadataValue(value) === text ? value : text
  } catch {
    return text
  }
}

export function encodeMetadata(metadata: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, encodeMetadataValue(value)]))
}

export function decodeMetadata(metadata: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, decodeMetadataValue(value)]))
}

/** Bytes of all names and values, as encoded. */
export function metadataBytes(metadata: Readonly<Record<string, string>>): number {
  const sizes = Object.entries(metadata).map(([name, value]) => utf8Length(name) + encodeMetadataValue(value).length)
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** One entry as the bytes of one file: format, time of expiry, length of the key, key, value. */
import { deserialize, serialize } from "node:v8"
import { CACHE_MAX_KEY_BYTES, ServiceError } from "@objectos/sdk/contracts"

/**
 * @typedef {object} Head
 * @property {string} key
 * @property {number} expiresAt Milliseconds since the Unix epoch; Infinity for entries without ttl.
 */

const FORMAT = 1
const KEY_STARTS_AT = 11

/** So many bytes of a file tell its key and its expiry. */
export const HEAD_BYTES = KEY_STARTS_AT + CACHE_MAX_KEY_BYTES

/**
 * @param {Head} head
 * @param {unknown} value
 */
export function encodeEntry({ expiresAt, key }, value) {
  const keyBytes = Buffer.from(key)
  const fixed = Buffer.alloc(KEY_STARTS_AT)
  fixed.writeUInt8(FORMAT, 0)
  fixed.writeDoubleBE(expiresAt, 1)
  fixed.writeUInt16BE(keyBytes.length, 9)
  // structuredClone turns a Buffer into the Uint8Array that it counts as.
  return Buffer.concat([fixed, keyBytes, serialize(structuredClone(value))])
}

/**
 * @param {Buffer} bytes The beginning of a file.
 * @returns {Head | undefined} Nothing for bytes that are no entry.
 */
export function decodeHead(bytes) {
  if (bytes.length < KEY_STARTS_AT || bytes.readUInt8(0) !== FORMAT) return undefined
  const keyEndsAt = KEY_STARTS_AT + bytes.readUInt16BE(9)
  if (bytes.length < keyEndsAt) return undefined
  return { key: bytes.toString("utf8", KEY_STARTS_AT, keyEndsAt), expiresAt: bytes.readDoubleBE(1) }
}

/**
 * @param {Buffer} bytes A whole file.
 * @returns {Head & { value: unknown }}
 * @throws {ServiceError} CORRUPT for bytes that are no entry.
 */
export function decodeEntry(bytes) {
  const head = decodeHead(bytes)
  if (head === undefined) throw new ServiceError("CORRUPT", "The file is no entry of a cache.")
  try {
    return { ...head, value: deserialize(bytes.subarray(KEY_STARTS_AT + bytes.readUInt16BE(9))) }
  } catch (cause) {
    throw new ServiceError("CORRUPT", "The value in the file cannot be decoded.", { cause })
  }
}

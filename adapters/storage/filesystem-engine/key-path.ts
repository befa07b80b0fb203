/**
 * Keys as paths of files, and back.
 *
 * Each byte of a key has a code. Codes stand in the order of their bytes, so encoded keys are in the order of their keys,
 * begin with an encoded prefix where keys begin with the prefix, and are sorted as plain text. No code has an upper-case
 * letter: keys that differ in case alone stay apart on disks that do not tell case.
 */
import { objectKeyIssue } from "../../../contracts/storage/arguments.ts"

/** The last character of a name says what it is. No code has one of them. */
const OBJECT = "@"
const DIRECTORY = "+"
const PIECE = ","

/** A longer segment is cut into directories of so many characters, so that all names are short enough for every disk. */
const PIECE_LENGTH = 128

const PLAIN = /^[-./0-9_`a-z]*$/
const NAME = /^[-.0-9_`a-z%=~]*[@+,]$/
const CODE = /[-./0-9_`a-z]|%[0-9a-f]{2}|=(?:[a-z]|[34][0-9a-f]|~[b-e])|~[0-9a-f]{2}/y

const codes = Array.from({ length: 256 }, (_, byte) => codeOf(byte))
const bytes = new Map(codes.map((code, byte) => [code, byte]))

/** The code of a byte: itself, or one that sorts where the byte does. */
function codeOf(byte: number): string {
  const char = String.fromCharCode(byte)
  const hex = byte.toString(16).padStart(2, "0")
  if (PLAIN.test(char)) return char
  if (byte < 0x2d) return `%${hex}`
  if (byte > 0x7a) return `~${hex}`
  if (byte <= 0x40) return `=${hex}`
  return byte <= 0x5a ? `=${char.toLowerCase()}` : `=~${hex.slice(1)}`
}

/** A key, or what keys begin with. */
export function encodeKey(text: string): string {
  if (PLAIN.test(text)) return text
  return Array.from(new TextEncoder().encode(text), (byte) => codes[byte]).join("")
}

/** The key that `encodeKey` was given; undefined for a text that stands for no key. */
export function decodeKey(encoded: string): string | undefined {
  const key = PLAIN.test(encoded) ? encoded : decodeText(encoded)
  return key === undefined || objectKeyIssue(key) !== undefined ? undefined : key
}

function decodeText(encoded: string): string | undefined {
  const decoded: number[] = []
  for (CODE.lastIndex = 0; CODE.lastIndex < encoded.length; ) {
    const byte = bytes.get(CODE.exec(encoded)?.[0] ?? "")
    if (byte === undefined) return undefined
    decoded.push(byte)
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(decoded))
  } catch {
    return undefined
  }
}

/** The path of the file of a key, below the directory of all objects. */
export function pathOfKey(key: string): string {
  const encoded = encodeKey(key)
  const end = encoded.lastIndexOf("/") + 1
  return directoryOf(encoded.slice(0, end)) + piecesOf(encoded.slice(end)) + OBJECT
}

/** The directory of whole segments, an encoded text that is empty or ends in a slash; so does the path. */
export function directoryOf(encoded: string): string {
  if (encoded.length < PIECE_LENGTH) return encoded.replaceAll("/", `${DIRECTORY}/`)
  return encoded.replaceAll(/([^/]*)\//g, (_, segment: string) => `${piecesOf(segment)}${DIRECTORY}/`)
}

/** A segment, cut where it is long. A rest is always there, and may be empty. */
function piecesOf(segment: string): string {
  if (segment.length < PIECE_LENGTH) return segment
  return `${segment.slice(0, PIECE_LENGTH)}${PIECE}/${piecesOf(segment.slice(PIECE_LENGTH))}`
}

/**
 * What encoded keys go on with, behind those of their directory, where they are in what has this name: the rest of the
 * one key of an object; for a directory a text that all of its keys begin with. Undefined for a name that is not ours.
 */
export function textOfName(name: string): string | undefined {
  if (!NAME.test(name)) return undefined
  const text = name.slice(0, -1)
  if (name.endsWith(PIECE)) return text.length === PIECE_LENGTH ? text : undefined
  if (text.length >= PIECE_LENGTH) return undefined
  return name.endsWith(DIRECTORY) ? `${text}/` : text
}

/** The name that has this text. */
export function nameOfText(text: string): string {
  if (text.endsWith("/")) return text.slice(0, -1) + DIRECTORY
  return text.length === PIECE_LENGTH ? text + PIECE : text + OBJECT
}

/** Whether a text that `textOfName` gave is that of an object. */
export function isObjectText(text: string): boolean {
  return text.length < PIECE_LENGTH && !text.endsWith("/")
}

/** The longest key, in bytes, whose path has no more bytes than `length`. */
export function longestKey(length: number): number {
  // No code is longer than 3, and each cut adds a mark and a slash; an object has a mark.
  return Math.floor(((length - 1) * PIECE_LENGTH) / (3 * (PIECE_LENGTH + 2)))
}

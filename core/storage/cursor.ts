import type { ListOptions } from "../../contracts/storage/options.ts"
import { cursorRefused } from "./errors.ts"

type Scope = Pick<ListOptions, "prefix" | "delimiter">

/** A cursor for the page behind a place, good for this prefix and delimiter alone. */
export function cursorOf({ delimiter = "", prefix = "" }: Scope, place: string): string {
  const bytes = new TextEncoder().encode(JSON.stringify([prefix, delimiter, place]))
  return toBase64Url(bytes)
}

/** @throws ServiceError INVALID_ARGUMENT for a text that `cursorOf` did not give for this prefix and delimiter. */
export function placeOf(cursor: string, scope: Scope): string {
  const place = readPlace(cursor)
  if (place === undefined || cursorOf(scope, place) !== cursor) throw cursorRefused()
  return place
}

function readPlace(cursor: string): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(fromBase64Url(cursor))
    const [, , place] = JSON.parse(text) as unknown[]
    return typeof place === "string" ? place : undefined
  } catch {
    return undefined
  }
}

export function toBase64Url(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")
}

/** @throws DOMException for a text that is no base64. */
export function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0))
}

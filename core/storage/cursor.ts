import type { ListOptions } from "../../contracts/storage/options.ts"
import { fromBase64Url, toBase64Url } from "../foundation/base64url.ts"
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

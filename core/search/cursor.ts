import type { SearchQuery } from "../../contracts/search/search.ts"
import { fromBase64Url, toBase64Url } from "../foundation/base64url.ts"
import { cursorRefused } from "./errors.ts"

/** Begins a walk. */
export const FIRST_CURSOR = "*"

/** Where a walk stands: what the adapter keeps for it, and the sort values of the last hit. */
export interface WalkPlace {
  /** Of the point in time. */
  readonly snapshot: string
  readonly after: readonly (string | number | boolean | null)[]
}

/** A cursor for what is behind a place, good for this query alone. It tells where it was changed, and is no secret. */
export function cursorOf(query: SearchQuery, { after, snapshot }: WalkPlace): string {
  const sum = hash(JSON.stringify([...scopeOf(query), snapshot, after]))
  return toBase64Url(new TextEncoder().encode(JSON.stringify([sum, snapshot, after])))
}

/** @throws ServiceError INVALID_ARGUMENT for a text that `cursorOf` did not give for this query. */
export function placeOf(query: SearchQuery, cursor: string): WalkPlace {
  const place = readPlace(cursor)
  if (place === undefined || cursorOf(query, place) !== cursor) throw cursorRefused()
  return place
}

function readPlace(cursor: string): WalkPlace | undefined {
  try {
    const [, snapshot, after] = JSON.parse(new TextDecoder().decode(fromBase64Url(cursor))) as unknown[]
    if (typeof snapshot !== "string" || !Array.isArray(after)) return undefined
    const isPlace = after.every((value) => value === null || ["string", "number", "boolean"].includes(typeof value))
    return isPlace ? { snapshot, after } : undefined
  } catch {
    return undefined
  }
}

/** What decides which documents a walk sees, and in which order. */
function scopeOf({ fields, fuzzy, object, operator, phrase, prefix, q, sort, where }: SearchQuery): readonly unknown[] {
  return [object, q, fields, operator, prefix, fuzzy, phrase, where, sort]
}

/** 53 bits: short, and enough to tell one walk from another. */
function hash(text: string): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 2_654_435_761)
    low = Math.imul(low ^ unit, 1_597_334_677)
  }
  return (4_294_967_296 * (0x1fffff & (high ^ (high >>> 15))) + ((low ^ (low >>> 13)) >>> 0)).toString(36)
}

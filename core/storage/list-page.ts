import { compareCodePoints } from "../../contracts/foundation/text.ts"
import type { ListOptions } from "../../contracts/storage/options.ts"
import { cursorOf, placeOf } from "./cursor.ts"
import { cursorRefused } from "./errors.ts"

/** A page of keys, in order, before anything else is known of them. */
export interface KeyPage {
  readonly keys: string[]
  readonly prefixes: string[]
  readonly cursor?: string
}

/** What was listed last: a key, or a prefix with all that begins with it. */
export interface Place {
  readonly kind: "key" | "prefix"
  readonly text: string
}

/** Where the page before ended. @throws ServiceError INVALID_ARGUMENT for a cursor that `cursorBehind` did not give. */
export function placeBefore(options: ListOptions): Place | undefined {
  const { cursor } = options
  return cursor === undefined ? undefined : readPlace(placeOf(cursor, options))
}

/** The cursor of a page that ends here. */
export function cursorBehind({ kind, text }: Place, options: ListOptions): string {
  return cursorOf(options, kind + text)
}

/** The page that options ask for, of all keys of a bucket in the order of code points. */
export function pageOfKeys(sorted: readonly string[], options: ListOptions = {}): KeyPage {
  const { delimiter, limit = 1000, prefix = "" } = options
  const place = placeBefore(options)
  const keys: string[] = []
  const prefixes: string[] = []
  let last = place
  for (let index = firstBehind(sorted, prefix, place); index < sorted.length; index++) {
    const key = sorted[index] as string
    if (!key.startsWith(prefix)) break
    const group = groupOf(key, prefix, delimiter)
    if (last?.kind === "prefix" && key.startsWith(last.text)) continue
    if (keys.length + prefixes.length === limit && last !== undefined) {
      return { keys, prefixes, cursor: cursorBehind(last, options) }
    }
    if (group === undefined) keys.push(key)
    else prefixes.push(group)
    last = group === undefined ? { kind: "key", text: key } : { kind: "prefix", text: group }
  }
  return { keys, prefixes }
}

/** What a key begins with up to the first delimiter behind the prefix, with it; undefined where there is none. */
export function groupOf(key: string, prefix: string, delimiter: string | undefined): string | undefined {
  if (delimiter === undefined) return undefined
  const at = key.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : key.slice(0, at + delimiter.length)
}

function readPlace(text: string): Place {
  for (const kind of ["key", "prefix"] as const)
    if (text.startsWith(kind)) return { kind, text: text.slice(kind.length) }
  throw cursorRefused()
}

/** Where the keys begin that have the prefix and stand behind the place. */
function firstBehind(sorted: readonly string[], prefix: string, place: Place | undefined): number {
  const isBefore = (key: string) =>
    compareCodePoints(key, prefix) < 0 || (place !== undefined && compareCodePoints(key, place.text) <= 0)
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(sorted[middle] as string)) low = middle + 1
    else high = middle
  }
  return low
}

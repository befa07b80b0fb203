import type { ListedObject } from "../../../contracts/storage/object.ts"

type Version = Pick<ListedObject, "etag" | "lastModified">

const CONDITIONS = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"]

export function hasConditions(headers: Headers): boolean {
  return CONDITIONS.some((name) => headers.has(name))
}

/** Which condition of a GET or HEAD does not hold, in the order of RFC 9110, 13.2.2; undefined where all hold. */
export function failedCondition(headers: Headers, object: Version): "changed" | "not-modified" | undefined {
  const ifMatch = headers.get("if-match")
  const ifNoneMatch = headers.get("if-none-match")
  const unmodifiedSince = dateOf(headers.get("if-unmodified-since"))
  const modifiedSince = dateOf(headers.get("if-modified-since"))
  const modified = secondsOf(object.lastModified)
  if (ifMatch !== null && !names(ifMatch, object, isStrong)) return "changed"
  if (ifMatch === null && unmodifiedSince !== undefined && modified > unmodifiedSince) return "changed"
  if (ifNoneMatch !== null) return names(ifNoneMatch, object, () => true) ? "not-modified" : undefined
  return modifiedSince !== undefined && modified <= modifiedSince ? "not-modified" : undefined
}

/** Whether a range may be given: the object is still the one that the client has a part of. */
export function rangeHolds(headers: Headers, object: Version): boolean {
  const ifRange = headers.get("if-range")
  if (ifRange === null) return true
  return dateOf(ifRange) === secondsOf(object.lastModified) || ifRange === `"${object.etag}"`
}

/** `*` names every object that is there. */
function names(header: string, { etag }: Version, counts: (tag: string) => boolean): boolean {
  if (header.trim() === "*") return true
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? []
  return tags.some((tag) => counts(tag) && tag.replace(/^W\//, "") === `"${etag}"`)
}

function isStrong(tag: string): boolean {
  return !tag.startsWith("W/")
}

/** Headers have whole seconds. */
function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}

/** The seconds of an HTTP date; a text that is none counts for nothing. */
function dateOf(header: string | null): number | undefined {
  if (header === null || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header))
    return undefined
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : date / 1000
}

import type { Gcs } from "./gcs.ts"
import { type GcsRequest, json, type Reply } from "./http.ts"
import { allowOnly } from "./limits.ts"
import { invalid, unknownHere } from "./refusal.ts"
import { objectResource } from "./resource.ts"
import type { StoredObject } from "./store.ts"

const MAX_RESULTS = 1000

/** One entry of a page: an object, or the common beginning of several. */
type Entry = { readonly name: string; readonly object: StoredObject | undefined }

/** Names in the order of their UTF-8 bytes; items and prefixes of a page together are `maxResults` at most. */
export function listObjects(gcs: Gcs, { query }: GcsRequest, bucket: string): Reply {
  allowOnly(query, [
    "prefix",
    "delimiter",
    "startOffset",
    "pageToken",
    "maxResults",
    "versions",
    "includeTrailingDelimiter",
  ])
  // Its buckets keep no versions, so that all versions are the objects that stand there.
  if (query.get("includeTrailingDelimiter") === "true") throw unknownHere("trailing delimiters in a list")
  const start = query.get("startOffset") ?? ""
  const objects = [...gcs.store.bucket(bucket).objects.values()].filter(({ name }) => compareBytes(name, start) >= 0)
  const entries = entriesOf(objects, query.get("prefix") ?? "", query.get("delimiter") ?? "")
  const after = nameOfToken(query.get("pageToken"))
  const left = after === undefined ? entries : entries.filter(({ name }) => compareBytes(name, after) > 0)
  const limit = limitOf(query.get("maxResults"))
  const page = left.slice(0, limit)
  const last = page.at(-1)
  const items = page.flatMap(({ object }) => (object === undefined ? [] : [objectResource(object, gcs.endpoint)]))
  const prefixes = page.flatMap(({ name, object }) => (object === undefined ? [name] : []))
  return json({
    kind: "storage#objects",
    nextPageToken: left.length > limit && last !== undefined ? tokenOfName(last.name) : undefined,
    prefixes: prefixes.length > 0 ? prefixes : undefined,
    items: items.length > 0 ? items : undefined,
  })
}

function entriesOf(objects: readonly StoredObject[], prefix: string, delimiter: string): Entry[] {
  const entries = new Map<string, Entry>()
  for (const object of objects) {
    const { name } = object
    if (!name.startsWith(prefix)) continue
    const end = delimiter === "" ? -1 : name.indexOf(delimiter, prefix.length)
    const common = name.slice(0, end + delimiter.length)
    // A name cannot end at a delimiter and be listed too, so no key is both.
    if (end < 0) entries.set(name, { name, object })
    else entries.set(common, { name: common, object: undefined })
  }
  return [...entries.values()].sort((one, other) => compareBytes(one.name, other.name))
}

function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}

function limitOf(text: string | null): number {
  if (text === null) return MAX_RESULTS
  if (!/^[1-9]\d{0,9}$/.test(text)) throw invalid("Invalid value for maxResults.")
  return Math.min(Number(text), MAX_RESULTS)
}

const MARK = "after:"

function tokenOfName(name: string): string {
  return Buffer.from(MARK + name).toString("base64")
}

function nameOfToken(token: string | null): string | undefined {
  if (token === null || token === "") return undefined
  const text = Buffer.from(token, "base64").toString("utf8")
  if (!text.startsWith(MARK)) throw invalid("Invalid value for pageToken.")
  return text.slice(MARK.length)
}

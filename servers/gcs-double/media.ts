import { gunzipSync } from "node:zlib"
import { checkEtags } from "./conditions.ts"
import { type GcsRequest, header, headerOfText, type Reply } from "./http.ts"
import { Refusal } from "./refusal.ts"
import { jsonEtag, xmlEtag } from "./resource.ts"
import type { StoredObject } from "./store.ts"

/** The answer to a download. */
export function download(request: GcsRequest, object: StoredObject, api: "json" | "xml"): Reply {
  const { data, fields } = object
  const etag = api === "json" ? jsonEtag(object) : xmlEtag(object)
  checkEtags(request, etag)
  const headers = { ...headersOf(object, api), etag }
  if (isDecoded(request, object)) {
    const decoded = { "x-guploader-response-body-transformations": "gunzipped", warning: "214 UploadServer gunzipped" }
    return { status: 200, headers: { ...headers, ...decoded }, body: gunzipSync(data) }
  }
  const encoding: Record<string, string> = fields.contentEncoding ? { "content-encoding": fields.contentEncoding } : {}
  const range = rangeOf(header(request, "range"), data.length)
  if (range === undefined) return { status: 200, headers: { ...headers, ...encoding }, body: data }
  const [start, end] = range
  return {
    status: 206,
    headers: { ...headers, ...encoding, "content-range": `bytes ${start}-${end}/${data.length}` },
    body: data.subarray(start, end + 1),
  }
}

/** Decompressive transcoding: data that is stored as gzip is decoded for a client that does not take gzip. */
function isDecoded(request: GcsRequest, { fields }: StoredObject): boolean {
  const takesGzip = /(?:^|[\s,])gzip(?:[\s,;]|$)/.test(header(request, "accept-encoding") ?? "")
  return fields.contentEncoding === "gzip" && !takesGzip && !/no-transform/.test(fields.cacheControl ?? "")
}

/** First and last byte; `undefined` for the whole object, also where the header makes no sense. */
function rangeOf(text: string | undefined, size: number): readonly [number, number] | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(text ?? "") ?? []
  if (first === undefined || last === undefined || first + last === "") return undefined
  if (first === "") {
    if (size === 0) return undefined
    if (Number(last) === 0) throw unsatisfiable(size)
    return [Math.max(0, size - Number(last)), size - 1]
  }
  if (last !== "" && Number(last) < Number(first)) return undefined
  if (Number(first) >= size) throw unsatisfiable(size)
  return [Number(first), last === "" ? size - 1 : Math.min(Number(last), size - 1)]
}

function unsatisfiable(size: number): Refusal {
  const words = { reason: "requestedRangeNotSatisfiable", code: "InvalidRange" }
  const headers = { "content-range": `bytes */${size}` }
  return new Refusal(416, words, "The requested range cannot be satisfied.", { headers })
}

function headersOf(object: StoredObject, api: "json" | "xml"): Record<string, string | string[]> {
  const { crc32c, data, fields, generation, md5, metageneration, updatedMs } = object
  const sums = [`crc32c=${crc32c}`, ...(md5 === undefined ? [] : [`md5=${md5}`])]
  const optional = {
    "content-disposition": fields.contentDisposition,
    "content-language": fields.contentLanguage,
  }
  const custom = api === "xml" ? Object.entries(fields.metadata ?? {}) : []
  return {
    "content-type": fields.contentType ?? "application/octet-stream",
    "cache-control": fields.cacheControl ?? "private, max-age=0",
    "last-modified": new Date(updatedMs).toUTCString(),
    "x-goog-generation": String(generation),
    "x-goog-metageneration": String(metageneration),
    "x-goog-hash": api === "xml" ? sums : sums.join(","),
    "x-goog-storage-class": "STANDARD",
    "x-goog-stored-content-encoding": fields.contentEncoding ?? "identity",
    "x-goog-stored-content-length": String(data.length),
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([name, value]) => (value === undefined ? [] : [[name, headerOfText(value)]])),
    ),
    ...Object.fromEntries(custom.map(([name, value]) => [`x-goog-meta-${name}`, headerOfText(value)])),
  }
}

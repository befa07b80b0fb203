import { declaredInHeaders } from "./checksums.ts"
import { conditionsOfHeaders } from "./conditions.ts"
import type { Gcs } from "./gcs.ts"
import { type GcsRequest, header, type Reply, textOfHeader } from "./http.ts"
import { allowOnlyXml } from "./limits.ts"
import { download } from "./media.ts"
import { invalid, unknownHere } from "./refusal.ts"
import { xmlEtag } from "./resource.ts"
import type { Fields, StoredObject } from "./store.ts"

export function getXmlObject(gcs: Gcs, request: GcsRequest, bucket: string, name: string): Reply {
  allowOnlyXml(request.query, ["response-content-type", "response-content-disposition"])
  const reply = download(request, gcs.store.object(bucket, name, conditionsOfHeaders(request)), "xml")
  const overrides = ["content-type", "content-disposition"].flatMap((field) => {
    const value = request.query.get(`response-${field}`)
    return value === null ? [] : [[field, value]]
  })
  return { ...reply, headers: { ...reply.headers, ...Object.fromEntries(overrides) } }
}

export function headXmlObject(gcs: Gcs, request: GcsRequest, bucket: string, name: string): Reply {
  const { body = "", headers, status } = getXmlObject(gcs, request, bucket, name)
  return { status, headers: { ...headers, "content-length": String(body.length) } }
}

export function putXmlObject(gcs: Gcs, request: GcsRequest, bucket: string, name: string): Reply {
  allowOnlyXml(request.query, [])
  checkHeaders(request)
  checkLengthRange(request)
  const written = gcs.store.write({
    ...{ bucket, name, data: request.body, fields: fieldsOfHeaders(request) },
    ...{ conditions: conditionsOfHeaders(request), declared: declaredInHeaders(request) },
  })
  return { status: 200, headers: writtenHeaders(written) }
}

export function deleteXmlObject(gcs: Gcs, request: GcsRequest, bucket: string, name: string): Reply {
  allowOnlyXml(request.query, [])
  gcs.store.delete(gcs.store.object(bucket, name, conditionsOfHeaders(request)))
  return { status: 204 }
}

export function writtenHeaders(object: StoredObject): Record<string, string | string[]> {
  const { crc32c, data, fields, generation, md5, metageneration } = object
  return {
    etag: xmlEtag(object),
    "x-goog-generation": String(generation),
    "x-goog-metageneration": String(metageneration),
    "x-goog-hash": [`crc32c=${crc32c}`, ...(md5 === undefined ? [] : [`md5=${md5}`])],
    "x-goog-stored-content-encoding": fields.contentEncoding ?? "identity",
    "x-goog-stored-content-length": String(data.length),
  }
}

export function fieldsOfHeaders(request: GcsRequest): Fields {
  const text = (name: string) => {
    const value = header(request, name)
    return value === undefined ? undefined : textOfHeader(value)
  }
  const prefix = "x-goog-meta-"
  const custom = Object.keys(request.headers).filter((name) => name.startsWith(prefix))
  return {
    contentType: text("content-type"),
    contentEncoding: text("content-encoding"),
    contentDisposition: text("content-disposition"),
    contentLanguage: text("content-language"),
    cacheControl: text("cache-control"),
    metadata: Object.fromEntries(custom.map((name) => [name.slice(prefix.length), text(name) ?? ""])),
  }
}

/** Extension headers that this double knows; another could change what GCS does. */
const KNOWN = /^x-goog-(meta-.+|hash|if-(meta)?generation-match|content-length-range|api-client|user-project)$/

export function checkHeaders({ headers }: GcsRequest): void {
  const unknown = Object.keys(headers).find((name) => name.startsWith("x-goog-") && !KNOWN.test(name))
  if (unknown !== undefined) throw unknownHere(`the header ${unknown} here`)
}

function checkLengthRange(request: GcsRequest): void {
  const text = header(request, "x-goog-content-length-range")
  if (text === undefined) return
  const [, least, most] = /^(\d+),(\d+)$/.exec(text) ?? []
  if (least === undefined || most === undefined) throw invalid("Invalid x-goog-content-length-range.")
  checkSize(request.body.length, Number(least), Number(most))
}

export function checkSize(size: number, least: number, most: number): void {
  if (size < least) throw invalid("Your proposed upload is smaller than the minimum object size.", "EntityTooSmall")
  if (size > most) throw invalid("Your proposed upload exceeds the maximum allowed object size.", "EntityTooLarge")
}

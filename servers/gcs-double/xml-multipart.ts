import { randomBytes } from "node:crypto"
import { crc32c, declaredInHeaders, md5, verify } from "./checksums.ts"
import { wholeNumber } from "./conditions.ts"
import type { Gcs, Part, PartedUpload } from "./gcs.ts"
import type { GcsRequest, Reply } from "./http.ts"
import { allowOnlyXml, checkMetadata, checkObjectName } from "./limits.ts"
import { invalid, Refusal } from "./refusal.ts"
import { xmlEtag } from "./resource.ts"
import { contents, document, element, parent } from "./xml.ts"
import { checkHeaders, fieldsOfHeaders } from "./xml-objects.ts"

const MIN_PART_BYTES = 5 * 1024 * 1024
const MAX_PART = 10_000
const PAGE = 1000

export function startParted(gcs: Gcs, request: GcsRequest, bucket: string, name: string): Reply {
  allowOnlyXml(request.query, ["uploads"])
  checkNoConditions(request)
  checkHeaders(request)
  gcs.store.bucket(bucket)
  checkObjectName(name)
  const fields = fieldsOfHeaders(request)
  checkMetadata(fields.metadata)
  const id = randomBytes(24).toString("base64url")
  gcs.partedUploads.set(id, { id, bucket, name, fields, startedMs: gcs.store.now(), parts: new Map() })
  const named = [element("Bucket", bucket), element("Key", name), element("UploadId", id)]
  return xml("InitiateMultipartUploadResult", named)
}

export function putPart(gcs: Gcs, request: GcsRequest, bucket: string, name: string): Reply {
  allowOnlyXml(request.query, ["partNumber", "uploadId"])
  checkNoConditions(request)
  const { body, query } = request
  const upload = uploadOf(gcs, query, bucket, name)
  const number = wholeNumber("partNumber", query.get("partNumber")) ?? 0
  if (number < 1 || number > MAX_PART) throw invalid(`partNumber must be 1 to ${MAX_PART}.`)
  verify(body, declaredInHeaders(request))
  const etag = `"${Buffer.from(md5(body), "base64").toString("hex")}"`
  upload.parts.set(number, { data: body, etag, storedMs: gcs.store.now() })
  return { status: 200, headers: { etag, "x-goog-hash": [`crc32c=${crc32c(body)}`, `md5=${md5(body)}`] } }
}

export function listParts(gcs: Gcs, { query }: GcsRequest, bucket: string, name: string): Reply {
  allowOnlyXml(query, ["uploadId", "max-parts", "part-number-marker"])
  const { id, parts } = uploadOf(gcs, query, bucket, name)
  const after = wholeNumber("part-number-marker", query.get("part-number-marker")) ?? 0
  const limit = Math.min(wholeNumber("max-parts", query.get("max-parts")) ?? PAGE, PAGE)
  const left = [...parts].filter(([number]) => number > after).sort(([one], [other]) => one - other)
  const page = left.slice(0, limit)
  const isTruncated = left.length > page.length
  return xml("ListPartsResult", [
    ...[element("Bucket", bucket), element("Key", name), element("UploadId", id)],
    ...[element("StorageClass", "STANDARD"), element("PartNumberMarker", after)],
    ...(isTruncated ? [element("NextPartNumberMarker", page.at(-1)?.[0] ?? after)] : []),
    ...[element("MaxParts", limit), element("IsTruncated", isTruncated)],
    ...page.map(([number, { data, etag, storedMs }]) =>
      parent("Part", [
        ...[element("PartNumber", number), element("LastModified", new Date(storedMs).toISOString())],
        ...[element("ETag", etag), element("Size", data.length)],
      ]),
    ),
  ])
}

export function completeParted(gcs: Gcs, request: GcsRequest, bucket: string, name: string): Reply {
  allowOnlyXml(request.query, ["uploadId"])
  checkNoConditions(request)
  const { fields, id, parts } = uploadOf(gcs, request.query, bucket, name)
  const chosen = contents(request.body.toString("utf8"), "Part").length
  const named = namedParts(request.body.toString("utf8"))
  if (chosen === 0 || named.length !== chosen) {
    throw invalid("The XML you provided was not well-formed or did not validate.", "MalformedXML")
  }
  if (named.some(({ number }, index) => index > 0 && number <= (named[index - 1]?.number ?? 0))) {
    throw invalid("The parts must be in ascending order.", "InvalidPartOrder")
  }
  const data = named.map(({ etag, number }, index) => partData(parts.get(number), etag, index === named.length - 1))
  const object = gcs.store.write({ bucket, name, data: Buffer.concat(data), fields, isMultipart: true })
  gcs.partedUploads.delete(id)
  const { body, headers, status } = xml("CompleteMultipartUploadResult", [
    ...[element("Location", `${gcs.endpoint}/${bucket}/${encodeURIComponent(name)}`), element("Bucket", bucket)],
    ...[element("Key", name), element("ETag", xmlEtag(object))],
  ])
  return { status, headers: { ...headers, "x-goog-hash": `crc32c=${object.crc32c}` }, body: body ?? "" }
}

export function abortParted(gcs: Gcs, { query }: GcsRequest, bucket: string, name: string): Reply {
  allowOnlyXml(query, ["uploadId"])
  gcs.partedUploads.delete(uploadOf(gcs, query, bucket, name).id)
  return { status: 204 }
}

/** Uploads that are neither completed nor aborted, by their name and then by their start. */
export function listParted(gcs: Gcs, { query }: GcsRequest, bucket: string): Reply {
  allowOnlyXml(query, ["uploads", "prefix", "max-uploads", "key-marker", "upload-id-marker"])
  gcs.store.bucket(bucket)
  const keyMarker = query.get("key-marker") ?? ""
  const idMarker = query.get("upload-id-marker")
  const limit = Math.min(wholeNumber("max-uploads", query.get("max-uploads")) ?? PAGE, PAGE)
  const all = [...gcs.partedUploads.values()]
    .filter((upload) => upload.bucket === bucket && upload.name.startsWith(query.get("prefix") ?? ""))
    .sort((one, other) => Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)))
  const marked = all.findIndex(({ id, name }) => name === keyMarker && id === idMarker)
  const left = all.filter(({ name }, index) =>
    marked >= 0 ? index > marked : Buffer.compare(Buffer.from(name), Buffer.from(keyMarker)) > 0,
  )
  const page = left.slice(0, limit)
  const isTruncated = left.length > page.length
  const last = page.at(-1)
  return xml("ListMultipartUploadsResult", [
    ...[element("Bucket", bucket), element("KeyMarker", keyMarker), element("UploadIdMarker", idMarker ?? "")],
    ...(isTruncated && last !== undefined
      ? [element("NextKeyMarker", last.name), element("NextUploadIdMarker", last.id)]
      : []),
    ...[element("MaxUploads", limit), element("IsTruncated", isTruncated)],
    ...page.map(({ id, name, startedMs }) =>
      parent("Upload", [
        ...[element("Key", name), element("UploadId", id), element("StorageClass", "STANDARD")],
        element("Initiated", new Date(startedMs).toISOString()),
      ]),
    ),
  ])
}

function uploadOf({ partedUploads, store }: Gcs, query: URLSearchParams, bucket: string, name: string): PartedUpload {
  store.bucket(bucket)
  const upload = partedUploads.get(query.get("uploadId") ?? "")
  if (upload === undefined || upload.bucket !== bucket || upload.name !== name) {
    throw new Refusal(404, { reason: "notFound", code: "NoSuchUpload" }, "The specified upload does not exist.")
  }
  return upload
}

function namedParts(body: string): { readonly number: number; readonly etag: string }[] {
  const numbers = contents(body, "PartNumber")
  const etags = contents(body, "ETag")
  return numbers.flatMap((number, index) => {
    const etag = etags[index]
    return etag === undefined || !/^\d+$/.test(number) ? [] : [{ number: Number(number), etag }]
  })
}

function partData(part: Part | undefined, etag: string, isLast: boolean): Buffer {
  if (part === undefined || part.etag.replaceAll('"', "") !== etag.replaceAll('"', "")) {
    throw invalid("One or more of the specified parts could not be found.", "InvalidPart")
  }
  if (!isLast && part.data.length < MIN_PART_BYTES) {
    throw invalid("Your proposed upload is smaller than the minimum allowed part size.", "EntityTooSmall")
  }
  return part.data
}

/** The documentation says that preconditions are not supported: a client must not believe that one was checked. */
function checkNoConditions({ headers }: GcsRequest): void {
  const found = Object.keys(headers).find((name) => /^x-goog-if-|^if-(none-)?match$/.test(name))
  if (found === undefined) return
  const words = { reason: "notImplemented", code: "NotImplemented" }
  throw new Refusal(501, words, "A header you provided implies functionality that is not implemented.", {
    details: found,
  })
}

function xml(name: string, parts: readonly string[]): Reply {
  return { status: 200, headers: { "content-type": "application/xml; charset=UTF-8" }, body: document(name, parts) }
}

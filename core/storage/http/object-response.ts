import type { ObjectInfo, Storage, StoredObject } from "../../../contracts/storage/storage.ts"
import { rangeLength } from "../byte-range.ts"
import { objectNotFound, preconditionFailed } from "../errors.ts"
import type { ObjectPlace } from "../signed-urls/object-path.ts"
import { failedCondition, hasConditions, rangeHolds } from "./conditions.ts"
import { rangeOf } from "./range-header.ts"

/**
 * The answer to a GET or HEAD of an object, with ranges and conditions. Browsers save it, unless a disposition says
 * otherwise, never guess its type, and run nothing of it.
 *
 * @param disposition Goes before that of the object.
 * @throws ServiceError as of `get`, and PRECONDITION_FAILED for a condition that means 412.
 */
export async function objectResponse(
  storage: Storage,
  request: Request,
  place: ObjectPlace,
  disposition?: string,
): Promise<Response> {
  const { headers, method } = request
  if (method === "HEAD" || hasConditions(headers)) {
    const info = await infoOf(storage, place)
    const answered = answerOfConditions(headers, info)
    if (answered !== undefined) return answered
    if (method === "HEAD") return new Response(null, { headers: headersOf(info, disposition, info.size) })
  }
  const object = await open(storage, request, place)
  try {
    // It may have been replaced since its conditions were looked at.
    const answered = answerOfConditions(headers, object.info)
    if (answered === undefined) return responseOf(object, disposition)
    await object.cancel()
    return answered
  } catch (error) {
    await object.cancel()
    throw error
  }
}

async function infoOf(storage: Storage, { bucket, key }: ObjectPlace): Promise<ObjectInfo> {
  const info = await storage.head(bucket, key)
  if (info === undefined) throw objectNotFound()
  return info
}

/** @throws ServiceError PRECONDITION_FAILED where it is no 304. */
function answerOfConditions(headers: Headers, info: ObjectInfo): Response | undefined {
  const failed = failedCondition(headers, info)
  if (failed === "changed") throw preconditionFailed("changed")
  return failed && new Response(null, { status: 304, headers: versionHeaders(info) })
}

/** The object, or the range of it that is asked for. */
async function open(storage: Storage, { headers, signal }: Request, place: ObjectPlace): Promise<StoredObject> {
  const { bucket, key } = place
  const asked = rangeOf(headers.get("range"))
  const isAsked = asked !== undefined && (!headers.has("if-range") || rangeHolds(headers, await infoOf(storage, place)))
  const object = await storage.get(bucket, key, isAsked ? { range: asked, signal } : { signal })
  if (object.range === undefined || rangeHolds(headers, object.info)) return object
  await object.cancel()
  return storage.get(bucket, key, { signal })
}

function responseOf(object: StoredObject, disposition: string | undefined): Response {
  const { info, range } = object
  const headers = headersOf(info, disposition, range === undefined ? info.size : rangeLength(range))
  if (range !== undefined) headers.set("content-range", `bytes ${range.start}-${range.end}/${info.size}`)
  return new Response(object.stream() as ReadableStream<Uint8Array<ArrayBuffer>>, {
    status: range === undefined ? 200 : 206,
    headers,
  })
}

function headersOf(info: ObjectInfo, disposition: string | undefined, length: number): Headers {
  const { contentDisposition = "attachment", contentEncoding, contentLanguage, contentType } = info
  return new Headers({
    ...versionHeaders(info),
    "accept-ranges": "bytes",
    "content-disposition": disposition ?? contentDisposition,
    ...(contentEncoding !== undefined && { "content-encoding": contentEncoding }),
    ...(contentLanguage !== undefined && { "content-language": contentLanguage }),
    "content-length": String(length),
    "content-security-policy": "sandbox",
    "content-type": contentType,
    "x-content-type-options": "nosniff",
  })
}

/** What a 304 says too. An object that says nothing of caches is kept by none that others share. */
function versionHeaders({ cacheControl = "private, no-cache", etag, lastModified }: ObjectInfo) {
  return { "cache-control": cacheControl, etag: `"${etag}"`, "last-modified": lastModified.toUTCString() }
}

import { checkToken, checkXmlAccess } from "./access.ts"
import { deleteBucket, getBucket, insertBucket, listBuckets } from "./buckets.ts"
import type { Gcs } from "./gcs.ts"
import type { GcsRequest, Reply } from "./http.ts"
import { insertObject } from "./insert.ts"
import { decode } from "./limits.ts"
import { listObjects } from "./list.ts"
import { deleteObject, getObject, patchObject } from "./objects.ts"
import { postForm } from "./post-policy.ts"
import { asJson, asText, asXml, type Refusal, unknownHere } from "./refusal.ts"
import { cancelSession, continueSession, startSession } from "./resumable.ts"
import { rewriteObject } from "./rewrite.ts"
import { abortParted, completeParted, listParted, listParts, putPart, startParted } from "./xml-multipart.ts"
import { deleteXmlObject, getXmlObject, headXmlObject, putXmlObject } from "./xml-objects.ts"

const JSON_PATH = /^\/(?:storage|upload\/storage|download\/storage)\/v1(\/.*)$/

/** Carries a request out. */
export function route(gcs: Gcs, request: GcsRequest): Reply {
  return JSON_PATH.test(request.path) ? routeJson(gcs, request) : routeXml(gcs, request)
}

/** A refusal in the form of the API that was asked. */
export function refuse({ method, path, query }: GcsRequest, refusal: Refusal): Reply {
  if (!JSON_PATH.test(path)) return method === "HEAD" ? { ...asXml(refusal), body: "" } : asXml(refusal)
  return query.get("alt") === "media" ? asText(refusal) : asJson(refusal)
}

function routeJson(gcs: Gcs, request: GcsRequest): Reply {
  const { method, path, query } = request
  const isUpload = path.startsWith("/upload/")
  const sessionId = query.get("upload_id")
  if (isUpload && sessionId !== null) {
    if (method === "DELETE") return cancelSession(gcs, sessionId)
    return continueSession(gcs, request, sessionId)
  }
  checkToken(gcs, request)
  const names = path.replace(JSON_PATH, "$1").split("/").slice(1).map(decode)
  const [b, bucket, o, object, rewriteTo, toB, toBucket, toO, toObject] = names
  const isList = names.length === 3 && o === "o"
  if (b !== "b") throw unknownHere(`the path ${path}`)
  if (isUpload && isList && bucket !== undefined && method === "POST") return upload(gcs, request, bucket)
  if (isUpload) throw unknownHere(`${method} ${path}`)

  if (bucket === undefined && method === "GET") return listBuckets(gcs, request)
  if (bucket === undefined && method === "POST") return insertBucket(gcs, request)
  if (bucket !== undefined && o === undefined && method === "GET") return getBucket(gcs, request, bucket)
  if (bucket !== undefined && o === undefined && method === "DELETE") return deleteBucket(gcs, request, bucket)
  if (bucket !== undefined && isList && method === "GET") return listObjects(gcs, request, bucket)
  if (bucket !== undefined && object !== undefined && o === "o" && names.length === 4) {
    if (method === "GET") return getObject(gcs, request, bucket, object)
    if (method === "PATCH") return patchObject(gcs, request, bucket, object)
    if (method === "DELETE") return deleteObject(gcs, request, bucket, object)
  }
  const isRewrite = method === "POST" && rewriteTo === "rewriteTo" && toB === "b" && toO === "o" && names.length === 9
  if (isRewrite && bucket !== undefined && object !== undefined && toBucket !== undefined && toObject !== undefined) {
    return rewriteObject(gcs, request, { bucket, name: object }, { bucket: toBucket, name: toObject })
  }
  throw unknownHere(`${method} ${path}`)
}

function upload(gcs: Gcs, request: GcsRequest, bucket: string): Reply {
  switch (request.query.get("uploadType")) {
    case "media":
    case "multipart":
      return insertObject(gcs, request, bucket)
    case "resumable":
      return startSession(gcs, request, bucket)
    default:
      throw unknownHere("this uploadType")
  }
}

/** Path-style addresses alone: `/bucket/object`. */
function routeXml(gcs: Gcs, request: GcsRequest): Reply {
  const { method, path, query } = request
  const [, first = "", rest] = /^\/([^/]+)(?:\/(.*))?$/s.exec(path) ?? []
  const bucket = decode(first)
  // A form brings its own signature.
  if (method === "POST" && !rest && !query.has("uploads")) return postForm(gcs, request, bucket)
  checkXmlAccess(gcs, request)
  if (!rest) {
    if (method === "GET" && query.has("uploads")) return listParted(gcs, request, bucket)
    throw unknownHere(`${method} ${path} of the XML API`)
  }
  const name = decode(rest)
  if (query.has("uploads") && method === "POST") return startParted(gcs, request, bucket, name)
  if (query.has("uploadId")) {
    if (method === "PUT") return putPart(gcs, request, bucket, name)
    if (method === "GET") return listParts(gcs, request, bucket, name)
    if (method === "POST") return completeParted(gcs, request, bucket, name)
    if (method === "DELETE") return abortParted(gcs, request, bucket, name)
  }
  if (method === "GET") return getXmlObject(gcs, request, bucket, name)
  if (method === "HEAD") return headXmlObject(gcs, request, bucket, name)
  if (method === "PUT") return putXmlObject(gcs, request, bucket, name)
  if (method === "DELETE") return deleteXmlObject(gcs, request, bucket, name)
  throw unknownHere(`${method} ${path} of the XML API`)
}

/** The routes of the requirement document over a storage. */
import * as z from "zod/mini"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { Body, PutOptions, Storage, WriteConditions } from "../../contracts/storage/storage.ts"
import { json } from "../foundation/http/json.ts"
import { defineRoute, type Route, type RouteCall } from "../foundation/http/route.ts"
import { bodyFailure } from "./errors.ts"
import { isForm, readForm } from "./http/form.ts"
import { objectResponse } from "./http/object-response.ts"
import { atMost, bytesOf, lengthOf } from "./http/request-body.ts"

const text = (description: string) => z.string().check(z.describe(description))

const bucket = z.optional(text("Default: the bucket that the URL of the storage names."))
const uploadQuery = z.strictObject({ bucket, key: text("The key of the object.") })
const downloadQuery = z.strictObject({ bucket })
const downloadParams = z.strictObject({
  key: text("The key of the object: one segment, with its slashes as encodeURIComponent writes them."),
})

const base64 = z.optional(z.string())

const objectInfo = z.strictObject({
  bucket: z.string(),
  key: z.string(),
  size: z.int().check(z.minimum(0), z.describe("Bytes as stored.")),
  etag: text("Opaque; another one for other content. In headers it stands in double quotes."),
  lastModified: z.iso.datetime(),
  contentType: text("As the upload said, else by the extension of the key."),
  contentEncoding: z.optional(text("Such as gzip. The bytes are stored and given as they are.")),
  contentDisposition: z.optional(z.string()),
  contentLanguage: z.optional(z.string()),
  cacheControl: z.optional(z.string()),
  metadata: z.record(z.string(), z.string()),
  checksums: z
    .strictObject({ crc32: base64, crc32c: base64, sha256: base64, md5: base64, crc64nvme: base64 })
    .check(z.describe("Of the whole object, in base64, as far as the store keeps them.")),
})

export const storageRoutes: readonly Route[] = [
  defineRoute({
    method: "GET",
    path: "/api/v1/storage/buckets",
    operationId: "listBuckets",
    summary: "Lists the buckets.",
    permission: "storage.read",
    answers: {
      200: {
        description: "The buckets, in the order of their names.",
        schema: z.strictObject({
          buckets: z.array(z.strictObject({ name: z.string(), createdAt: z.optional(z.iso.datetime()) })),
        }),
      },
    },
    handle: async (storage: Storage) => ({ buckets: await storage.listBuckets() }),
  }),
  defineRoute({
    method: "POST",
    path: "/api/v1/storage/upload",
    operationId: "uploadObject",
    summary: "Stores an object: the body, or the only file of a form.",
    permission: "storage.write",
    query: uploadQuery,
    body: {
      contentTypes: ["application/octet-stream", "multipart/form-data"],
      description:
        "The bytes of the object, of any type, or a form with one file as its last field. If-None-Match: * stores only " +
        "where no object is, If-Match only over the object with this ETag; else the answer is 412.",
    },
    answers: { 201: { description: "What is stored now; its ETag stands in the header as well.", schema: objectInfo } },
    errors: [404, 412, 501],
    handle: upload,
  }),
  defineRoute({
    method: "GET",
    path: "/api/v1/storage/download/:key",
    operationId: "downloadObject",
    summary: "The bytes of an object, or a range of them.",
    permission: "storage.read",
    params: downloadParams,
    query: downloadQuery,
    answers: {
      200: { description: "The object.", contentType: "*/*" },
      206: { description: "The range that Range asked for: one, in bytes.", contentType: "*/*" },
      304: { description: "The caller has it already, as If-None-Match or If-Modified-Since says." },
    },
    errors: [404, 412, 416],
    handle: (storage: Storage, { params: { key }, query, request }) =>
      objectResponse(storage, request, { bucket: bucketOf(storage, query.bucket), key }),
  }),
]

type UploadCall = Pick<
  RouteCall<unknown, { bucket?: string | undefined; key: string }>,
  "maxBodyBytes" | "query" | "request" | "signal"
>

async function upload(storage: Storage, { maxBodyBytes, query, request, signal }: UploadCall): Promise<Response> {
  try {
    const { body, ...options } = await sentBy(request, maxBodyBytes)
    const info = await storage.put(bucketOf(storage, query.bucket), query.key, body, { ...options, signal })
    return json(info, 201, { etag: `"${info.etag}"` })
  } catch (error) {
    throw bodyFailure(error)
  }
}

async function sentBy(request: Request, maxBytes: number): Promise<{ body: Body } & PutOptions> {
  const { headers } = request
  if (isForm(headers)) {
    const { body, contentType } = (await readForm(request)).file
    return { body: atMost(maxBytes, body), contentType, ...conditionsOf(headers) }
  }
  return {
    body: atMost(maxBytes, bytesOf(request)),
    contentEncoding: headers.get("content-encoding") ?? undefined,
    contentType: headers.get("content-type") ?? undefined,
    size: lengthOf(headers),
    ...conditionsOf(headers),
  }
}

/** `If-None-Match: *`, or `If-Match` with one ETag. */
function conditionsOf(headers: Headers): WriteConditions {
  const ifNoneMatch = headers.get("if-none-match") ?? undefined
  const ifMatch = headers.get("if-match") ?? undefined
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") throw conditionRefused("If-None-Match must be *.")
  const [, etag] = /^"([^"]+)"$/.exec(ifMatch ?? "") ?? []
  if (ifMatch !== undefined && etag === undefined) throw conditionRefused("If-Match must be one strong ETag.")
  return { ifNoneMatch: ifNoneMatch as "*" | undefined, ifMatch: etag }
}

function conditionRefused(message: string): ServiceError {
  return new ServiceError("INVALID_ARGUMENT", `${message} An upload takes no other condition.`)
}

function bucketOf({ defaultBucket }: Storage, bucket = defaultBucket): string {
  if (bucket !== undefined) return bucket
  throw new ServiceError("INVALID_ARGUMENT", "The query must name a bucket, since the storage has no default one.")
}

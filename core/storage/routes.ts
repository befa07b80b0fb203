/** The routes of the requirement document over a storage, as data: whoever serves them brings the router. */
import * as z from "zod/mini"
import type { $ZodType } from "zod/v4/core"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { Body, PutOptions, Storage, WriteConditions } from "../../contracts/storage/storage.ts"
import { parseSchema } from "../foundation/parse-schema.ts"
import { issueAt, schemaIssues } from "../foundation/schema.ts"
import { type AnswerOptions, answering } from "./http/answer.ts"
import { isForm, readForm } from "./http/form.ts"
import { objectResponse } from "./http/object-response.ts"
import { bytesOf, lengthOf } from "./http/request-body.ts"

export interface StorageRoute {
  readonly method: "GET" | "POST"
  /** `:key` is all that follows, slashes included. */
  readonly path: string
  /** Of the parameters behind `?`; others are ignored. */
  readonly query: $ZodType
  /** That whoever calls must have: the route itself asks for none. */
  readonly permission: string
  /**
   * The answer, errors too: it never rejects. `params` are those of the path, decoded once. A download answers HEAD as
   * well.
   */
  readonly handle: (
    storage: Storage,
    request: Request,
    params?: Readonly<Record<string, string>>,
    options?: AnswerOptions,
  ) => Promise<Response>
}

/** Default of the bucket: the one that the URL of the storage names. */
const bucket = z.optional(z.string())
const uploadQuery = z.object({ bucket, key: z.string() })
const downloadQuery = z.object({ bucket })
const noQuery = z.object({})

/**
 * Upload, download and the list of buckets.
 *
 * @example
 * for (const { handle, method, path, permission } of storageRoutes) {
 *   router.on(method, path, mustHave(permission), (request, params) => handle(storage, request, params))
 * }
 */
export const storageRoutes: readonly StorageRoute[] = [
  {
    method: "POST",
    path: "/api/v1/storage/upload",
    query: uploadQuery,
    permission: "storage.write",
    handle: (storage, request, _params, options = {}) => answering(request, () => upload(storage, request), options),
  },
  {
    method: "GET",
    path: "/api/v1/storage/download/:key",
    query: downloadQuery,
    permission: "storage.read",
    handle: (storage, request, params = {}, options = {}) =>
      answering(request, () => download(storage, request, params["key"]), options),
  },
  {
    method: "GET",
    path: "/api/v1/storage/buckets",
    query: noQuery,
    permission: "storage.list",
    handle: (storage, request, _params, options = {}) =>
      answering(request, async () => Response.json({ buckets: await storage.listBuckets() }), options),
  },
]

/** The body is the object, or a form whose only file is it. */
async function upload(storage: Storage, request: Request): Promise<Response> {
  const { key, ...query } = queryOf(uploadQuery, request)
  const bucket = bucketOf(storage, query.bucket)
  const { body, ...options } = await sentBy(request)
  const info = await storage.put(bucket, key, body, { ...options, signal: request.signal })
  return Response.json(info, { status: 201, headers: { etag: `"${info.etag}"` } })
}

async function download(storage: Storage, request: Request, key = ""): Promise<Response> {
  const { bucket } = queryOf(downloadQuery, request)
  return objectResponse(storage, request, { bucket: bucketOf(storage, bucket), key })
}

async function sentBy(request: Request): Promise<{ body: Body } & PutOptions> {
  const { headers } = request
  if (isForm(headers)) {
    const { body, contentType } = (await readForm(request)).file
    return { body, contentType, ...conditionsOf(headers) }
  }
  return {
    body: bytesOf(request),
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

/** @throws ServiceError INVALID_ARGUMENT, reason "schema". */
function queryOf<Query>(schema: $ZodType<Query>, { url }: Request): Query {
  const params = new URL(url).searchParams
  // A parameter that comes twice is no text.
  const values = [...new Set(params.keys())].map((name) => {
    const all = params.getAll(name)
    return [name, all.length === 1 ? all[0] : all]
  })
  const parsed = parseSchema(schema, Object.fromEntries(values))
  if (parsed.issues === undefined) return parsed.data
  const issues = schemaIssues(schema, parsed.issues).map((issue) => issueAt("query", issue))
  const text = issues.map(({ message, path }) => `${path}: ${message}`).join("; ")
  throw new ServiceError("INVALID_ARGUMENT", `${text}.`, { details: { reason: "schema", issues } })
}

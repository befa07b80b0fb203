import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { PresignedGrant, PresignOptions, PutOptions, Storage } from "../../contracts/storage/storage.ts"
import { type AnswerOptions, answering } from "../foundation/http/answer.ts"
import type { RouteCall } from "../foundation/http/route.ts"
import { bodyFailure, formRefused, sizeRefused } from "./errors.ts"
import { readForm } from "./http/form.ts"
import { objectResponse } from "./http/object-response.ts"
import { atMost, bytesOf, lengthOf } from "./http/request-body.ts"
import { checkSignedHeaders } from "./signed-urls/signed-headers.ts"

export type ServeSignedUrlsOptions = AnswerOptions

const METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE"]

/**
 * Answers the signed URLs of a storage whose capability `verifyPresigned` is true, such as memory and filesystem: a fetch
 * handler for the path of their `baseUrl`. It never rejects.
 *
 * GET and HEAD know ranges (one; several are answered with the whole object) and conditions. Browsers save objects, run
 * nothing of them and do not guess their types; the disposition of the URL, else that of the object, says whether they
 * may show one. PUT and POST store as they were signed for.
 *
 * Errors have the status of `httpStatusOf` and the body `{ error: { code, message, details?, traceId } }`. A body that is
 * refused is not read to its end; the server that calls the handler ends it.
 *
 * @example
 * const storage = createMemoryStorage({ secret: process.env.URL_SECRET, baseUrl: "https://example.org/storage" })
 * const answer = serveSignedUrls(storage)
 * app.all("/storage/*", ({ req }) => answer(req.raw)) // of hono
 */
export function serveSignedUrls(
  storage: Storage,
  options: ServeSignedUrlsOptions = {},
): (request: Request) => Promise<Response> {
  return (request) => {
    const call = { request, signal: request.signal, maxBodyBytes: Number.POSITIVE_INFINITY }
    return answering(request, () => answerSignedUrl(storage, call), options)
  }
}

/** What is needed of a call. Its signal ends what is stored; what is read ends with the request. */
type SignedCall = Pick<RouteCall, "maxBodyBytes" | "request" | "signal">

/** The answer to a signed request. @throws ServiceError */
export async function answerSignedUrl(storage: Storage, call: SignedCall): Promise<Response> {
  try {
    return await answerOf(storage, call)
  } catch (error) {
    throw bodyFailure(error)
  }
}

async function answerOf(storage: Storage, call: SignedCall): Promise<Response> {
  const { request } = call
  const { method, url } = request
  if (!METHODS.includes(method)) throw methodRefused()
  if (method === "POST") return storeForm(storage, call)
  const grant = await storage.verifyPresigned({ method, url })
  if (method === "PUT") return storeBody(storage, call, grant)
  if (method !== "DELETE") return objectResponse(storage, request, grant, grant.options.disposition)
  await storage.delete(grant.bucket, grant.key)
  return new Response(null, { status: 204 })
}

async function storeBody(
  storage: Storage,
  { maxBodyBytes, request, signal }: SignedCall,
  grant: PresignedGrant,
): Promise<Response> {
  const { headers } = request
  const { bucket, key, options } = grant
  checkSignedHeaders(headers, options)
  const length = lengthOf(headers)
  const { ifNoneMatch, size = length } = options
  if (length !== undefined && length !== size) {
    throw sizeRefused(`The body must have ${size} bytes, as it was signed for; got ${length}.`)
  }
  const contentType = headers.get("content-type") ?? undefined
  const put = { ...storedOf(options), contentType, ifNoneMatch, size, signal }
  const { etag } = await storage.put(bucket, key, atMost(maxBodyBytes, bytesOf(request)), put)
  return new Response(null, { headers: { etag: `"${etag}"` } })
}

async function storeForm(storage: Storage, { maxBodyBytes, request, signal }: SignedCall): Promise<Response> {
  const { method, url } = request
  const { fields, file } = await readForm(request)
  const { bucket, key, options } = await storage.verifyPresigned({ method, url, fields })
  if (file.name !== "file") throw formRefused("The file of a signed form must have the name file.")
  const { maxBytes = maxBodyBytes } = options
  // A browser guesses the type of a file by its name: where one was signed, it is that.
  const { contentType = file.contentType } = options
  const put = { ...storedOf(options), contentType, signal }
  const { etag } = await storage.put(bucket, key, atMost(Math.min(maxBytes, maxBodyBytes), file.body), put)
  return new Response(null, { status: 204, headers: { etag: `"${etag}"` } })
}

function storedOf({ cacheControl, contentEncoding, metadata }: PresignOptions): PutOptions {
  return { cacheControl, contentEncoding, metadata }
}

function methodRefused(): ServiceError {
  return new ServiceError("UNSUPPORTED", `The method must be one of ${METHODS.join(", ")}.`, {
    details: { reason: "method", allow: METHODS },
  })
}

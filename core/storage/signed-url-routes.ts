import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { Storage } from "../../contracts/storage/storage.ts"
import { defineRoute, type HttpMethod, type RawBody, type Route, type RouteAnswer } from "../foundation/http/route.ts"
import { answerSignedUrl } from "./serve-signed-urls.ts"
import { DEFAULT_BASE_URL } from "./signed-urls/options.ts"

/** What a signed URL of one method is there for. */
interface SignedOperation {
  readonly operationId: string
  readonly summary: string
  readonly body?: RawBody
  readonly answers: Readonly<Record<number, RouteAnswer>>
  readonly errors: readonly number[]
}

const bytes = "*/*"

const OPERATIONS: { readonly [Method in Exclude<HttpMethod, "PATCH">]: SignedOperation } = {
  GET: {
    operationId: "getSignedUrl",
    summary: "The bytes of an object, or a range of them, by a signed URL.",
    answers: {
      200: { description: "The object.", contentType: bytes },
      206: { description: "The range that Range asked for: one, in bytes.", contentType: bytes },
      304: { description: "The caller has it already." },
    },
    errors: [403, 404, 412, 416, 501],
  },
  PUT: {
    operationId: "putSignedUrl",
    summary: "Stores an object as its signed URL says.",
    body: { contentTypes: [bytes], description: "The bytes of the object, of the type that was signed." },
    answers: { 200: { description: "It is stored; its ETag stands in the header." } },
    errors: [403, 404, 412, 501],
  },
  POST: {
    operationId: "postSignedForm",
    summary: "Stores the file of a signed form.",
    body: {
      contentTypes: ["multipart/form-data"],
      description: "The fields that were signed, and then one file with the name file.",
    },
    answers: { 204: { description: "It is stored; its ETag stands in the header." } },
    errors: [403, 404, 501],
  },
  DELETE: {
    operationId: "deleteSignedUrl",
    summary: "Removes an object by a signed URL.",
    answers: { 204: { description: "It is not there any more." } },
    errors: [403, 404, 501],
  },
}

/**
 * Public routes that answer the signed URLs of a storage, as `serveSignedUrls` does: the signature takes the place of a
 * token. The limits of the API hold for what they store.
 *
 * @param baseUrl That of the adapter: its path is where they stand. Default `http://localhost/storage`, as there.
 * @throws ServiceError INVALID_CONFIG where it has no path, since the routes would stand before all others.
 * @example
 * const api = await createHttpApi(services, { routes: signedUrlRoutes(services.storage) })
 */
export function signedUrlRoutes(storage: Storage, baseUrl: string = DEFAULT_BASE_URL): readonly Route<unknown>[] {
  const path = URL.canParse(baseUrl) ? new URL(baseUrl).pathname.replace(/\/+$/, "") : ""
  if (path === "") {
    throw new ServiceError(
      "INVALID_CONFIG",
      "The baseUrl of signed URLs must be a URL with a path; got none; give it one, such as /storage.",
    )
  }
  return Object.entries(OPERATIONS).map(([method, operation]) =>
    defineRoute({
      ...operation,
      method: method as HttpMethod,
      path: `${path}/*`,
      permission: "public",
      handle: (_services: unknown, call) => answerSignedUrl(storage, call),
    }),
  )
}

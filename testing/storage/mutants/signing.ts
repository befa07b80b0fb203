import type { PresignMethod, PresignOptions } from "../../../contracts/storage/storage.ts"
import { changed, subclass, withMethods } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import { referenceThatDeclares } from "../reference/without.ts"

/** A reference whose answers to a method are others. */
function answers(
  why: string,
  method: PresignMethod,
  change: (response: Response, request: Request) => Response | Promise<Response>,
  source?: string,
) {
  return seam.answer(
    why,
    async ({ next }, request) => {
      const response = await next(request)
      return request.method === method && response.ok ? change(response, request) : response
    },
    source,
  )
}

function withHeader(response: Response, name: string, value: string | undefined): Response {
  const headers = new Headers(response.headers)
  if (value === undefined) headers.delete(name)
  else headers.set(name, value)
  return new Response(response.body, { status: response.status, headers })
}

/** Options that are checked without some of their members. */
function takes(why: string, change: (options: PresignOptions) => PresignOptions, source?: string) {
  return seam.presignOptionsIssue(
    why,
    ({ next }, options) => next(typeof options === "object" && options ? change(options as PresignOptions) : options),
    source,
  )
}

/** A signed GET that takes another disposition. */
function takesDisposition(why: string, change: (given: string) => string | undefined, source?: string) {
  return seam.answerGet(
    why,
    async ({ next }, request, grant) => {
      const { disposition } = grant.options
      return next(request, { ...grant, options: { ...grant.options, disposition: disposition && change(disposition) } })
    },
    source,
  )
}

/** What a mutant keeps of a store, whose requests are answered by clients of their own. */
function keptOf<Kept>(make: () => Kept): (store: object) => Kept {
  const kept = new WeakMap<object, Kept>()
  return (store) => {
    const found = kept.get(store) ?? make()
    kept.set(store, found)
    return found
  }
}

const usedIn = keptOf(() => new Set<number>())
const signedIn = keptOf(() => new Map<string, Uint8Array>())

function decodedOr(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

const DAY = 86_400
const KNOWN: ReadonlySet<string> = new Set([
  "method",
  "expiresIn",
  "contentType",
  "contentEncoding",
  "cacheControl",
  "metadata",
  "ifNoneMatch",
  "size",
  "maxBytes",
  "disposition",
])

export const signingMutants = mutants({
  "STORAGE-SIGN-01": {
    "signed-get-without-its-type": answers("A page is downloaded, not shown.", "GET", (response) =>
      withHeader(response, "content-type", "application/octet-stream"),
    ),
    "signed-get-without-its-etag": answers("A browser loads a film anew each time.", "GET", (response) =>
      withHeader(response, "etag", undefined),
    ),
    "signed-get-as-text": answers(
      "A picture that is downloaded is damaged.",
      "GET",
      async (response) => new Response(await response.text(), { status: response.status, headers: response.headers }),
    ),
    "signed-get-once": subclass(
      "A link that a mail program has looked at is of no use.",
      class extends ReferenceStorage {
        override checkTime(expiresAt: number): void {
          super.checkTime(expiresAt)
          const used = usedIn(this.store)
          if (used.has(expiresAt)) this.refuseSigned("expired")
          used.add(expiresAt)
        }
      },
    ),
    "signed-get-of-what-stood-there": changed(ReferenceStorage, "A link to the newest report gives an older one.", {
      presign: async ({ next, self }, bucket, key, options) => {
        const request = await next(bucket, key, options)
        const object = self.find(bucket, key)
        if (object !== undefined && options.method === "GET") signedIn(self.store).set(request.url, object.bytes)
        return request
      },
      answer: async ({ next, self }, request) => {
        const response = await next(request)
        const bytes = signedIn(self.store).get(request.url)
        return bytes === undefined ? response : new Response(new Uint8Array(bytes), { headers: response.headers })
      },
    }),
  },
  "STORAGE-SIGN-03": {
    "signed-head-without-a-length": answers("A player does not know how long a film is.", "HEAD", (response) =>
      withHeader(response, "content-length", undefined),
    ),
    "signed-head-of-0-bytes": answers("A mirror takes every file for an empty one.", "HEAD", (response) =>
      withHeader(response, "content-length", "0"),
    ),
    "signed-head-is-not-answered": seam.verifyPresigned(
      "A link for HEAD, which can be made, is refused.",
      async ({ next, self }, request) => {
        if (request.method === "HEAD") self.refuseSigned("method")
        return next(request)
      },
      "rustfs #5840: presigned HEAD requests were answered with 403",
    ),
  },
  "STORAGE-SIGN-04": {
    "signed-delete-leaves-the-object": seam.answer(
      "A file that a user has deleted is still there.",
      async ({ next }, request) => (request.method === "DELETE" ? new Response(null, { status: 204 }) : next(request)),
    ),
    "signed-delete-by-prefix": seam.answered(
      "A link that deletes a file deletes its neighbours.",
      async ({ next, self }, request) => {
        if (request.method !== "DELETE") return next(request)
        const { bucket, key } = await self.verifyPresigned({ method: request.method, url: request.url })
        for (const object of self.sorted(self.bucketOf(bucket)))
          if (object.key.startsWith(key)) self.remove(bucket, object.key)
        return new Response(null, { status: 204 })
      },
    ),
  },
  "STORAGE-SIGN-14": {
    "disposition-is-not-signed": takesDisposition(
      "A download has the key of the object for its name.",
      () => undefined,
    ),
    "stored-disposition-goes-first": seam.answerHeaders(
      "A download has the name that the file had when it was stored.",
      ({ next }, info, bytes, disposition) => next(info, bytes, info.contentDisposition ?? disposition),
    ),
    "disposition-loses-its-name": takesDisposition(
      "A download has the key of the object for its name.",
      (disposition) => disposition.split(";")[0],
    ),
    "disposition-in-one-form": seam.dispositionOf(
      "A download of a file with an umlaut has question marks for a name.",
      (_, disposition) => disposition.replaceAll(/[^ -~]/gu, "?"),
    ),
  },
  "STORAGE-SIGN-15": {
    "expires-at-once-is-taken": takes(
      "A link is made that never works.",
      (options) => ({ ...options, expiresIn: options.expiresIn === 0 ? 1 : options.expiresIn }),
      "@aws-sdk/s3-request-presigner 3.1169: 0, -1, 1.5 and NaN are signed",
    ),
    "expires-in-a-fraction-is-taken": takes(
      "A link works in one store, and is refused by another.",
      (options) => ({
        ...options,
        expiresIn: options.expiresIn > 1 ? Math.round(options.expiresIn) : options.expiresIn,
      }),
      "@google-cloud/storage 7.22: half a second too much gave X-Goog-Expires=0",
    ),
    "expires-after-years-is-taken": takes(
      "A link is good until the keys are changed, and perhaps longer.",
      (options) => ({ ...options, expiresIn: Math.min(options.expiresIn, 7 * DAY) }),
      "Signature Version 2 of Amazon S3, which has no limit",
    ),
    "expires-in-text-is-taken": takes("A number of a form is signed as it is.", (options) => ({
      ...options,
      expiresIn: typeof options.expiresIn === "string" ? Number(options.expiresIn) : options.expiresIn,
    })),
    "expires-after-an-hour-at-most": takes("A link for a week cannot be made.", (options) => ({
      ...options,
      expiresIn: options.expiresIn > DAY ? Number.NaN : options.expiresIn,
    })),
    "expires-by-default": takes("A link is good for a quarter of an hour, whatever was meant.", (options) => ({
      ...options,
      expiresIn: options.expiresIn ?? 900,
    })),
  },
  "STORAGE-SIGN-16": {
    "useless-size-is-taken": takes(
      "A form that was to be limited takes everything.",
      (options) => (options.method === "PUT" ? options : { ...options, size: undefined }),
      "aws-sdk-js #643 and #1252: a content length is signed where it is not looked at",
    ),
    "useless-maxBytes-is-taken": takes("An upload that was to be limited takes everything.", (options) =>
      options.method === "POST" ? options : { ...options, maxBytes: undefined },
    ),
    "useless-options-are-taken": takes("Who limits a link by its type has not limited it.", (options) => ({
      method: options.method,
      expiresIn: options.expiresIn,
    })),
    "unknown-options-are-taken": takes("A mistake in the name of a limit lifts it.", (options) => {
      const known = Object.entries(options).filter(([name]) => KNOWN.has(name))
      return Object.fromEntries(known) as unknown as PresignOptions
    }),
    "methods-in-small-letters-are-taken": takes("A link is signed for a method that no request has.", (options) => ({
      ...options,
      method: `${options.method}`.toUpperCase() as PresignMethod,
    })),
    "disposition-of-a-download-refused": takes("What the method has a use for cannot be given.", (options) =>
      options.disposition === undefined ? options : { ...options, method: "HEAD" },
    ),
  },
  "STORAGE-SIGN-17": {
    "more-is-signed-than-declared": subclass(
      "A link is made that the store refuses.",
      withMethods(referenceThatDeclares({ presignMethods: ["GET", "PUT"] }), {
        checkPresign: ({ self }, bucket, key, options) => {
          self.checkObject(bucket, key)
          self.refuseIf(self.presignOptionsIssue(options))
        },
      }),
    ),
    "less-is-signed-than-declared": seam.checkPresign(
      "What is declared cannot be had.",
      ({ next, self }, bucket, key, options) => {
        if ((options as PresignOptions).method === "POST") self.refuse("UNSUPPORTED", "This storage signs no POST.")
        next(bucket, key, options)
      },
    ),
    "undeclared-method-is-a-bad-argument": subclass(
      "A program takes for a mistake what the store cannot do.",
      withMethods(referenceThatDeclares({ presignMethods: ["GET", "PUT"] }), {
        checkPresign: ({ next, self }, bucket, key, options) => {
          const { method } = options as PresignOptions
          if (!self.capabilities.presignMethods.includes(method)) self.refuse("INVALID_ARGUMENT", "No such method.")
          next(bucket, key, options)
        },
      }),
    ),
  },
  "STORAGE-SIGN-18": {
    "key-in-the-url-as-it-is": seam.pathOf(
      "A file whose name has a # or a ? cannot be downloaded.",
      (_, { bucket, key }) => `https://storage.reference.test/${bucket}/${key}`,
      "s3rver #513, aws-sdk-js-v3 #4859: a key with an é, or with a =, gave SignatureDoesNotMatch",
    ),
    "key-of-the-url-decoded-twice": seam.readSigned(
      "A file whose name has a % cannot be downloaded, or another is.",
      ({ next }, url, fields) => {
        const signed = next(url, fields)
        return { ...signed, key: decodedOr(signed.key) }
      },
      "aws-sdk-java-v2 #203: the presigner encoded the path twice",
    ),
    "plus-in-the-url-is-a-blank": seam.readSigned(
      "A file whose name has a + cannot be downloaded.",
      ({ next }, url, fields) => {
        const signed = next(url, fields)
        return { ...signed, key: signed.key.replaceAll("+", " ") }
      },
      "ngx_aws_auth #87: a + of the key was signed as a blank",
    ),
    "slashes-of-the-url-joined": seam.readSigned(
      "A key with two slashes leads to another.",
      ({ next }, url, fields) => {
        const signed = next(url, fields)
        return { ...signed, key: signed.key.replaceAll(/\/{2,}/g, "/") }
      },
      "proxies and routers that normalize a path, such as nginx with merge_slashes",
    ),
    "keys-beside-ascii-are-not-signed": seam.presign(
      "Who names a file in another language cannot share it.",
      async ({ next, self }, bucket, key, options) => {
        if (/[^ -~]/.test(key)) self.refuse("INVALID_ARGUMENT", "A key must be ASCII.")
        return next(bucket, key, options)
      },
    ),
  },
  "STORAGE-SIGN-19": {
    "expiry-in-seconds": seam.presign(
      "A page says that its link ended in 1970.",
      async ({ next }, bucket, key, options) => {
        const request = await next(bucket, key, options)
        return { ...request, expiresAt: new Date(request.expiresAt.getTime() / 1000) }
      },
    ),
    "expiry-is-the-time-of-signing": seam.presign(
      "A page says that its link has ended.",
      async ({ next, self }, bucket, key, options) => ({
        ...(await next(bucket, key, options)),
        expiresAt: new Date(self.clock.now()),
      }),
    ),
    "expiry-of-a-day-at-least": seam.presign(
      "A page says that a link is good which is not.",
      async ({ next, self }, bucket, key, options) => {
        const request = await next(bucket, key, options)
        return { ...request, expiresAt: new Date(Math.max(request.expiresAt.getTime(), self.clock.now() + DAY * 1000)) }
      },
    ),
    "expiry-by-the-clock-of-the-machine": seam.presign(
      "A store whose clock is wrong makes links that have ended.",
      async ({ next }, bucket, key, options) => ({
        ...(await next(bucket, key, options)),
        expiresAt: new Date(Date.now() + options.expiresIn * 1000),
      }),
      "@aws-sdk/s3-request-presigner: systemClockOffset is not taken into signingDate",
    ),
    "method-is-always-get": seam.presign(
      "A page uses a link in the wrong way.",
      async ({ next }, bucket, key, options) => ({
        ...(await next(bucket, key, options)),
        method: "GET",
      }),
    ),
    "fields-for-every-method": seam.presign(
      "A page sends a form where none is wanted.",
      async ({ next }, bucket, key, options) => ({
        fields: {},
        ...(await next(bucket, key, options)),
      }),
    ),
  },
  "STORAGE-SIGN-20": {
    "signed-get-gives-the-whole": seam.rangeOfHeader(
      "A player that seeks loads the film from its beginning.",
      () => undefined,
      "cloudemu #779: GET ignored the Range header, and answered with 200 and everything",
    ),
    "signed-range-without-its-place": seam.rangeHeader("A player does not know what it was given.", () => ({})),
    "signed-range-with-status-200": answers("A player takes a part of a film for the whole.", "GET", (response) =>
      response.status === 206 ? new Response(response.body, { headers: response.headers }) : response,
    ),
    "signed-suffix-is-a-start": seam.rangeOfHeader(
      "Who asks for the end of a file gets all but its beginning.",
      ({ next }, header) => {
        const range = next(header)
        return range?.suffix === undefined ? range : { start: range.suffix }
      },
    ),
    "signed-range-without-its-last-byte": seam.rangeOfHeader(
      "A download that goes on lacks a byte.",
      ({ next }, header) => {
        const range = next(header)
        return range?.end === undefined || range.end === range.start ? range : { ...range, end: range.end - 1 }
      },
    ),
  },
})
